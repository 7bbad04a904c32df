import { checkOptions, HOST, hostOf, seconds, wrongOption } from '@asignio/bridge';
import type { Host, HostOptions } from '@asignio/bridge';
import type { AsignioCore } from '@asignio/core';
import Joi from 'joi';
import { defaultContexts } from './assurance/contexts.ts';
import type { Context } from './assurance/contexts.ts';
import {
  CLOCK_TOLERANCE,
  DAY,
  fetching,
  FIRST_FACTOR,
  firstFactorOf,
  KEYS,
  naming,
  OWN,
  placeOf,
  SENTENCES,
} from './options/own.ts';
import type { FirstFactor, SamlFirstFactorOptions, SamlKeysOptions } from './options/own.ts';
import { Registry } from './options/registry.ts';
import { SERVICE_PROVIDER, SERVICE_PROVIDERS } from './options/service-providers.ts';
import type { SamlServiceProviderOptions, ServiceProvider } from './options/service-providers.ts';

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
  readonly keys?: SamlKeysOptions;
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
  readonly keys: Required<SamlKeysOptions>;
  readonly clockTolerance: number;
}

const LIFETIMES = { assertion: 300, request: 300, session: 8 * 3600, visit: 900 };
const SCHEMA = Joi.object({
  ...OWN,
  serviceProviders: Joi.array().items(SERVICE_PROVIDER).required(),
  firstFactor: FIRST_FACTOR,
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
}).required();

const invalid = wrongOption('createSamlBridge');

/**
 * Checks the options, reads the metadata, and fills in the defaults.
 * @throws AsignioError `ASIGNIO_OPTION_INVALID`, naming the option and never its value.
 */
export async function settingsOf(core: AsignioCore, options: SamlBridgeOptions): Promise<Settings> {
  checkOptions(SCHEMA, options, SENTENCES, invalid);
  const host = hostOf(options);
  const { assurance } = core;
  const known = (profile: string): boolean => assurance.profiles.some(({ name }) => name === profile);
  const contexts = options.contexts ?? defaultContexts(assurance);
  for (const [index, { profile }] of contexts.entries())
    if (!known(profile)) throw invalid(`\`contexts[${index}].profile\` names no assurance profile of this system`);
  for (const [index, { assurance: floor }] of options.serviceProviders.entries())
    if (floor !== undefined && !contexts.some(({ profile }) => profile === floor))
      throw invalid(`\`serviceProviders[${index}].assurance\` names no assurance profile that has a context`);
  const tools = fetching(host, options.metadataEvery);
  const registry = await Registry.read(SERVICE_PROVIDERS, options.serviceProviders, tools, (index, reader) =>
    naming(invalid, `serviceProviders[${index}].metadata`, reader),
  );
  const ids = registry.all().map(({ metadata }) => metadata.entityId);
  const twice = ids.findIndex((id, index) => ids.indexOf(id) !== index);
  if (twice !== -1) throw invalid(`\`serviceProviders[${twice}].metadata\` are of an entityID that is there twice`);
  const { firstFactor } = options;
  return {
    ...host,
    entityId: options.entityId,
    ...placeOf(options.entityId),
    get serviceProviders() {
      return registry.all();
    },
    firstFactor: firstFactor === undefined ? undefined : await firstFactorOf(firstFactor, tools, invalid),
    contexts,
    lifetimes: { ...LIFETIMES, ...options.lifetimes },
    keys: { ...KEYS, ...options.keys },
    clockTolerance: options.clockTolerance ?? CLOCK_TOLERANCE,
  };
}
