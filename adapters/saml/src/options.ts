import { checkOptions, HOST, hostOf, isSafeUrl, seconds, wrongOption } from '@asignio/bridge';
import type { Host, HostOptions } from '@asignio/bridge';
import type { AsignioCore } from '@asignio/core';
import Joi from 'joi';
import { defaultContexts } from './assurance/contexts.ts';
import type { Context } from './assurance/contexts.ts';
import { IDENTITY_PROVIDER, identityProviderOf } from './consumer/options.ts';
import type { IdentityProviderSettings, SamlIdentityProviderOptions } from './consumer/options.ts';
import { ServiceProviders } from './options/registry.ts';
import { SERVICE_PROVIDER } from './options/service-providers.ts';
import type { SamlServiceProviderOptions, ServiceProvider } from './options/service-providers.ts';
import type { SamlSignIn } from './response/read.ts';
import { Refused } from './xml/refused.ts';

/** The company's own identity provider, which says who somebody is before they draw. */
export interface SamlFirstFactorOptions extends SamlIdentityProviderOptions {
  /** Whom its answer is about, as the host calls them; `undefined` for nobody. @default the NameID */
  readonly subject?: (signIn: SamlSignIn) => string | undefined | Promise<string | undefined>;
}

/** {@link SamlFirstFactorOptions} with every default in place. */
export interface FirstFactor extends IdentityProviderSettings {
  readonly subject: (signIn: SamlSignIn) => string | undefined | Promise<string | undefined>;
}

/** Options of `createSamlBridge`. */
export interface SamlBridgeOptions extends HostOptions {
  /**
   * The identity provider's own name, and where the host mounts the router: `https://id.example/saml`. https, or http on
   * this very machine. It stands in every assertion, so it does not change.
   */
  readonly entityId: string;
  /** Who may ask. Nobody else is answered. */
  readonly serviceProviders: readonly SamlServiceProviderOptions[];
  /**
   * Makes a proxy of it: people sign in at this identity provider first, then they draw here, and the service provider gets
   * one assertion. Whom it names is who must draw. @default the person types who they are, or the host knows
   */
  readonly firstFactor?: SamlFirstFactorOptions;
  /**
   * Authentication context classes that can be asked for, weakest first, each with the assurance profile that proves it.
   * Several may name one profile.
   * @default the profiles of the system in their order, each by its own `acr`
   */
  readonly contexts?: readonly Context[];
  /** How long things live, in seconds. */
  readonly lifetimes?: {
    /** How long an answer may be on its way. @default 300 */
    readonly assertion?: number;
    /** How old a request may be. @default 300 */
    readonly request?: number;
    /** How long somebody stays signed in. @default 28 800: 8 hours */
    readonly session?: number;
    /** How long a person may take to sign in. @default 900 */
    readonly visit?: number;
  };
  /** Metadata that are fetched are fetched again after so long, seconds. @default 3600 */
  readonly metadataEvery?: number;
  /** Signing keys, in seconds. */
  readonly keys?: {
    /** A new key is published so long before it signs. @default 1 209 600: 14 days */
    readonly publishBefore?: number;
    /** A key stays published so long after its last signature. @default 604 800: 7 days */
    readonly keepAfter?: number;
    /** @default 94 608 000: 3 years */
    readonly certificateLifetime?: number;
  };
  /** How far clocks may be apart, seconds. @default 60 */
  readonly clockTolerance?: number;
}

/** Options with every default in place. */
export interface Settings extends Host {
  readonly entityId: string;
  readonly origin: string;
  /** The path that the router is mounted at, without a slash at its end. */
  readonly path: string;
  /** Of now. */
  readonly serviceProviders: readonly ServiceProvider[];
  readonly firstFactor: FirstFactor | undefined;
  readonly contexts: readonly Context[];
  readonly lifetimes: Required<NonNullable<SamlBridgeOptions['lifetimes']>>;
  readonly keys: Required<NonNullable<SamlBridgeOptions['keys']>>;
  readonly clockTolerance: number;
}

const DAY = 86_400;
const LIFETIMES = { assertion: 300, request: 300, session: 8 * 3600, visit: 900 };
const KEYS = { publishBefore: 14 * DAY, keepAfter: 7 * DAY, certificateLifetime: 3 * 365 * DAY };
const METADATA_EVERY = 3600;
const SCHEMA = Joi.object({
  entityId: Joi.string()
    .max(500)
    .custom((value: string, helpers) => (isEntityId(value) ? value : helpers.error('url.unsafe')))
    .required(),
  serviceProviders: Joi.array().items(SERVICE_PROVIDER).required(),
  firstFactor: Joi.object({ ...IDENTITY_PROVIDER, subject: Joi.function() }),
  ...HOST,
  contexts: Joi.array()
    .items(Joi.object({ ref: Joi.string().min(1).max(1024).required(), profile: Joi.string().required() }))
    .min(1)
    .max(50)
    .unique('ref'),
  lifetimes: Joi.object({
    assertion: seconds(30, 3600),
    request: seconds(30, 3600),
    session: seconds(60, 30 * DAY),
    visit: seconds(60, 3600),
  }),
  metadataEvery: seconds(60, 7 * DAY),
  keys: Joi.object({
    publishBefore: seconds(0, 365 * DAY),
    keepAfter: seconds(0, 365 * DAY),
    certificateLifetime: seconds(DAY, 20 * 365 * DAY),
  }),
  clockTolerance: seconds(0, 300),
}).required();

const invalid = wrongOption('createSamlBridge');
const SENTENCES = {
  'url.unsafe':
    '{{#label}} must be an absolute https URL without a query, a fragment, a user name or a slash at its end (http on localhost alone)',
};

/**
 * Checks the options, reads the metadata, and fills in the defaults.
 * @throws AsignioError `ASIGNIO_OPTION_INVALID`, naming the option and never its value.
 */
export async function settingsOf(core: AsignioCore, options: SamlBridgeOptions): Promise<Settings> {
  checkOptions(SCHEMA, options, SENTENCES, invalid);
  const host = hostOf(options);
  const { clock, logger } = host;
  const { assurance } = core;
  const known = (profile: string): boolean => assurance.profiles.some(({ name }) => name === profile);
  const contexts = options.contexts ?? defaultContexts(assurance);
  for (const [index, { profile }] of contexts.entries())
    if (!known(profile)) throw invalid(`\`contexts[${index}].profile\` names no assurance profile of this system`);
  for (const [index, { assurance: floor }] of options.serviceProviders.entries())
    if (floor !== undefined && !contexts.some(({ profile }) => profile === floor))
      throw invalid(`\`serviceProviders[${index}].assurance\` names no assurance profile that has a context`);
  const registry = await ServiceProviders.read(
    options.serviceProviders,
    { clock, logger, every: (options.metadataEvery ?? METADATA_EVERY) * 1000 },
    (index, reader) => naming(`serviceProviders[${index}].metadata`, reader),
  );
  const ids = registry.all().map(({ metadata }) => metadata.entityId);
  const twice = ids.findIndex((id, index) => ids.indexOf(id) !== index);
  if (twice !== -1) throw invalid(`\`serviceProviders[${twice}].metadata\` are of an entityID that is there twice`);
  const { origin, pathname } = new URL(options.entityId);
  return {
    ...host,
    entityId: options.entityId,
    origin,
    path: pathname === '/' ? '' : pathname,
    get serviceProviders() {
      return registry.all();
    },
    firstFactor: firstFactorOf(options.firstFactor, clock.now()),
    contexts,
    lifetimes: { ...LIFETIMES, ...options.lifetimes },
    keys: { ...KEYS, ...options.keys },
    clockTolerance: options.clockTolerance ?? 60,
  };
}

function firstFactorOf(options: SamlFirstFactorOptions | undefined, now: number): FirstFactor | undefined {
  if (options === undefined) return undefined;
  const settings = naming('firstFactor.metadata', () => identityProviderOf(options, now));
  return { ...settings, subject: options.subject ?? (({ nameId }) => nameId) };
}

/** Says which option a complaint is about. */
function naming<T>(option: string, reader: () => T): T {
  try {
    return reader();
  } catch (error) {
    if (error instanceof Refused) throw invalid(`\`${option}\` cannot be used: ${error.message}`);
    throw error;
  }
}

function isEntityId(text: string): boolean {
  return isSafeUrl(text) && !text.includes('?') && !text.endsWith('/');
}
