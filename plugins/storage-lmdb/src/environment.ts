import { chmodSync, existsSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { open } from 'lmdb';
import type { Database, RootDatabase, RootDatabaseOptions } from 'lmdb';
import { AsignioError } from '@asignio/contracts';
import { inspect } from './inspect.ts';
import { reasonOf, toStorageError } from './failure.ts';
import { DATA_FILE, LOCK_FILE, Succession } from './succession.ts';

/** How often what met another process's opening of the store is begun again. */
const MAX_TRIES = 64;

/** Thrown to give up a transaction that does not go on from the newest one; never leaves this file. */
class Overtaken extends Error {}

/** A B-tree of bytes by bytes. */
export type Tree = Database<Buffer, Buffer>;

/** One key and its value. */
export interface Entry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

export interface EnvironmentOptions {
  readonly mapSizeBytes: number;
  readonly noSync: boolean;
  /** Names of the B-trees. */
  readonly trees: readonly string[];
  /** Looks at the first of them before any other is opened, and so made. Throws to leave the store as it is. */
  readonly accept?: (first: Tree) => void;
}

interface Shared {
  readonly root: RootDatabase<Buffer, Buffer>;
  readonly trees: ReadonlyMap<string, Tree>;
  readonly succession: Succession;
  readonly noSync: boolean;
  users: number;
}

/**
 * Environments that this process has open, by real path. LMDB must not have one file open twice in a process: its
 * locks are the process's (lmdb.h, "Caveats"), and a transaction that one handle opens synchronously while the other's
 * waits for this thread would never end.
 */
const opened = new Map<string, Shared>();

/** One LMDB environment: a folder with a data file and a lock file, shared by all processes that open it. */
export class Environment {
  private readonly shared: Shared;
  private readonly path: string;
  private closing = false;

  private constructor(path: string, shared: Shared) {
    this.path = path;
    this.shared = shared;
  }

  /** Opens or makes the folder, for the owner alone. Throws what {@link toStorageError} makes of the failure. */
  static async open(folder: string, options: EnvironmentOptions): Promise<Environment> {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const path = realpathSync(folder);
      chmodSync(path, 0o700);
      const shared = opened.get(path) ?? (await openShared(path, options));
      if (shared.noSync !== options.noSync)
        throw new AsignioError('ASIGNIO_OPTION_INVALID', 'storageLmdb: "noSync" differs from that of the open store');
      shared.users++;
      return new Environment(path, shared);
    } catch (error) {
      throw toStorageError(error);
    }
  }

  tree(name: string): Tree {
    const tree = this.shared.trees.get(name);
    if (tree === undefined) throw new AsignioError('ASIGNIO_INTERNAL', `There is no tree ${name}`);
    return tree;
  }

  /** Reads from the newest snapshot that any process has committed. The action may run more than once. */
  async read<T>(action: () => T): Promise<T> {
    for (let attempt = 1; attempt <= MAX_TRIES; attempt++) {
      this.assertOpen();
      const outcome = this.look(action);
      if (!this.shared.succession.isBehind()) {
        if ('error' in outcome) throw toStorageError(outcome.error);
        return outcome.value;
      }
      // A write of nothing waits for whoever commits just now, and puts right what an opening has set back.
      await this.write(() => undefined);
    }
    throw overtaken();
  }

  /**
   * Runs an action that reads and writes as one: all of it is on disk when the promise resolves, or none of it is ever
   * seen. Calls made at about the same time share one commit, each as a nested transaction that fails alone. The action may
   * run more than once.
   */
  async write<T>(action: () => T): Promise<T> {
    const { root, succession } = this.shared;
    const inOrder = (): T => {
      if (!succession.follows(root.getWriteTxnId())) throw new Overtaken();
      return action();
    };
    for (let attempt = 1; attempt <= MAX_TRIES; attempt++) {
      this.assertOpen();
      try {
        return await root.childTransaction(inOrder);
      } catch (error) {
        const reason = await reasonOf(error);
        if (!(reason instanceof Overtaken)) throw toStorageError(reason);
      }
    }
    throw overtaken();
  }

  /** Looks the whole file over. Throws `ASIGNIO_STORAGE_CORRUPT`. */
  verify(): void {
    this.assertOpen();
    try {
      inspect(join(this.path, DATA_FILE), false);
    } catch (error) {
      throw toStorageError(error);
    }
  }

  /** Waits for what is under way, then closes, once the last user of the process has. */
  async close(): Promise<void> {
    if (this.closing) return;
    this.closing = true;
    if (--this.shared.users > 0) {
      await this.shared.root.flushed;
      return;
    }
    opened.delete(this.path);
    await this.shared.root.close();
    this.shared.succession.close();
  }

  private look<T>(action: () => T): { readonly value: T } | { readonly error: unknown } {
    try {
      // lmdb keeps a snapshot until the event loop turns, which would hide what another process wrote meanwhile.
      this.shared.root.resetReadTxn();
      return { value: action() };
    } catch (error) {
      return { error };
    }
  }

  private assertOpen(): void {
    if (this.closing) throw new AsignioError('ASIGNIO_STORAGE_UNAVAILABLE', 'The store is closed');
  }
}

/** Up to this size, a file is looked over whole when it is opened: about half a second for the largest. */
const INSPECTED_BYTES = 64 * 2 ** 20;

async function openShared(path: string, options: EnvironmentOptions): Promise<Shared> {
  const file = join(path, DATA_FILE);
  inspect(file, existsSync(file) && statSync(file).size > INSPECTED_BYTES);
  const settings: RootDatabaseOptions & { permissionsMode: number } = {
    noSubdir: false,
    mapSize: options.mapSizeBytes,
    maxDbs: options.trees.length,
    noSync: options.noSync,
    // A commit holds the write lock until it is flushed: what is visible, to any process, is durable.
    overlappingSync: false,
    // The promise that lmdb makes for a batch of its own is nobody's: a failed commit would end the process.
    eventTurnBatching: false,
    keyEncoding: 'binary',
    encoding: 'binary',
    permissionsMode: 0o600,
  };
  const root = open<Buffer, Buffer>(path, settings);
  let succession: Succession | undefined;
  try {
    succession = new Succession(path);
    const trees = openTrees(root, succession, options);
    for (const name of [DATA_FILE, LOCK_FILE]) chmodSync(join(path, name), 0o600);
    const shared = { root, trees, succession, noSync: options.noSync, users: 0 };
    opened.set(path, shared);
    return shared;
  } catch (error) {
    await root.close();
    succession?.close();
    throw error;
  }
}

/** Opens the B-trees, or makes them, in one transaction; which puts right what the opening of the files has set back. */
function openTrees(
  root: RootDatabase<Buffer, Buffer>,
  succession: Succession,
  { trees, accept }: EnvironmentOptions,
): ReadonlyMap<string, Tree> {
  for (let attempt = 1; attempt <= MAX_TRIES; attempt++) {
    const found = new Map<string, Tree>();
    const done = root.transactionSync(() => {
      if (!succession.follows(root.getWriteTxnId())) return false;
      for (const name of trees) {
        const tree = root.openDB<Buffer, Buffer>({ name, keyEncoding: 'binary', encoding: 'binary' });
        if (found.size === 0) accept?.(tree);
        found.set(name, tree);
      }
      return true;
    });
    if (done) return found;
  }
  throw overtaken();
}

function overtaken(): AsignioError {
  return new AsignioError('ASIGNIO_STORAGE_UNAVAILABLE', 'Other processes open the store without end: try again');
}

/** Entries of a range in order of their keys; `after` excludes its own key. */
export function* entries(tree: Tree, range: { start: Buffer; after?: boolean; end: Buffer }): Generator<Entry> {
  const found = tree.getRange({
    start: range.start,
    end: range.end,
    exclusiveStart: range.after === true,
    snapshot: true,
  });
  for (const { key, value } of found) yield { key, value };
}
