import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkpointsFile } from '@asignio/checkpoints-file';
import { AsignioError } from '@asignio/contracts';
import type { CheckpointSink, KeyProvider, Plugin, PluginKind, StoragePlugin } from '@asignio/contracts';
import { storageLmdb } from '@asignio/storage-lmdb';
import { keysOf } from './keys.ts';

/** Where the data of a system are: what createAsignio and every command stand on. */
export interface Place {
  readonly storage: StoragePlugin;
  readonly keys: KeyProvider;
  /** The second place of the audit chain; absent where a module of one's own names none. */
  readonly checkpoints?: CheckpointSink;
}

/** The options of a command that works on a place. */
export const PLACE_OPTIONS = {
  data: { type: 'string', value: 'DIR', help: 'folder of store and keys', default: './.asignio' },
  config: {
    type: 'string',
    value: 'FILE',
    help: 'module that exports { storage, keys, checkpoints } of your own by default, instead of --data',
  },
} as const;

/** The embedded store of a data folder, not opened. */
export function storageOf(data: string): StoragePlugin {
  return storageLmdb({ path: join(data, 'store') });
}

/** The second place of a data folder's audit chain, not opened. */
export function checkpointsOf(data: string): CheckpointSink {
  return checkpointsFile({ path: join(data, 'checkpoints') });
}

/**
 * The plugins that a command's options name, not opened.
 * Keys are never made: a command works with those that the store was written with.
 *
 * @throws AsignioError `ASIGNIO_FILE_UNREADABLE` where there is no data folder (unless it may be made) or no such module;
 * `ASIGNIO_PLUGIN_INVALID` where that does not export both plugins.
 */
export async function placeOfCommand(
  values: { readonly [name: string]: string | boolean | undefined },
  { make = false } = {},
): Promise<Place> {
  const { config } = values;
  if (typeof config === 'string') return fromModule(config);
  const data = String(values['data']);
  if (!make && !existsSync(join(data, 'store')))
    throw new AsignioError('ASIGNIO_FILE_UNREADABLE', `There is no store in ${resolve(data)}`);
  return { storage: storageOf(data), keys: keysOf(data, process.env, false), checkpoints: checkpointsOf(data) };
}

async function fromModule(file: string): Promise<Place> {
  let content: { readonly default?: unknown };
  try {
    content = (await import(pathToFileURL(resolve(file)).href)) as typeof content;
  } catch (cause) {
    throw new AsignioError('ASIGNIO_FILE_UNREADABLE', `${file} cannot be loaded`, { cause });
  }
  const { storage, keys, checkpoints } = (content.default ?? {}) as Partial<Place>;
  return {
    storage: checked(storage, 'storage', file),
    keys: checked(keys, 'keys', file),
    ...(checkpoints === undefined ? {} : { checkpoints: checked(checkpoints, 'checkpoints', file) }),
  };
}

function checked<P extends Plugin>(plugin: P | undefined, kind: PluginKind, file: string): P {
  if (plugin?.metadata?.kind === kind) return plugin;
  throw new AsignioError('ASIGNIO_PLUGIN_INVALID', `${file} exports no plugin as \`${kind}\` of its default`);
}
