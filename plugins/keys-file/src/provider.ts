import { createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { AsignioError } from '@asignio/contracts';
import type { KeyProvider, PluginMetadata, TenantId, WrappedKey } from '@asignio/contracts';
import { createKeyFile, readKeyFile, unavailable } from './key-file.ts';
import { parseOptions } from './options.ts';
import type { KeysFileOptions } from './options.ts';
import { unwrapKey, wrapKey } from './wrapping.ts';

const METADATA: PluginMetadata = {
  name: '@asignio/keys-file',
  version: '0.1.0',
  kind: 'keys',
  capabilities: [],
  data: ['data keys'],
  region: 'local',
};

interface Opened {
  readonly keyId: string;
  /** Held outside the JavaScript heap, so that a heap dump does not show it. */
  readonly root: KeyObject;
}

/** See {@link keysFile}. */
export class FileKeyProvider implements KeyProvider {
  readonly metadata = METADATA;
  private readonly options: Required<KeysFileOptions>;
  private opened: Opened | undefined;

  constructor(options: KeysFileOptions) {
    this.options = parseOptions(options);
  }

  async open(): Promise<void> {
    if (this.opened !== undefined) return;
    const { path, create } = this.options;
    let found = await readKeyFile(path);
    if (found === undefined && create) {
      await createKeyFile(path);
      found = await readKeyFile(path);
    }
    if (found === undefined)
      throw unavailable('There is no key file: restore it, or set the option create to make a new one');
    this.opened = { keyId: found.keyId, root: createSecretKey(found.root) };
    found.root.fill(0);
  }

  async close(): Promise<void> {
    this.opened = undefined;
  }

  async wrap(tenant: TenantId, dataKey: Uint8Array, binding: string): Promise<WrappedKey> {
    const { keyId, root } = this.use();
    return { keyId, bytes: wrapKey({ root, keyId, tenant, binding }, dataKey) };
  }

  async unwrap(tenant: TenantId, wrapped: WrappedKey, binding: string): Promise<Uint8Array> {
    const { keyId, root } = this.use();
    if (typeof wrapped !== 'object' || wrapped === null || typeof wrapped.keyId !== 'string')
      throw new AsignioError('ASIGNIO_KEY_REFUSED', 'A wrapped key has keyId and bytes');
    if (wrapped.keyId !== keyId) throw unavailable('The key file does not hold the key that wrapped this');
    return unwrapKey({ root, keyId, tenant, binding }, wrapped.bytes);
  }

  private use(): Opened {
    if (this.opened === undefined) throw unavailable('The key provider is not open');
    return this.opened;
  }
}
