import type { AssuranceLevels, AssuranceProfile } from '@asignio/core';

/** What a request says about assurance, as it came. */
export interface AssuranceRequest {
  /** `acr_values`: space-separated, the most wanted first. */
  readonly acrValues: string | undefined;
  /** `claims`, parsed. */
  readonly claims: unknown;
}

/** What is wanted, or that it cannot be had. */
export type Wanted =
  | { readonly profile: AssuranceProfile; readonly accepted: readonly string[]; readonly essential: boolean }
  | { readonly unmet: readonly string[] };

/** How many values are looked at; more are nobody's wish. */
const MOST = 20;

/**
 * Which assurance profile a request is for. An essential `acr` of the claims request binds (OpenID Connect Core, 5.5.1.1);
 * `acr_values` and a voluntary `acr` are wishes: the first that this system can satisfy is taken, and where there is none
 * the client's own.
 *
 * An essential claim counts whatever `acr_values` says beside it: asking twice must not ask for less.
 */
export function wantedAssurance(
  levels: AssuranceLevels,
  request: AssuranceRequest,
  fallback: string | undefined,
): Wanted {
  const usable = levels.profiles.filter(({ name }) => levels.obstacles(name).length === 0);
  const byAcr = (acr: string): AssuranceProfile | undefined => usable.find((profile) => profile.acr === acr);
  const { values, essential } = acrOfClaims(request.claims);
  if (essential) {
    const profile = values.map(byAcr).find((one) => one !== undefined);
    return profile === undefined ? { unmet: values } : { profile, accepted: values, essential };
  }
  const wishes = [...(request.acrValues?.split(' ') ?? []), ...values].filter((one) => one !== '').slice(0, MOST);
  const wished = wishes.map(byAcr).find((one) => one !== undefined);
  const own = usable.find(({ name }) => name === fallback);
  // What the client is configured to need is not optional; without a wish that can be met it is what counts.
  const profile = wished ?? own ?? usable[0];
  if (profile === undefined) return { unmet: [] };
  return { profile, accepted: wished === undefined ? [profile.acr] : wishes, essential: false };
}

/** `claims.id_token.acr`: its values, and whether it is essential. Anything malformed is as if it were not there. */
function acrOfClaims(claims: unknown): { readonly values: readonly string[]; readonly essential: boolean } {
  const acr = member(member(claims, 'id_token'), 'acr');
  const one = member(acr, 'value');
  const many = member(acr, 'values');
  const values = [one, ...(Array.isArray(many) ? (many as unknown[]) : [])].filter(
    (value): value is string => typeof value === 'string',
  );
  return { values: values.slice(0, MOST), essential: member(acr, 'essential') === true && values.length > 0 };
}

function member(of: unknown, name: string): unknown {
  return typeof of === 'object' && of !== null && Object.hasOwn(of, name)
    ? (of as Record<string, unknown>)[name]
    : undefined;
}
