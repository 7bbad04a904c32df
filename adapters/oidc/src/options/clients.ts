import { ASKER, isSafeUrl } from '@asignio/bridge';
import type { Attribute } from '@asignio/bridge';
import Joi from 'joi';

/** How a client proves at the token endpoint that it is the one. */
export const CLIENT_AUTHENTICATION = [
  'client_secret_basic',
  'client_secret_post',
  'client_secret_jwt',
  'private_key_jwt',
  'none',
] as const;
export type ClientAuthentication = (typeof CLIENT_AUTHENTICATION)[number];

/** A public key, as in RFC 7517. */
export type PublicJwk = Readonly<Record<string, unknown>>;

/** Something that asks for a sign-in: a relying party. */
export interface OidcClientOptions {
  /** `client_id`; 1-100 characters of `A-Z a-z 0-9 . _ -`. */
  readonly id: string;
  /** As people are shown it. */
  readonly name: string;
  /** Where it is, ISO 3166 (`DE`, `US-CA`): people are told before anything goes there (R32). */
  readonly region: string;
  /** Where answers may go, compared character by character. https, or http on this very machine; native apps also a scheme of their own. */
  readonly redirectUris: readonly string[];
  /** Where people may be sent after signing out. */
  readonly postLogoutRedirectUris?: readonly string[];
  /** Told when somebody signs out (OpenID Connect Back-Channel Logout 1.0). */
  readonly backchannelLogoutUri?: string;
  /** `native` for an app on a device. @default 'web' */
  readonly kind?: 'web' | 'native';
  /** @default 'client_secret_basic' with a secret, 'private_key_jwt' with keys, 'none' without either */
  readonly authentication?: ClientAuthentication;
  /** At least 32 characters, made by a machine. */
  readonly secret?: string;
  /** Public keys of the client, for `private_key_jwt`. */
  readonly jwks?: { readonly keys: readonly PublicJwk[] };
  /** What it may ask for. @default nothing: an identifier alone */
  readonly attributes?: readonly Attribute[];
  /** Assurance profile where the request names none. @default the system's first */
  readonly assurance?: string;
  /** How its ID tokens are signed. @default 'RS256' */
  readonly signing?: 'RS256' | 'ES256';
  /** Takes authorization requests that were pushed (RFC 9126), and no others. @default false */
  readonly pushedOnly?: boolean;
  /**
   * Whether it uses PKCE. `false` is for old clients that have a secret or key and check the `nonce` that they then must send
   * (RFC 9700, 2.1.1).
   * @default true
   */
  readonly pkce?: boolean;
  /** May ask for somebody who is elsewhere, by the option `backchannel`; needs `jwks` (CIBA Core, 4). @default false */
  readonly backchannel?: boolean;
  /** Gets refresh tokens when people agree to `offline_access`. @default false */
  readonly refresh?: boolean;
}

const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
/** Fewer different characters than this were not made by a machine; ours. */
const VARIETY = 12;
const SHORTEST_SECRET = 32;
/** RFC 8252, section 7.1: a scheme of one's own is a domain name backwards. */
const PRIVATE_SCHEME = /^[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+:$/;

const safeUrl = Joi.string()
  .max(2000)
  .custom((value: string, helpers) => (isSafeUrl(value) ? value : helpers.error('url.unsafe')));

const redirectUri = Joi.string()
  .max(2000)
  .custom((value: string, helpers) => {
    const [client] = helpers.state.ancestors.slice(1) as [{ kind?: string } | undefined];
    if (isSafeUrl(value) && !value.includes('*')) return value;
    const own = client?.kind === 'native' && URL.canParse(value) && PRIVATE_SCHEME.test(new URL(value).protocol);
    return own && !value.includes('#') ? value : helpers.error('url.unsafe');
  });

const secret = Joi.string()
  .min(SHORTEST_SECRET)
  .max(512)
  .pattern(/^[\x21-\x7e]+$/)
  .custom((value: string, helpers) => (new Set(value).size >= VARIETY ? value : helpers.error('secret.weak')));

const jwk = Joi.object({
  kty: Joi.valid('RSA', 'EC', 'OKP').required(),
  d: Joi.forbidden(),
}).unknown();

/** One client, as configured. */
export const CLIENT = Joi.object({
  id: Joi.string().pattern(ID).required(),
  ...ASKER,
  redirectUris: Joi.array().items(redirectUri).min(1).max(50).unique().required(),
  postLogoutRedirectUris: Joi.array().items(redirectUri).max(50).unique(),
  backchannelLogoutUri: safeUrl,
  kind: Joi.valid('web', 'native'),
  authentication: Joi.valid(...CLIENT_AUTHENTICATION),
  secret,
  jwks: Joi.object({ keys: Joi.array().items(jwk).min(1).max(20).required() }),
  assurance: Joi.string(),
  signing: Joi.valid('RS256', 'ES256'),
  pushedOnly: Joi.boolean(),
  pkce: Joi.boolean(),
  backchannel: Joi.boolean(),
  refresh: Joi.boolean(),
}).custom((value: OidcClientOptions, helpers) => {
  const how = authenticationOf(value);
  if (how.startsWith('client_secret') !== (value.secret !== undefined)) return helpers.error('client.secret');
  if ((how === 'private_key_jwt') !== (value.jwks !== undefined)) return helpers.error('client.jwks');
  if (value.backchannel === true && how !== 'private_key_jwt') return helpers.error('client.backchannel');
  if (value.pkce === false && how === 'none') return helpers.error('client.pkce');
  return value;
});

/** How a client authenticates, where it does not say. */
export function authenticationOf(client: OidcClientOptions): ClientAuthentication {
  if (client.authentication !== undefined) return client.authentication;
  if (client.secret !== undefined) return 'client_secret_basic';
  return client.jwks === undefined ? 'none' : 'private_key_jwt';
}
