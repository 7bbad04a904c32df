import { AsignioError, systemClock } from '@asignio/contracts';
import type { Clock, SubjectId, TenantId } from '@asignio/contracts';
import { tenantId } from '@asignio/contracts';
import type { AsignioCore, AuthenticatorProof } from '@asignio/core';
import type { Request } from 'express';
import Joi from 'joi';
import { BACKCHANNEL } from './backchannel/options.ts';
import type { BackchannelOptions } from './backchannel/options.ts';
import { ENTRA, entraSettingsOf } from './entra/options.ts';
import type { EntraOptions, EntraSettings } from './entra/options.ts';
import { CLIENT, isSafeUrl } from './options/clients.ts';
import type { OidcClientOptions } from './options/clients.ts';

/** Where the bridge reports what an operator should see. A pino logger is one. It gets no token, subject or cookie. */
export interface OidcLogger {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Name, e-mail and phone of a person, as the host knows them; what is missing is not told. */
export type KnownAttributes = { readonly name?: string; readonly email?: string; readonly phone?: string };

/** Options of `createOidcBridge`. With guides for Entra, Auth0, Okta, Keycloak: `docs/oidc.md`. */
export interface OidcBridgeOptions {
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
  /** @default 'default' */
  readonly tenant?: string;
  /** Path of `asignio.router()` on the same host, where the ceremony runs. @default '/asignio' */
  readonly endpoint?: string;
  /** The host's own id of whom it has signed in, as in the router. @default nobody */
  readonly subject?: (req: Request) => string | undefined;
  /** A physical authenticator that the host has just verified for who signs in. @default none */
  readonly authenticator?: (req: Request) => AuthenticatorProof | undefined;
  /**
   * Name, e-mail and phone of a person, to be shown before they are released, and kept sealed until then.
   * @default what `core.governance.releases.keep` was given
   */
  readonly attributes?: (subject: SubjectId) => KnownAttributes | Promise<KnownAttributes>;
  /** Another way in, for who cannot draw: a link under the drawing surface. @default back to the relying party */
  readonly alternative?: { readonly label: string; readonly href: string };
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
  readonly logger?: OidcLogger;
  /** For tests. */
  readonly clock?: Clock;
}

/** Options with every default in place. */
export interface Settings {
  readonly issuer: URL;
  readonly clients: readonly OidcClientOptions[];
  readonly entra: EntraSettings | undefined;
  readonly backchannel: BackchannelOptions | undefined;
  readonly tenant: TenantId;
  readonly endpoint: string;
  readonly subject: (req: Request) => string | undefined;
  readonly authenticator: (req: Request) => AuthenticatorProof | undefined;
  readonly attributes: ((subject: SubjectId) => KnownAttributes | Promise<KnownAttributes>) | undefined;
  readonly alternative: { readonly label: string; readonly href: string } | undefined;
  readonly lifetimes: Required<NonNullable<OidcBridgeOptions['lifetimes']>>;
  readonly keys: Required<NonNullable<OidcBridgeOptions['keys']>>;
  readonly clockTolerance: number;
  readonly idTokenHintMaxAge: number;
  readonly logger: OidcLogger;
  readonly clock: Clock;
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
const QUIET: OidcLogger = { warn: () => undefined, error: () => undefined };

const seconds = (min: number, max: number): Joi.NumberSchema => Joi.number().integer().min(min).max(max);
const SCHEMA = Joi.object({
  issuer: Joi.string()
    .max(500)
    .custom((value: string, helpers) => (isIssuer(value) ? value : helpers.error('url.unsafe')))
    .required(),
  clients: Joi.array().items(CLIENT).unique('id').required(),
  entra: ENTRA,
  backchannel: BACKCHANNEL,
  tenant: Joi.string(),
  endpoint: Joi.string().pattern(/^\/[A-Za-z0-9._~/-]*[A-Za-z0-9._~-]$/),
  subject: Joi.function(),
  authenticator: Joi.function(),
  attributes: Joi.function(),
  alternative: Joi.object({
    label: Joi.string().min(1).max(200).required(),
    href: Joi.string()
      .max(2000)
      .pattern(/^(?:\/(?!\/)|https:\/\/)/)
      .required(),
  }),
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
  logger: Joi.object({ warn: Joi.function().required(), error: Joi.function().required() }).unknown(true),
  clock: Joi.object({ now: Joi.function().required() }).unknown(true),
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
  'string.min': '{{#label}} must have at least {{#limit}} characters',
  'array.unique': '{{#label}} is there twice',
};

/**
 * Checks the options and fills in the defaults.
 * @throws AsignioError `ASIGNIO_OPTION_INVALID`, naming the option and never its value.
 */
export function settingsOf(core: Pick<AsignioCore, 'assurance'>, options: OidcBridgeOptions): Settings {
  const { error } = SCHEMA.validate(options, { convert: false, messages: SENTENCES, errors: { wrap: { label: '`' } } });
  if (error !== undefined) throw invalid(withoutValue(error));
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
    issuer: new URL(options.issuer),
    clients: options.clients,
    entra: options.entra === undefined ? undefined : entraOf(core, options.entra, keys),
    backchannel: options.backchannel,
    tenant: tenantId(options.tenant ?? 'default'),
    endpoint: options.endpoint ?? '/asignio',
    subject: options.subject ?? (() => undefined),
    authenticator: options.authenticator ?? (() => undefined),
    attributes: options.attributes,
    alternative: options.alternative,
    lifetimes: { ...LIFETIMES, ...options.lifetimes },
    keys,
    clockTolerance: options.clockTolerance ?? 15,
    idTokenHintMaxAge: options.idTokenHintMaxAge ?? 30 * DAY,
    logger: options.logger ?? QUIET,
    clock: options.clock ?? systemClock,
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

/** Joi quotes the value in some sentences, and a value here may be a secret. */
function withoutValue({ details: [detail] }: Joi.ValidationError): string {
  const { type = '', message = '', path = [] } = detail ?? {};
  if (type === 'string.pattern.base') return `\`${label(path)}\` has characters that it must not have`;
  return message;
}

function label(path: readonly (string | number)[]): string {
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`),
    '',
  );
}

/** The error of an option that is wrong. */
export function invalid(sentence: string): AsignioError {
  return new AsignioError('ASIGNIO_OPTION_INVALID', `createOidcBridge: ${sentence}`);
}
