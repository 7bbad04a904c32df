import { isIP } from 'node:net';
import Joi from 'joi';
import mongoose from 'mongoose';
import type { Connection } from 'mongoose';
import { AsignioError, systemClock } from '@asignio/contracts';
import type { Clock } from '@asignio/contracts';

/** Files of a TLS connection, PEM. Without them, the machine's own authorities decide. */
export interface TlsFiles {
  /** Certificates of the authorities that the server's certificate may come from. */
  readonly caFile?: string;
  /** This process's own certificate and key, where the server asks for one. */
  readonly certificateKeyFile?: string;
}

/** Options of {@link storageMongodb}. Exactly one of `uri` and `connection` is given. */
export interface StorageMongodbOptions {
  /** Where the records are: `mongodb://` or `mongodb+srv://`. */
  readonly uri?: string;
  /**
   * A mongoose connection that the host has, instead of `uri`. It stays the host's: it is not closed, and its time-outs
   * and TLS are the host's to set.
   */
  readonly connection?: Connection;
  /**
   * Database of the records.
   * @default the one that the URI or the connection names, or else `asignio`
   */
  readonly database?: string;
  /**
   * Where the wrapped data keys are, where that is another deployment than the records'. Its backups should live no longer
   * than an erasure may take.
   * @default the same deployment
   */
  readonly keysUri?: string;
  /**
   * Database of the wrapped data keys; never that of the records.
   * @default the one that `keysUri` names, or else `database` followed by `_keys`
   */
  readonly keysDatabase?: string;
  /**
   * What the names of all collections begin with.
   * @default 'asignio_'
   */
  readonly prefix?: string;
  /**
   * `true` or files: TLS for both connections, whatever the URIs say.
   * @default what the URIs say
   */
  readonly tls?: boolean | TlsFiles;
  /**
   * Lets a URI name another machine without TLS. For networks that somebody else encrypts.
   * @default false
   */
  readonly allowPlaintext?: boolean;
  /**
   * Most connections to the records' server that are open at once, 1-1000.
   * @default 50
   */
  readonly poolSize?: number;
  /**
   * After so many ms without an answer an operation is refused with `ASIGNIO_STORAGE_UNAVAILABLE`, 100-120000.
   * @default 5000
   */
  readonly timeoutMs?: number;
  /**
   * Region of the server, ISO 3166; `local` for machines of your own.
   * @default 'local'
   */
  readonly region?: string;
  /** The data-processing agreement with whoever runs the server. */
  readonly agreement?: string;
  /**
   * Source of time for leases.
   * @default systemClock
   */
  readonly clock?: Clock;
}

/** How to reach a server. */
export interface Address {
  readonly uri: string;
  readonly tls: boolean | TlsFiles | undefined;
}

/** Options with every default in place. */
export interface Settings {
  readonly source: Address | Connection;
  readonly database: string;
  /** `undefined` where the keys are on the records' server. */
  readonly keysSource: Address | undefined;
  readonly keysDatabase: string;
  readonly prefix: string;
  readonly poolSize: number;
  readonly timeoutMs: number;
  readonly region: string;
  readonly agreement: string | undefined;
  readonly clock: Clock;
}

const DEFAULTS = { prefix: 'asignio_', poolSize: 50, timeoutMs: 5000, database: 'asignio' } as const;
/** https://www.mongodb.com/docs/manual/reference/limits/#naming-restrictions, and less than it allows. */
const DATABASE = /^[A-Za-z0-9_-]{1,63}$/;

const uri = Joi.string().min(1).max(8192);
const database = Joi.string().pattern(DATABASE, 'a database name');
const file = Joi.string().min(1).max(4096);
const schema = Joi.object({
  uri,
  connection: Joi.object().unknown(),
  database,
  keysUri: uri,
  keysDatabase: database,
  prefix: Joi.string().pattern(/^[a-z][a-z0-9_]{0,31}$/, 'a collection prefix'),
  tls: Joi.alternatives(Joi.boolean().strict(), Joi.object({ caFile: file, certificateKeyFile: file })),
  allowPlaintext: Joi.boolean().strict(),
  poolSize: Joi.number().integer().min(1).max(1000),
  timeoutMs: Joi.number().integer().min(100).max(120_000),
  region: Joi.string().pattern(/^(?:local|[A-Z]{2}(?:-[A-Z0-9]{1,3})?)$/, 'a region'),
  agreement: Joi.string().trim().min(1).max(256),
  clock: Joi.object({ now: Joi.function().required() }).unknown(),
})
  .xor('uri', 'connection')
  .required()
  .label('options')
  // A message of joi quotes what is wrong, and a URI holds a password.
  .messages({ 'string.pattern.name': '{{#label}} is not {{#name}}' });

/**
 * Checks the options and fills in defaults.
 * @throws AsignioError `ASIGNIO_OPTION_INVALID`, naming the option and never quoting a URI.
 */
export function parseOptions(options: StorageMongodbOptions): Settings {
  const { error } = schema.validate(options, { convert: false });
  if (error !== undefined) throw wrong(error.message);
  const { tls, allowPlaintext = false, connection, keysUri, poolSize, timeoutMs, region, agreement } = options;
  if (connection !== undefined && !isConnection(connection)) throw wrong('"connection" must be a mongoose connection');
  const source = connection ?? address('uri', options.uri ?? '', tls, allowPlaintext);
  const keysSource = keysUri === undefined ? undefined : address('keysUri', keysUri, tls, allowPlaintext);
  const named = 'uri' in source ? databaseOf('uri', source.uri) : connection?.name;
  const data = options.database ?? (named === undefined || named === '' ? DEFAULTS.database : named);
  const keys =
    options.keysDatabase ??
    (keysSource === undefined ? undefined : databaseOf('keysUri', keysSource.uri)) ??
    `${data}_keys`;
  for (const [option, name] of [
    ['database', data],
    ['keysDatabase', keys],
  ] as const)
    if (!DATABASE.test(name)) throw wrong(`"${option}" is not a database name of 1-63 characters A-Z a-z 0-9 _ -`);
  // MongoDB takes names that differ in case alone for the same.
  if (keys.toLowerCase() === data.toLowerCase() && (keysUri === undefined || keysUri === options.uri))
    throw wrong('"keysDatabase" must be another database than that of the records, with backups of its own');
  return {
    source,
    database: data,
    keysSource,
    keysDatabase: keys,
    prefix: options.prefix ?? DEFAULTS.prefix,
    poolSize: poolSize ?? DEFAULTS.poolSize,
    timeoutMs: timeoutMs ?? DEFAULTS.timeoutMs,
    region: region ?? 'local',
    agreement,
    clock: options.clock ?? systemClock,
  };
}

function address(option: string, given: string, tls: boolean | TlsFiles | undefined, allowPlaintext: boolean): Address {
  const { hosts, secure } = readUri(option, given);
  if (!allowPlaintext && !(tls === undefined ? secure : tls !== false) && !hosts.every(isThisMachine))
    throw wrong(
      `"${option}" names another machine without TLS: set "tls", or "allowPlaintext" where the network is encrypted otherwise`,
    );
  return { uri: given, tls };
}

/** What the driver reads in a URI; it looks nothing up for that. */
function readUri(option: string, given: string): { readonly hosts: readonly string[]; readonly secure: boolean } {
  if (given.startsWith('mongodb+srv://'))
    return { hosts: ['elsewhere'], secure: !/[?&](?:tls|ssl)=false/i.test(given) };
  try {
    const { hosts, tls } = new mongoose.mongo.MongoClient(given).options;
    return { hosts: hosts.map(({ host, socketPath }) => (socketPath === undefined ? (host ?? '') : '')), secure: tls };
  } catch {
    // The driver's own words may quote the URI, and with it the password.
    throw wrong(`"${option}" is not a MongoDB URI such as mongodb://user:password@host:27017/database`);
  }
}

function databaseOf(option: string, given: string): string | undefined {
  const name = /^[^/]+\/\/[^/?]*\/([^?]+)/.exec(given)?.[1];
  if (name === undefined) return undefined;
  if (!DATABASE.test(name)) throw wrong(`"${option}" names a database with other characters than A-Z a-z 0-9 _ -`);
  return name;
}

/** An empty host stands for a socket file. */
function isThisMachine(host: string): boolean {
  return host === '' || host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function isConnection(value: Connection): boolean {
  return typeof value.useDb === 'function' && typeof value.asPromise === 'function';
}

function wrong(detail: string): AsignioError {
  return new AsignioError('ASIGNIO_OPTION_INVALID', `storageMongodb: ${detail}`);
}
