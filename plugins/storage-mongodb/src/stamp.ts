import { randomUUID } from 'node:crypto';
import type { Model } from 'mongoose';
import { AsignioError } from '@asignio/contracts';
import { corrupt } from './codec.ts';
import type { Patience } from './patience.ts';
import type { Collections, StampDocument } from './schemas.ts';

/** Version of what the collections hold. Grows with each change that an older version would misread. */
export const SCHEMA_VERSION = 1;

const STAMP = 'stamp';

/**
 * Stamps both databases of a new store, or checks those of an old one: that this version can read them, and that they
 * belong together. A database of a newer version is left exactly as it is.
 * @throws AsignioError `ASIGNIO_STORAGE_SCHEMA` for a newer store, `ASIGNIO_STORAGE_CORRUPT` where the keys are missing or
 * those of another store.
 */
export async function stamp({ stamp: data, keysStamp: keys }: Collections, patience: Patience): Promise<void> {
  const known = await read(data, patience);
  const knownKeys = await read(keys, patience);
  if (known !== undefined && knownKeys === undefined)
    throw corrupt('The database of keys is empty: restore it, since without it nothing sealed can be read');
  // Keys first: a crash between the two leaves keys without data, which the next start takes over.
  const store = knownKeys ?? (await put(keys, patience, known ?? randomUUID()));
  if ((known ?? (await put(data, patience, store))) !== store)
    throw corrupt('The database of keys belongs to another store');
}

/** Stamps a database, unless somebody else has just done so; the id that is there afterwards. */
async function put(model: Model<StampDocument>, patience: Patience, store: string): Promise<string> {
  const made = await patience.insert(model, { _id: STAMP, schemaVersion: SCHEMA_VERSION, store });
  const there = made ? store : await read(model, patience);
  if (there === undefined) throw corrupt('The stamp of the store came and went');
  return there;
}

async function read(model: Model<StampDocument>, patience: Patience): Promise<string | undefined> {
  const found = await patience.read(async () => model.findOne({ _id: STAMP }).lean<StampDocument>());
  if (found === null) return undefined;
  const { schemaVersion, store } = found;
  if (typeof schemaVersion !== 'number' || typeof store !== 'string')
    throw corrupt('The stamp of the store is not one');
  if (schemaVersion > SCHEMA_VERSION)
    throw new AsignioError(
      'ASIGNIO_STORAGE_SCHEMA',
      `The store has schema ${schemaVersion}, and this version reads up to ${SCHEMA_VERSION}`,
    );
  return store;
}
