import type { Request } from 'express';
import { errors, interactionPolicy } from 'oidc-provider';
import type { Settings } from '../options.ts';
import type { Asks, Params } from './asks.ts';

/** When somebody must sign in: oidc-provider's own checks, and those of assurance and of who is there. */
export function loginPolicy(asks: Asks, settings: Settings): interactionPolicy.DefaultPolicy {
  const { Check, base } = interactionPolicy;
  const policy = base();
  const login = policy.get('login');
  // Ours know every acr that a session may satisfy, and refuse at once what nobody can reach.
  login?.checks.remove('essential_acr');
  login?.checks.remove('essential_acrs');
  login?.checks.add(
    new Check('assurance', 'the assurance that was asked for is not reached', 'login_required', (ctx) => {
      const wanted = asks.wanted(ctx.oidc.params as Params);
      if ('unmet' in wanted)
        throw new errors.UnmetAuthenticationRequirements('none of the essential acr values can be reached here');
      const { acr } = ctx.oidc.session ?? {};
      return acr !== undefined && wanted.accepted.includes(acr) ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT;
    }),
  );
  login?.checks.add(
    new Check('another_person', 'somebody else is signed in at the host', 'login_required', (ctx) => {
      const host = settings.subject(ctx.req as Request);
      const { accountId } = ctx.oidc.session ?? {};
      const another = host !== undefined && host !== '' && accountId !== undefined && accountId !== host;
      return another ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT;
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
