import { AsignioError } from '@asignio/contracts';
import type { KeyProvider, KeyVersion, PluginMetadata, TenantId, WrappedKey } from '@asignio/contracts';
import { isWeaker, newPassphrase, readPassphrase, unwrapKey, wrapKey } from '@asignio/crypto';
import type { WrapContext } from '@asignio/crypto';
import { changeKeyFile, createKeyFile, readKeyFile, stateOf } from './key-file.ts';
import type { KeyFile } from './key-file.ts';
import { parseOptions } from './options.ts';
import type { KeysFileOptions, ParsedOptions } from './options.ts';
import { newProtection } from './protection.ts';
import {
  keysOf,
  newRing,
  newestOf,
  withNewCommon,
  withNewKey,
  withNewestAlone,
  withNewestCommonAlone,
} from './ring.ts';
import type { KeyRing, RingKey } from './ring.ts';
import { unavailable } from './unavailable.ts';
import { Unlocker } from './unlock.ts';

const METADATA: PluginMetadata = {
  name: '@asignio/keys-file',
  version: '0.1.0',
  kind: 'keys',
  capabilities: ['versions', 'rotate', 'retire', 'rotateCommon', 'retireCommon'],
  data: ['data keys'],
  region: 'local',
};
/** Stands in what is derived and authenticated: it must never change for keys that are wrapped already. */
const PURPOSE = 'asignio keys-file v1';

/** See {@link keysFile}. */
export class FileKeyProvider implements KeyProvider {
  readonly metadata = METADATA;
  private readonly options: ParsedOptions;
  private readonly unlocker: Unlocker;
  private file: KeyFile | undefined;
  private reading: Promise<KeyFile> | undefined;

  constructor(options: KeysFileOptions) {
    this.options = parseOptions(options);
    this.unlocker = new Unlocker(this.options.passphrase);
  }

  async open(): Promise<void> {
    if (this.file !== undefined) return;
    let found = await this.read();
    if (found === undefined && this.options.create) {
      await this.create();
      found = await this.read();
    }
    if (found === undefined)
      throw unavailable('There is no key file: restore it, or set the option create to make a new one');
    this.file = await this.strengthen(found);
  }

  async close(): Promise<void> {
    this.file = undefined;
    this.unlocker.keep(null);
  }

  async wrap(tenant: TenantId, dataKey: Uint8Array, binding: string): Promise<WrappedKey> {
    const key = newestOf(keysOf(await this.ring(), tenant));
    return { keyId: key.keyId, bytes: wrapKey(contextOf(key, tenant, binding), dataKey) };
  }

  async unwrap(tenant: TenantId, wrapped: WrappedKey, binding: string): Promise<Uint8Array> {
    const ring = await this.ringToOpen();
    if (typeof wrapped !== 'object' || wrapped === null || typeof wrapped.keyId !== 'string')
      throw new AsignioError('ASIGNIO_KEY_REFUSED', 'A wrapped key has keyId and bytes');
    const key = keysOf(ring, tenant).find(({ keyId }) => keyId === wrapped.keyId);
    if (key === undefined) throw unavailable('The key file does not hold the key that wrapped this');
    return unwrapKey(contextOf(key, tenant, binding), wrapped.bytes);
  }

  async versions(tenant: TenantId): Promise<readonly KeyVersion[]> {
    return keysOf(await this.ring(), tenant).map(({ keyId, createdAt }) => ({
      keyId,
      ...(createdAt === null ? {} : { createdAt }),
    }));
  }

  async rotate(tenant: TenantId): Promise<string> {
    const ring = await this.change((current) => withNewKey(current, tenant, this.options.clock.now()));
    return newestOf(keysOf(ring, tenant)).keyId;
  }

  async retire(tenant: TenantId, newest: string): Promise<void> {
    await this.change((current) => withNewestAlone(current, tenant, newest));
  }

  async rotateCommon(): Promise<string> {
    const ring = await this.change((current) => withNewCommon(current, this.options.clock.now()));
    return newestOf(ring.common).keyId;
  }

  async retireCommon(newest: string): Promise<void> {
    await this.change((current) => withNewestCommonAlone(current, newest));
  }

  /** The keys as the file has them now: another process may have rotated or retired one. */
  private async ring(): Promise<KeyRing> {
    const file = this.use();
    const state = await stateOf(this.options.path);
    // A file that is out of reach for a while takes no key away from a process that runs.
    if (state === file.state || state === '') return file.ring;
    this.reading ??= this.reread().finally(() => (this.reading = undefined));
    return (await this.reading).ring;
  }

  /**
   * As {@link ring}. Where the file got another passphrase since this process opened it, the keys that it has go on opening;
   * it wraps with none of them, since they may be retired already.
   */
  private async ringToOpen(): Promise<KeyRing> {
    try {
      return await this.ring();
    } catch (error) {
      if (error instanceof AsignioError && error.code === 'ASIGNIO_KEY_PASSPHRASE') return this.use().ring;
      throw error;
    }
  }

  private async reread(): Promise<KeyFile> {
    const file = await this.read();
    if (file === undefined) return this.use();
    if (this.file !== undefined) this.file = file;
    return file;
  }

  private async change(change: (ring: KeyRing) => KeyRing): Promise<KeyRing> {
    this.use();
    const file = await changeKeyFile(this.options.path, this.unlocker.unlock, ({ ring, protection }) => ({
      ring: change(ring),
      protection,
    }));
    this.file = file;
    return file.ring;
  }

  private async create(): Promise<void> {
    const { path, passphrase, argon2, clock } = this.options;
    const protection = passphrase === undefined ? null : await newProtection(await newPassphrase(passphrase), argon2);
    this.unlocker.keep(protection);
    await createKeyFile(path, newRing(clock.now()), protection);
  }

  /** Seals the file anew where a guess at its passphrase has become too cheap. */
  private async strengthen(found: KeyFile): Promise<KeyFile> {
    const { path, passphrase, argon2 } = this.options;
    if (passphrase === undefined || found.protection === null || !isWeaker(found.protection.parameters, argon2))
      return found;
    try {
      return await changeKeyFile(path, this.unlocker.unlock, async ({ ring, protection }) => {
        if (protection === null || !isWeaker(protection.parameters, argon2)) return { ring, protection };
        const stronger = await newProtection(await readPassphrase(passphrase), argon2);
        this.unlocker.keep(stronger);
        return { ring, protection: stronger };
      });
    } catch (error) {
      // A file that cannot be written, or a passphrase that can be read but once: the keys are open all the same.
      if (error instanceof AsignioError) return found;
      throw error;
    }
  }

  private async read(): Promise<KeyFile | undefined> {
    return readKeyFile(this.options.path, this.unlocker.unlock);
  }

  private use(): KeyFile {
    if (this.file === undefined) throw unavailable('The key provider is not open');
    return this.file;
  }
}

function contextOf({ keyId, secret }: RingKey, tenant: TenantId, binding: string): WrapContext {
  return { root: secret, keyId, tenant, binding, purpose: PURPOSE };
}
