import mongoose from 'mongoose';
import type { ConnectOptions, Connection } from 'mongoose';
import { AsignioError } from '@asignio/contracts';
import type { Patience } from './patience.ts';
import type { Address, Settings } from './options.ts';

/** MongoDB 6.0: https://www.mongodb.com/docs/manual/reference/command/hello/, and the server's `wire_version.h`. */
const LEAST_WIRE_VERSION = 17;

/** Two databases, on connections that bear no model but ours. */
export interface Connections {
  readonly data: Connection;
  readonly keys: Connection;
  /** Ends what was opened here, and leaves a host's connection as it is. */
  close(): Promise<void>;
}

/**
 * Connects, and asks each server who it is.
 * @throws AsignioError `ASIGNIO_STORAGE_UNAVAILABLE`
 */
export async function connect(settings: Settings, patience: Patience): Promise<Connections> {
  const own: Connection[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(own.map((connection) => connection.close()));
  };
  const opened = async (address: Address): Promise<Connection> => {
    const connection = mongoose.createConnection();
    own.push(connection);
    // A failure reaches whoever awaits an operation; without a listener it would end the process instead.
    connection.on('error', () => undefined);
    await patience.read(async () => connection.openUri(address.uri, driverOptions(address, settings)));
    return connection;
  };
  try {
    const { source, keysSource, database, keysDatabase } = settings;
    const records = 'uri' in source ? await opened(source) : await ready(source, patience);
    const others = keysSource === undefined ? records : await opened(keysSource);
    const data = records.useDb(database);
    const keys = others.useDb(keysDatabase);
    for (const connection of [data, keys]) await checkVersion(connection, patience);
    return { data, keys, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Resolves when the server answers. */
export async function ping(connection: Connection, patience: Patience): Promise<void> {
  await patience.read(async () => databaseOf(connection).command({ ping: 1 }));
}

async function checkVersion(connection: Connection, patience: Patience): Promise<void> {
  const hello = await patience.read(async () => databaseOf(connection).command({ hello: 1 }));
  if (!(Number(hello['maxWireVersion']) >= LEAST_WIRE_VERSION))
    throw new AsignioError('ASIGNIO_STORAGE_UNAVAILABLE', 'The database server is older than MongoDB 6.0');
}

async function ready(connection: Connection, patience: Patience): Promise<Connection> {
  await patience.read(async () => connection.asPromise());
  return connection;
}

function databaseOf({ db }: Connection): NonNullable<Connection['db']> {
  if (db === undefined)
    throw new AsignioError('ASIGNIO_STORAGE_UNAVAILABLE', 'The connection to the database server is closed');
  return db;
}

/**
 * A lost server is noticed, and an operation given up, within the time that operations have; the driver's own limit for
 * finding a server ends a little earlier, since it tells why there is none.
 */
function driverOptions({ tls }: Address, { poolSize, timeoutMs }: Settings): ConnectOptions {
  const { caFile, certificateKeyFile } = typeof tls === 'object' ? tls : {};
  return {
    appName: 'asignio',
    autoIndex: false,
    autoCreate: false,
    bufferCommands: false,
    maxPoolSize: poolSize,
    serverSelectionTimeoutMS: Math.ceil(0.8 * timeoutMs),
    connectTimeoutMS: timeoutMs,
    socketTimeoutMS: timeoutMs,
    waitQueueTimeoutMS: timeoutMs,
    ...(tls === undefined ? {} : { tls: tls !== false }),
    ...(caFile === undefined ? {} : { tlsCAFile: caFile }),
    ...(certificateKeyFile === undefined ? {} : { tlsCertificateKeyFile: certificateKeyFile }),
  };
}
