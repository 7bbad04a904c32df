import type { SubjectId } from '@asignio/contracts';
import type { AsignioCore, AssuranceProfile, Proof } from '@asignio/core';
import { wantedAssurance } from '../assurance/acr.ts';
import type { Wanted } from '../assurance/acr.ts';
import { amrOf } from '../assurance/amr.ts';
import type { Settings } from '../options.ts';
import type { Accounts } from './accounts.ts';

/** Parameters of a request, as they came. */
export type Params = Readonly<Record<string, unknown>>;

/** What a request asks for, and what it is told: where a profile of OpenID Connect differs from the standard. */
export interface Asks {
  /** What of a request counts for assurance. */
  wanted(params: Params): Wanted;
  /** Whose account it names; `fixed` where it must be that one. */
  who(params: Params): Promise<{ readonly name: string | undefined; readonly fixed: boolean }>;
  /** Whether somebody is whom it insists on. */
  expects(params: Params, client: string, subject: SubjectId): Promise<boolean>;
  /** What is told of how somebody signed in; `undefined` where nothing fits what was asked. */
  told(
    params: Params,
    proof: Proof,
    profile: AssuranceProfile,
  ): { readonly acr: string; readonly amr: string[] } | undefined;
}

/** OpenID Connect Core. */
export function standardAsks(core: AsignioCore, settings: Settings, accounts: Accounts): Asks {
  return {
    wanted: (params) =>
      wantedAssurance(
        core.assurance,
        { acrValues: textOf(params['acr_values']), claims: jsonOf(params['claims']) },
        settings.clients.find(({ id }) => id === params['client_id'])?.assurance,
      ),
    who: (params) => Promise.resolve({ name: textOf(params['login_hint']), fixed: false }),
    async expects(params, client, subject) {
      const expected = expectedIdentifier(params);
      return expected === undefined || expected === (await accounts.toldIdentifier(subject, client));
    },
    told: (_params, proof, profile) => ({ acr: profile.acr, amr: [...amrOf(proof.factors)] }),
  };
}

/** Whom a request insists on: the subject of its hint or of its claims, as this client knows them. */
function expectedIdentifier(params: Params): string | undefined {
  const claims = jsonOf(params['claims']) as { id_token?: { sub?: { value?: unknown } | null } } | undefined;
  const asked = claims?.id_token?.sub?.value;
  if (typeof asked === 'string') return asked;
  // Verified before the interaction began: its second part is read, and nothing else is asked of it.
  const [, payload = ''] = (textOf(params['id_token_hint']) ?? '').split('.');
  const hint = jsonOf(Buffer.from(payload, 'base64url').toString('utf8')) as { sub?: unknown } | undefined;
  return typeof hint?.sub === 'string' ? hint.sub : undefined;
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** An object written as JSON; anything else is as if it were not there. */
export function jsonOf(text: unknown): unknown {
  if (typeof text !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
