import type { Factor } from '@asignio/contracts';
import { jsonOf } from '../provider/asks.ts';

/*
 * Microsoft, "Microsoft Entra multifactor authentication external method provider reference", sections "Supported acr
 * claims" and "Supported amr claims":
 * https://learn.microsoft.com/entra/identity/authentication/concept-authentication-external-method-provider
 */

type Kind = 'possession' | 'inherence';

/** A word of Entra's for how somebody proved who they are. */
export interface Method {
  readonly amr: string;
  readonly kind: Kind;
}

/** Each factor in Entra's words, the most telling first. There is none for handwriting, and another one would be a lie. */
const METHODS: { readonly [F in Factor]: readonly Method[] } = {
  face: [{ amr: 'face', kind: 'inherence' }],
  voice: [{ amr: 'vbm', kind: 'inherence' }],
  passkey: [
    { amr: 'fido', kind: 'possession' },
    { amr: 'pop', kind: 'possession' },
  ],
  device: [
    { amr: 'hwk', kind: 'possession' },
    { amr: 'pop', kind: 'possession' },
  ],
  signature: [],
};

/** What each `acr` of Entra's is satisfied by; those that only knowledge satisfies are missing, for we ask for none. */
const ACRS: ReadonlyMap<string, readonly Kind[]> = new Map([
  ['possessionorinherence', ['possession', 'inherence']],
  ['knowledgeorpossessionorinherence', ['possession', 'inherence']],
  ['knowledgeorpossession', ['possession']],
  ['knowledgeorinherence', ['inherence']],
  ['possession', ['possession']],
  ['inherence', ['inherence']],
]);

/** How many values are looked at. */
const MOST = 50;

export function methodsOf(factors: readonly Factor[]): readonly Method[] {
  return factors.flatMap((factor) => METHODS[factor]);
}

/**
 * The one `acr` and the one `amr` that answer a request: a method that was proved and asked for, of a kind that the `acr`
 * takes.
 * @param claims the claims request, as it came
 * @returns `undefined` where nothing fits
 */
export function answerOf(
  claims: unknown,
  factors: readonly Factor[],
): { readonly acr: string; readonly amr: string } | undefined {
  const asked = (jsonOf(claims) as { id_token?: { acr?: unknown; amr?: unknown } } | undefined)?.id_token;
  const acrs = valuesOf(asked?.acr);
  const amrs = valuesOf(asked?.amr);
  for (const { amr, kind } of methodsOf(factors)) {
    if (amrs.length > 0 && !amrs.includes(amr)) continue;
    const acr = acrs.find((value) => ACRS.get(value)?.includes(kind) === true);
    if (acr !== undefined) return { acr, amr };
  }
  return undefined;
}

/** `value` and `values` of a claim that was asked for. */
function valuesOf(claim: unknown): readonly string[] {
  const { value, values } = (typeof claim === 'object' && claim !== null ? claim : {}) as Record<string, unknown>;
  return [value, ...(Array.isArray(values) ? (values as unknown[]) : [])]
    .filter((one) => typeof one === 'string')
    .slice(0, MOST);
}
