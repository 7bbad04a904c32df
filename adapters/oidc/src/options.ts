import { checkOptions, HOST, hostOf, isSafeUrl, seconds, wrongOption } from '@asignio/bridge';
import type { Host, HostOptions } from '@asignio/bridge';
import type { AsignioCore } from '@asignio/core';
import Joi from 'joi';
import { BACKCHANNEL } from './backchannel/options.ts';
import type { BackchannelOptions } from './backchannel/options.ts';
import { ENTRA, entraSettingsOf } from './entra/options.ts';
import type { EntraOptions, EntraSettings } from './entra/options.ts';
import { CLIENT } from './options/clients.ts';
import type { OidcClientOptions } from './options/clients.ts';

/** Options of `createOidcBridge`. With guides for Entra, Auth0, Okta, Keycloak: `docs/oidc.md`. */
export interface OidcBridgeOptions extends HostOptions {
  /**
   * The provider's own address, and where the host mounts the router: `https://id.example/oidc`. https, or http on this
   * very machine. It stands in every token, so it does not change.
   */
  readonly issuer: string;
  /** Relying parties. Nobody else is answered. */
  readonly clients: readonly OidcClientOptions[];
  /** Microsoft Entra's external authentication method, at `<issuer>/entra`. @default none */
  readonly entra?: EntraOptions;
  /** Clients ask, and the person's phone signs (CIBA). @default none */
  readonly backchannel?: BackchannelOptions;
  /** How long things live, in seconds. */
  readonly lifetimes?: {
    /** @default 60 */
    readonly code?: number;
    /** @default 600 */
    readonly accessToken?: number;
    /** @default 600 */
    readonly idToken?: number;
    /** @default 1 209 600: 14 days */
    readonly refreshToken?: number;
    /** How long somebody stays signed in. @default 28 800: 8 hours */
    readonly session?: number;
    /** How long a person may take to sign in. @default 900 */
    readonly interaction?: number;
  };
  /** Signing keys, in seconds. */
  readonly keys?: {
    /** A new key is made so long after the newest. @default 7 776 000: 90 days */
    readonly rotateEvery?: number;
    /** A new key is published so long before it signs: as long as relying parties may keep the JWKS. @default 86 400 */
    readonly publishBefore?: number;
    /** A key stays published so long after its last signature. @default 2 592 000: 30 days */
    readonly keepAfter?: number;
  };
  /** How far clocks may be apart, seconds. @default 15 */
  readonly clockTolerance?: number;
  /** An `id_token_hint` older than this is not listened to, seconds. @default 2 592 000: 30 days */
  readonly idTokenHintMaxAge?: number;
}

/** Options with every default in place. */
export interface Settings extends Host {
  readonly issuer: URL;
  readonly clients: readonly OidcClientOptions[];
  readonly entra: EntraSettings | undefined;
  readonly backchannel: BackchannelOptions | undefined;
  readonly lifetimes: Required<NonNullable<OidcBridgeOptions['lifetimes']>>;
  readonly keys: Required<NonNullable<OidcBridgeOptions['keys']>>;
  readonly clockTolerance: number;
  readonly idTokenHintMaxAge: number;
}

const DAY = 86_400;
const LIFETIMES = {
  code: 60,
  accessToken: 600,
  idToken: 600,
  refreshToken: 14 * DAY,
  session: 8 * 3600,
  interaction: 900,
};
const KEYS = { rotateEvery: 90 * DAY, publishBefore: DAY, keepAfter: 30 * DAY };
const SCHEMA = Joi.object({
  issuer: Joi.string()
    .max(500)
    .custom((value: string, helpers) => (isIssuer(value) ? value : helpers.error('url.unsafe')))
    .required(),
  clients: Joi.array().items(CLIENT).unique('id').required(),
  entra: ENTRA,
  backchannel: BACKCHANNEL,
  ...HOST,
  lifetimes: Joi.object({
    code: seconds(10, 600),
    accessToken: seconds(60, DAY),
    idToken: seconds(60, DAY),
    refreshToken: seconds(60, 365 * DAY),
    session: seconds(60, 30 * DAY),
    interaction: seconds(60, 3600),
  }),
  keys: Joi.object({
    rotateEvery: seconds(3600, 730 * DAY),
    publishBefore: seconds(0, 30 * DAY),
    keepAfter: seconds(0, 365 * DAY),
  }),
  clockTolerance: seconds(0, 300),
  idTokenHintMaxAge: seconds(60, 400 * DAY),
}).required();

const SENTENCES = {
  'url.unsafe':
    '{{#label}} must be an absolute https URL without a fragment, a user name or a wildcard (http on localhost alone)',
  'url.origin': '{{#label}} must be an https origin such as https://login.microsoftonline.com',
  'secret.weak': '{{#label}} is too regular to be a secret; make one with `openssl rand -base64 48`',
  'client.secret': '{{#label}} needs a `secret` exactly where its `authentication` is by client_secret',
  'client.jwks': '{{#label}} needs `jwks` exactly where its `authentication` is private_key_jwt',
  'client.pkce': '{{#label}} cannot have `pkce: false` without a secret or keys',
  'client.backchannel': '{{#label}} needs `jwks` and `private_key_jwt` where it has `backchannel`',
};

/**
 * Checks the options and fills in the defaults.
 * @throws AsignioError `ASIGNIO_OPTION_INVALID`, naming the option and never its value.
 */
export function settingsOf(core: Pick<AsignioCore, 'assurance'>, options: OidcBridgeOptions): Settings {
  checkOptions(SCHEMA, options, SENTENCES, invalid);
  const keys = { ...KEYS, ...options.keys };
  if (keys.publishBefore >= keys.rotateEvery)
    throw invalid('`keys.publishBefore` must be shorter than `keys.rotateEvery`');
  for (const [index, { backchannel }] of options.clients.entries())
    if (backchannel === true && options.backchannel === undefined)
      throw invalid(`\`clients[${index}].backchannel\` needs the option \`backchannel\``);
  for (const [index, { assurance }] of options.clients.entries())
    if (assurance !== undefined && !core.assurance.profiles.some(({ name }) => name === assurance))
      throw invalid(`\`clients[${index}].assurance\` names no assurance profile of this system`);
  return {
    ...hostOf(options),
    issuer: new URL(options.issuer),
    clients: options.clients,
    entra: options.entra === undefined ? undefined : entraOf(core, options.entra, keys),
    backchannel: options.backchannel,
    lifetimes: { ...LIFETIMES, ...options.lifetimes },
    keys,
    clockTolerance: options.clockTolerance ?? 15,
    idTokenHintMaxAge: options.idTokenHintMaxAge ?? 30 * DAY,
  };
}

function entraOf(
  core: Pick<AsignioCore, 'assurance'>,
  options: EntraOptions,
  { rotateEvery }: Settings['keys'],
): EntraSettings {
  // Entra keeps a set of keys for up to two days.
  if (rotateEvery <= 2 * DAY) throw invalid('`keys.rotateEvery` must be longer than two days where `entra` is used');
  return entraSettingsOf(core, options, invalid);
}

/** The path that the router is mounted at: the issuer's, without a slash at its end. */
export function mountPath({ issuer }: Pick<Settings, 'issuer'>): string {
  return issuer.pathname === '/' ? '' : issuer.pathname;
}

function isIssuer(text: string): boolean {
  if (!isSafeUrl(text)) return false;
  const { search, pathname } = new URL(text);
  return search === '' && !text.includes('?') && (pathname === '/' ? !text.endsWith('/') : !text.endsWith('/'));
}

/** The error of an option that is wrong. */
export const invalid = wrongOption('createOidcBridge');
