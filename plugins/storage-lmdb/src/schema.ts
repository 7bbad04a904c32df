import { randomUUID } from 'node:crypto';
import { AsignioError } from '@asignio/contracts';
import { corrupt, decode, encode } from './codec.ts';
import type { Environment, Tree } from './environment.ts';

/** Version of what the B-trees hold. Grows with each change that an older version would misread. */
export const SCHEMA_VERSION = 1;

/** B-tree that says what the others hold. */
export const META_TREE = 'meta';

const STAMP = Buffer.from('stamp', 'latin1');

/**
 * Stamps both environments of a new store, or checks those of an old one: that this version can read them, and that they
 * belong together.
 * @throws AsignioError `ASIGNIO_STORAGE_SCHEMA` for a newer store, `ASIGNIO_STORAGE_CORRUPT` where the keys are missing or
 * those of another store.
 */
export async function stamp(data: Environment, keys: Environment): Promise<void> {
  const known = await read(data);
  if (known !== undefined && (await read(keys)) === undefined)
    throw corrupt('The folder of keys is empty: restore it, since without it nothing sealed can be read');
  // Keys first: a crash between the two leaves keys without data, which the next start takes over.
  const store = await stampOne(keys, known ?? randomUUID());
  if ((await stampOne(data, store)) !== store) throw corrupt('The folder of keys belongs to another store');
}

/**
 * The id in a stamp; `undefined` where there is no stamp yet.
 * @throws AsignioError `ASIGNIO_STORAGE_SCHEMA` for a newer store.
 */
export function readStamp(meta: Tree): string | undefined {
  const bytes = meta.get(STAMP);
  if (bytes === undefined) return undefined;
  const { schema, store } = decode(STAMP, bytes) as { schema?: unknown; store?: unknown };
  if (typeof schema !== 'number' || typeof store !== 'string') throw corrupt();
  if (schema > SCHEMA_VERSION)
    throw new AsignioError(
      'ASIGNIO_STORAGE_SCHEMA',
      `The store has schema ${schema}, and this version reads up to ${SCHEMA_VERSION}`,
    );
  return store;
}

async function stampOne(environment: Environment, store: string): Promise<string> {
  return (
    (await read(environment)) ??
    environment.write(() => readStamp(environment.tree(META_TREE)) ?? put(environment, store))
  );
}

async function read(environment: Environment): Promise<string | undefined> {
  return environment.read(() => readStamp(environment.tree(META_TREE)));
}

function put(environment: Environment, store: string): string {
  environment.tree(META_TREE).putSync(STAMP, encode(STAMP, { schema: SCHEMA_VERSION, store }));
  return store;
}
