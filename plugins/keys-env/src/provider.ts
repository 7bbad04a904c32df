import { createSecretKey, hkdfSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { AsignioError } from '@asignio/contracts';
import type { KeyProvider, KeyVersion, PluginMetadata, TenantId, WrappedKey } from '@asignio/contracts';
import { unwrapKey, wrapKey } from '@asignio/crypto';
import type { WrapContext } from '@asignio/crypto';
import { parseOptions } from './options.ts';
import type { KeySource, KeysEnvOptions } from './options.ts';
import { readKey } from './source.ts';

const METADATA: PluginMetadata = {
  name: '@asignio/keys-env',
  version: '0.1.0',
  kind: 'keys',
  capabilities: ['versions'],
  data: ['data keys'],
  region: 'local',
};
const PURPOSE = 'asignio keys-env v1';
const ID_BYTES = 12;

interface EnvKey {
  /** Derived from the key, so that all processes call it the same. */
  readonly keyId: string;
  /** Held outside the JavaScript heap. */
  readonly secret: KeyObject;
}

/** See {@link keysEnv}. */
export class EnvKeyProvider implements KeyProvider {
  readonly metadata = METADATA;
  private readonly options: Required<KeysEnvOptions>;
  /** Oldest first. */
  private keys: readonly EnvKey[] | undefined;

  constructor(options: KeysEnvOptions | undefined) {
    this.options = parseOptions(options);
  }

  async open(): Promise<void> {
    if (this.keys !== undefined) return;
    const { key, others } = this.options;
    const keys = new Map<string, EnvKey>();
    for (const source of [...others, key]) {
      const found = await load(source);
      // One that is named twice is the newer of its two places.
      keys.delete(found.keyId);
      keys.set(found.keyId, found);
    }
    this.keys = [...keys.values()];
  }

  async close(): Promise<void> {
    this.keys = undefined;
  }

  async wrap(tenant: TenantId, dataKey: Uint8Array, binding: string): Promise<WrappedKey> {
    const key = this.use().at(-1);
    if (key === undefined) throw unavailable('There is no key');
    return { keyId: key.keyId, bytes: wrapKey(contextOf(key, tenant, binding), dataKey) };
  }

  async unwrap(tenant: TenantId, wrapped: WrappedKey, binding: string): Promise<Uint8Array> {
    const keys = this.use();
    if (typeof wrapped !== 'object' || wrapped === null || typeof wrapped.keyId !== 'string')
      throw new AsignioError('ASIGNIO_KEY_REFUSED', 'A wrapped key has keyId and bytes');
    const key = keys.find(({ keyId }) => keyId === wrapped.keyId);
    if (key === undefined) throw unavailable('The environment does not hold the key that wrapped this');
    return unwrapKey(contextOf(key, tenant, binding), wrapped.bytes);
  }

  async versions(): Promise<readonly KeyVersion[]> {
    return this.use().map(({ keyId }) => ({ keyId }));
  }

  private use(): readonly EnvKey[] {
    if (this.keys === undefined) throw unavailable('The key provider is not open');
    return this.keys;
  }
}

async function load(source: KeySource): Promise<EnvKey> {
  const bytes = await readKey(source);
  try {
    const id = hkdfSync('sha256', bytes, '', `${PURPOSE} id`, ID_BYTES);
    return { keyId: Buffer.from(id).toString('base64url'), secret: createSecretKey(bytes) };
  } finally {
    bytes.fill(0);
  }
}

function contextOf({ keyId, secret }: EnvKey, tenant: TenantId, binding: string): WrapContext {
  return { root: secret, keyId, tenant, binding, purpose: PURPOSE };
}

function unavailable(detail: string): AsignioError {
  return new AsignioError('ASIGNIO_KEY_UNAVAILABLE', detail);
}
