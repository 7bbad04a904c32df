import type { SubjectId } from '@asignio/contracts';
import type { AsignioCore } from '@asignio/core';
import type { ClientMetadata, Configuration } from 'oidc-provider';
import { ALGORITHMS } from '../keys/keyring.ts';
import type { Keys } from '../keys/keyring.ts';
import { authenticationOf } from '../options/clients.ts';
import type { OidcClientOptions } from '../options/clients.ts';
import { mountPath } from '../options.ts';
import type { Settings } from '../options.ts';
import { storageAdapter } from '../storage/adapter.ts';
import { attributesOf, CLAIMS, refusalAt } from './accounts.ts';
import { clientOf } from './clients.ts';
import { existingGrant } from './grants.ts';
import { keysAddress, outgoing } from './outgoing.ts';
import { loginPolicy } from './policy.ts';
import { textOf } from './asks.ts';
import type { Params } from './asks.ts';
import type { Parts } from './parts.ts';

/** Characters; ours: shorter ones can be guessed. */
const SHORTEST_NONCE = 16;
/** Methods of proof at the token endpoint that clients here may have; a public one proves by PKCE alone. */
const SIGNATURES = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;

/**
 * Configures oidc-provider. Only what this bridge is for is switched on: no implicit or hybrid flow, no dynamic
 * registration, no request objects (and so no `request_uri` that anything would be fetched from), S256 always.
 */
export function configurationOf(tools: Parts, keys: Keys): Configuration {
  const { core, settings, accounts, pages } = tools;
  const { lifetimes, clock, tenant } = settings;
  const configuration: Configuration = {
    adapter: storageAdapter({ cabinet: core.cabinet, tenant, now: () => clock.now() }),
    clients: settings.clients.map((client) => metadataOf(settings, client)),
    jwks: { keys: [...keys.jwks.keys] },
    cookies: {
      keys: [...keys.cookieSecrets],
      names: cookieNames(settings),
      long: { httpOnly: true, sameSite: 'lax', path: `${mountPath(settings)}/` },
      short: { httpOnly: true, sameSite: 'lax' },
    },
    acrValues: [...new Set(usableAcrs(core))],
    claims: {
      openid: ['sub', 'acr', 'amr', 'auth_time'],
      ...Object.fromEntries(Object.values(CLAIMS).map(({ scope, claim }) => [scope, [claim]])),
    },
    scopes: ['openid', 'offline_access'],
    subjectTypes: ['pairwise'],
    pairwiseIdentifier: async (_ctx, accountId, client) => accounts.identifier(accountId as SubjectId, client.clientId),
    // Of a sector one only needs to know which addresses are of one client, and the configuration says so.
    sectorIdentifierUriValidate: () => false,
    responseTypes: ['code'],
    pkce: { required: (ctx, { clientId }) => !withoutPkce(clientOf(settings, clientId), ctx.oidc.params) },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt', 'none'],
    enabledJWA: {
      idTokenSigningAlgValues: [...ALGORITHMS],
      clientAuthSigningAlgValues: ['HS256', ...SIGNATURES],
      userinfoSigningAlgValues: [...ALGORITHMS],
    },
    clientBasedCORS: () => false,
    clockTolerance: settings.clockTolerance,
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      ...(tools.waitings === undefined ? {} : { ciba: tools.waitings.configuration() }),
      claimsParameter: { enabled: true },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: true, allowUnregisteredRedirectUris: false },
      requestObjects: { enabled: false },
      resourceIndicators: { enabled: false },
      revocation: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: async (ctx, form) => pages.showLogout(ctx, form),
        postLogoutSuccessSource: async (ctx) => pages.showSignedOut(ctx),
      },
      userinfo: { enabled: true },
    },
    findAccount: (ctx, id) => ({
      accountId: id,
      claims: async (_use, scope, asked, rejected) => {
        const names = attributesOf(scope.split(' '), Object.keys(asked)).filter(
          (name) => !rejected.includes(CLAIMS[name].claim),
        );
        const { client, route } = ctx.oidc;
        return (await accounts.claims(id as SubjectId, client?.clientId ?? '', names, refusalAt(route))) as {
          sub: string;
        };
      },
    }),
    loadExistingGrant: (ctx) => existingGrant(tools, ctx),
    interactions: {
      policy: loginPolicy(tools.asks, settings),
      url: (_ctx, interaction) => `${mountPath(settings)}/interaction/${interaction.uid}`,
    },
    renderError: async (ctx, out) => pages.showWrong(ctx, out.error),
    fetch: outgoing(settings),
    rotateRefreshToken: true,
    ttl: {
      AuthorizationCode: lifetimes.code,
      AccessToken: lifetimes.accessToken,
      IdToken: lifetimes.idToken,
      RefreshToken: lifetimes.refreshToken,
      Session: lifetimes.session,
      Grant: Math.max(lifetimes.session, lifetimes.refreshToken),
      Interaction: lifetimes.interaction,
      ...(tools.waitings === undefined ? {} : { BackchannelAuthenticationRequest: tools.waitings.seconds }),
    },
  };
  return configuration;
}

/** A cookie's name under TLS has the prefix with which a browser takes it over TLS alone (RFC 6265bis, 4.1.3.1). */
function cookieNames({ issuer }: Settings): { session: string; interaction: string; resume: string } {
  const prefix = issuer.protocol === 'https:' ? '__Secure-' : '';
  return {
    session: `${prefix}asignio_oidc`,
    interaction: `${prefix}asignio_oidc_interaction`,
    resume: `${prefix}asignio_oidc_resume`,
  };
}

function usableAcrs({ assurance }: AsignioCore): readonly string[] {
  return assurance.profiles.filter(({ name }) => assurance.obstacles(name).length === 0).map(({ acr }) => acr);
}

/** A client in the words of RFC 7591. */
function metadataOf(settings: Settings, client: OidcClientOptions): ClientMetadata {
  const how = authenticationOf(client);
  const scopes = (client.attributes ?? []).map((name) => CLAIMS[name].scope);
  const metadata = {
    client_id: client.id,
    client_name: client.name,
    application_type: client.kind ?? 'web',
    redirect_uris: [...client.redirectUris],
    response_types: ['code'],
    grant_types: [
      'authorization_code',
      ...(client.refresh === true ? ['refresh_token'] : []),
      ...(client.backchannel === true ? ['urn:openid:params:grant-type:ciba'] : []),
    ],
    ...(client.backchannel === true
      ? {
          backchannel_token_delivery_mode: 'poll',
          jwks_uri: keysAddress(settings, client),
          sector_identifier_uri: `https://${settings.issuer.host}/${client.id}`,
        }
      : {}),
    scope: ['openid', ...scopes, ...(client.refresh === true ? ['offline_access'] : [])].join(' '),
    subject_type: 'pairwise',
    token_endpoint_auth_method: how,
    ...(client.secret === undefined ? {} : { client_secret: client.secret }),
    ...(client.jwks === undefined || client.backchannel === true ? {} : { jwks: client.jwks }),
    id_token_signed_response_alg: client.signing ?? 'RS256',
    require_pushed_authorization_requests: client.pushedOnly === true,
    require_auth_time: true,
    ...(client.postLogoutRedirectUris === undefined
      ? {}
      : { post_logout_redirect_uris: [...client.postLogoutRedirectUris] }),
    ...(client.backchannelLogoutUri === undefined
      ? {}
      : { backchannel_logout_uri: client.backchannelLogoutUri, backchannel_logout_session_required: true }),
  };
  return metadata as unknown as ClientMetadata;
}

/** An old client that is configured so, and binds the code to its own session by a nonce. */
function withoutPkce(client: OidcClientOptions | undefined, params: Params | undefined): boolean {
  return client?.pkce === false && (textOf(params?.['nonce'])?.length ?? 0) >= SHORTEST_NONCE;
}
