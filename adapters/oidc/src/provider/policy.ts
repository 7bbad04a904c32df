import type { SubjectId } from '@asignio/contracts';
import type { AsignioCore } from '@asignio/core';
import { errors, interactionPolicy } from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { wantedAssurance } from '../assurance/acr.ts';
import type { Wanted } from '../assurance/acr.ts';
import type { Settings } from '../options.ts';

/** Parameters of a request, as text. */
export type Params = Readonly<Record<string, unknown>>;

/** What of a request counts for assurance. */
export function wantedOf(core: AsignioCore, settings: Settings, params: Params): Wanted {
  const client = settings.clients.find(({ id }) => id === params['client_id']);
  return wantedAssurance(
    core.assurance,
    { acrValues: textOf(params['acr_values']), claims: parsed(textOf(params['claims'])) },
    client?.assurance,
  );
}

/** When somebody must sign in: oidc-provider's own checks, and those of assurance. */
export function loginPolicy(core: AsignioCore, settings: Settings): interactionPolicy.DefaultPolicy {
  const { Check, base } = interactionPolicy;
  const policy = base();
  const login = policy.get('login');
  // Ours know every acr that a session may satisfy, and refuse at once what nobody can reach.
  login?.checks.remove('essential_acr');
  login?.checks.remove('essential_acrs');
  login?.checks.add(
    new Check('assurance', 'the assurance that was asked for is not reached', 'login_required', (ctx) => {
      const wanted = wantedOf(core, settings, paramsOf(ctx));
      if ('unmet' in wanted)
        throw new errors.UnmetAuthenticationRequirements('none of the essential acr values can be reached here');
      const { acr } = ctx.oidc.session ?? {};
      return acr !== undefined && wanted.accepted.includes(acr) ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT;
    }),
  );
  login?.checks.add(
    new Check('id_token_hint_age', 'the id_token_hint is of another time', 'login_required', (ctx) => {
      const { IdTokenHint: hint } = ctx.oidc.entities as { IdTokenHint?: { payload: { iat?: unknown } } };
      if (hint !== undefined) checkAge(hint.payload.iat, settings);
      return Check.NO_NEED_TO_PROMPT;
    }),
  );
  return policy;
}

/** @throws InvalidRequest for a hint that is too old, or of the future. */
function checkAge(iat: unknown, { clock, clockTolerance, idTokenHintMaxAge }: Settings): void {
  const age = typeof iat === 'number' ? clock.now() / 1000 - iat : Number.NaN;
  // NaN compares false: a hint without a time is refused.
  if (!(age >= -clockTolerance && age <= idTokenHintMaxAge + clockTolerance))
    throw new errors.InvalidRequest('id_token_hint is too old, or of the future');
}

/** Whom a request insists on: the subject of its hint or of its claims, as this client knows them. */
export function expectedIdentifier(params: Params): string | undefined {
  const claims = parsed(textOf(params['claims'])) as { id_token?: { sub?: { value?: unknown } | null } } | undefined;
  const asked = claims?.id_token?.sub?.value;
  if (typeof asked === 'string') return asked;
  // Verified before the interaction began: its second part is read, and nothing else is asked of it.
  const [, payload = ''] = (textOf(params['id_token_hint']) ?? '').split('.');
  const hint = parsed(Buffer.from(payload, 'base64url').toString('utf8')) as { sub?: unknown } | undefined;
  return typeof hint?.sub === 'string' ? hint.sub : undefined;
}

/** Who is signed in in a request's session. */
export function accountOf(ctx: KoaContextWithOIDC): SubjectId | undefined {
  return ctx.oidc.session?.accountId as SubjectId | undefined;
}

function paramsOf(ctx: KoaContextWithOIDC): Params {
  return ctx.oidc.params as Params;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function parsed(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
