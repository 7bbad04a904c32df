import { checkOptions, HOST, hostOf, seconds, wrongOption } from '@asignio/bridge';
import type { Host, HostOptions } from '@asignio/bridge';
import type { Request } from 'express';
import Joi from 'joi';
import {
  CLOCK_TOLERANCE,
  DAY,
  FIRST_FACTOR,
  fetching,
  firstFactorOf,
  KEYS,
  OWN,
  placeOf,
  SENTENCES,
} from '../options/own.ts';
import type { FirstFactor, SamlFirstFactorOptions, SamlKeysOptions } from '../options/own.ts';
import type { SamlSignIn } from '../response/read.ts';

/** Options of `createSamlServiceProvider`. */
export interface SamlOwnServiceProviderOptions extends Pick<HostOptions, 'tenant' | 'endpoint' | 'logger' | 'clock'> {
  /** Our own name, and where the host mounts the router: `https://app.example/saml`. https, or http on this very machine. */
  readonly entityId: string;
  /** The company's identity provider. */
  readonly firstFactor: SamlFirstFactorOptions;
  /**
   * Somebody signed in: begins the host's own session, under an id of its own (`req.session.regenerate`), so that nobody is
   * in a session that another prepared. What it throws signs nobody in.
   */
  readonly signedIn: (req: Request, subject: string, signIn: SamlSignIn) => void | Promise<void>;
  /**
   * Somebody signed out, here (`/logout`) or at the identity provider: ends the host's session. `req` is of the browser that
   * the identity provider sent; a host that also knows its sessions by `signIn` (`nameId`, `sessionIndex`) ends them whosever
   * that is. Without it there is no `/logout`, and the identity provider is told that no sign-outs are taken here.
   * @default sign-outs are the host's alone
   */
  readonly signedOut?: (req: Request, subject: string, signIn: SamlSignIn) => void | Promise<void>;
  /** How long a session of the host lasts at most, seconds: for so long its end can be told. @default 28 800: 8 hours */
  readonly sessionLifetime?: number;
  /** Where people go who named no page (`?to=`). A path of the host. @default '/' */
  readonly home?: string;
  /** How long a person may take to sign in, seconds. @default 900 */
  readonly visitLifetime?: number;
  readonly keys?: SamlKeysOptions;
  /** Metadata that are fetched are fetched again after so long, seconds. @default 3600 */
  readonly metadataEvery?: number;
  /** How far clocks may be apart, seconds. @default 60 */
  readonly clockTolerance?: number;
}

/** Options with every default in place. */
export interface ServiceProviderSettings extends Host {
  readonly entityId: string;
  readonly origin: string;
  /** The path that the router is mounted at, without a slash at its end. */
  readonly path: string;
  readonly firstFactor: FirstFactor;
  readonly signedIn: SamlOwnServiceProviderOptions['signedIn'];
  readonly signedOut: SamlOwnServiceProviderOptions['signedOut'];
  readonly home: string;
  readonly lifetimes: { readonly visit: number; readonly request: number; readonly session: number };
  readonly keys: Required<SamlKeysOptions>;
  readonly clockTolerance: number;
}

const LIFETIMES = { visit: 900, request: 300, session: 8 * 3600 };
const { tenant, endpoint, logger, clock } = HOST;
const SCHEMA = Joi.object({
  ...OWN,
  tenant,
  endpoint,
  logger,
  clock,
  firstFactor: FIRST_FACTOR.required(),
  signedIn: Joi.function().required(),
  signedOut: Joi.function(),
  sessionLifetime: seconds(60, 30 * DAY),
  home: Joi.string().custom((value: string, helpers) => (isOwnPath(value) ? value : helpers.error('path.foreign'))),
  visitLifetime: seconds(60, 3600),
}).required();

const invalid = wrongOption('createSamlServiceProvider');
const FOREIGN = { 'path.foreign': '{{#label}} must be a path of this host, such as /inbox' };
const LONGEST_PATH = 1024;

/** @throws AsignioError `ASIGNIO_OPTION_INVALID`, naming the option and never its value. */
export async function serviceProviderSettings(
  options: SamlOwnServiceProviderOptions,
): Promise<ServiceProviderSettings> {
  checkOptions(SCHEMA, options, { ...SENTENCES, ...FOREIGN }, invalid);
  const host = hostOf(options);
  return {
    ...host,
    entityId: options.entityId,
    ...placeOf(options.entityId),
    firstFactor: await firstFactorOf(options.firstFactor, fetching(host, options.metadataEvery), invalid),
    signedIn: options.signedIn,
    signedOut: options.signedOut,
    home: options.home ?? '/',
    lifetimes: {
      ...LIFETIMES,
      visit: options.visitLifetime ?? LIFETIMES.visit,
      session: options.sessionLifetime ?? LIFETIMES.session,
    },
    keys: { ...KEYS, ...options.keys },
    clockTolerance: options.clockTolerance ?? CLOCK_TOLERANCE,
  };
}

/** Whether something is a path of this host, however a browser reads it: anything else is an open redirect. */
export function isOwnPath(text: string): boolean {
  const origin = 'https://own.invalid';
  return (
    text.length <= LONGEST_PATH &&
    /^\/(?![/\\])[\u0021-\u005b\u005d-\u007e]*$/.test(text) &&
    URL.canParse(text, origin) &&
    new URL(text, origin).origin === origin
  );
}
