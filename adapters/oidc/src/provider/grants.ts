import type { SubjectId } from '@asignio/contracts';
import type { Grant, KoaContextWithOIDC, Provider } from 'oidc-provider';
import { CLAIMS, attributesOf } from './accounts.ts';
import type { Parts } from './parts.ts';
import type { Attribute } from '@asignio/bridge';

/** Claims that say something of the sign-in, not of the person. */
const OF_THE_SIGN_IN = ['sub', 'sid', 'auth_time', 'acr', 'amr', 'iss'];

/**
 * The grant that a request can go on with: what the person released to the client as it stands in the core, for whatever
 * they were asked already. Where something was not asked yet, or all was taken back, the consent page comes.
 */
export async function existingGrant({ consents }: Parts, ctx: KoaContextWithOIDC): Promise<Grant | undefined> {
  const { provider, session, client, result } = ctx.oidc;
  const id = result?.consent?.grantId;
  if (id !== undefined) return provider.Grant.find(id);
  const subject = session?.accountId as SubjectId | undefined;
  if (subject === undefined || client === undefined) return undefined;
  const released = await consents.released(subject, client.clientId);
  if (released === undefined) return undefined;
  const scopes = [...ctx.oidc.requestParamOIDCScopes];
  const claims = [...ctx.oidc.requestParamClaims];
  const asked = attributesOf(scopes, claims);
  if ((await consents.notAskedYet(subject, client.clientId, asked)).length > 0) return undefined;
  // Being told things while one is away is asked for each time (OpenID Connect Core, 11).
  if (scopes.includes('offline_access')) return undefined;
  const known = session?.grantIdFor(client.clientId);
  const grant = known === undefined ? undefined : await provider.Grant.find(known);
  const met = grant?.getOIDCScopeEncountered().split(' ') ?? [];
  if (grant !== undefined && scopes.every((scope) => met.includes(scope))) return grant;
  return makeGrant(provider, { subject, client: client.clientId, scopes, claims, released });
}

/** What is granted of a request, and what of it is refused. */
export async function makeGrant(
  provider: Provider,
  request: {
    readonly subject: SubjectId;
    readonly client: string;
    readonly scopes: readonly string[];
    readonly claims: readonly string[];
    readonly released: readonly Attribute[];
  },
): Promise<Grant> {
  const { subject, client, scopes, claims, released } = request;
  const grant = new provider.Grant({ accountId: subject, clientId: client });
  const refused = (Object.keys(CLAIMS) as Attribute[]).filter((name) => !released.includes(name));
  const refusedScopes = refused.map((name) => CLAIMS[name].scope);
  const refusedClaims = refused.map((name) => CLAIMS[name].claim);
  grant.addOIDCScope(scopes.filter((scope) => !refusedScopes.includes(scope)).join(' '));
  grant.rejectOIDCScope(scopes.filter((scope) => refusedScopes.includes(scope)).join(' '));
  const own = claims.filter((claim) => !OF_THE_SIGN_IN.includes(claim));
  grant.addOIDCClaims(own.filter((claim) => !refusedClaims.includes(claim)));
  grant.rejectOIDCClaims(own.filter((claim) => refusedClaims.includes(claim)));
  await grant.save();
  return grant;
}
