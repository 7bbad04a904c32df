import { createHash } from 'node:crypto';
import type { KeyProvider, KeyVersion, PluginMetadata, TenantId, WrappedKey } from '@asignio/contracts';
import { checkBinding, checkDataKey } from '@asignio/crypto';
import { VaultClient } from './http.ts';
import { parseOptions } from './options.ts';
import type { KeysVaultOptions, ParsedOptions } from './options.ts';
import { refused, unavailable } from './refusals.ts';
import { Transit } from './transit.ts';

const PURPOSE = 'asignio keys-vault v1';
/** First byte of a wrapped key: the form of what follows, the bytes of a Transit ciphertext without its version. */
const FORM = 1;
/** The longest: a key of 64 bytes, with nonce and tag (Transit: 12 and 16 bytes). */
const MAX_WRAPPED = 1 + 64 + 12 + 16;
const MIN_WRAPPED = 1 + 16 + 12 + 16;

/** Of a call that concerns a tenant's key as a whole. */
const NO_BINDING = 'none';

/** See {@link keysVault}. */
export class VaultKeyProvider implements KeyProvider {
  readonly metadata: PluginMetadata;
  private readonly options: ParsedOptions;
  private readonly client: VaultClient;
  private readonly transit: Transit;
  /** Tenants whose key is there. */
  private readonly known = new Map<TenantId, Promise<void>>();

  constructor(options: KeysVaultOptions) {
    this.options = parseOptions(options);
    const { mount, region, agreement } = this.options;
    this.client = new VaultClient(this.options);
    this.transit = new Transit(this.client, mount);
    this.metadata = {
      name: '@asignio/keys-vault',
      version: '0.1.0',
      kind: 'keys',
      capabilities: ['versions', 'rotate', 'rewrap', 'retire'],
      data: ['data keys', 'tenant ids'],
      region,
      ...(agreement === undefined ? {} : { agreement }),
    };
  }

  async open(): Promise<void> {
    if (this.client.isOpen) return;
    await this.client.open();
    try {
      // Answers without a token: 200 where it is up, with these parameters also where it is a standby that passes calls on.
      const { status } = await this.client.call({
        method: 'GET',
        path: 'sys/health?standbyok=true&perfstandbyok=true',
        withToken: false,
      });
      if (status !== 200) throw unavailable(`The key server is not ready: it answered ${status}`);
    } catch (error) {
      this.client.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.client.close();
    this.known.clear();
  }

  async wrap(tenant: TenantId, dataKey: Uint8Array, binding: string): Promise<WrappedKey> {
    this.check(tenant, binding);
    checkDataKey(dataKey);
    await this.ensure(tenant);
    const plaintext = Buffer.from(dataKey).toString('base64');
    return this.toWrapped(
      tenant,
      await this.transit.encrypt(this.nameOf(tenant), contextOf(tenant, binding), plaintext),
    );
  }

  async unwrap(tenant: TenantId, wrapped: WrappedKey, binding: string): Promise<Uint8Array> {
    this.check(tenant, binding);
    const ciphertext = this.toCiphertext(tenant, wrapped);
    const plaintext = await this.transit.decrypt(this.nameOf(tenant), contextOf(tenant, binding), ciphertext);
    const opened = Buffer.from(plaintext, 'base64');
    try {
      checkDataKey(opened);
      return Uint8Array.from(opened);
    } finally {
      opened.fill(0);
    }
  }

  async versions(tenant: TenantId): Promise<readonly KeyVersion[]> {
    this.check(tenant, NO_BINDING);
    const key = await this.transit.read(this.nameOf(tenant));
    return (key?.versions ?? []).map(({ version, createdAt }) => ({ keyId: this.keyId(tenant, version), createdAt }));
  }

  async rotate(tenant: TenantId): Promise<string> {
    this.check(tenant, NO_BINDING);
    await this.ensure(tenant);
    const name = this.nameOf(tenant);
    await this.transit.rotate(name);
    return this.keyId(tenant, await this.latest(tenant));
  }

  async rewrap(tenant: TenantId, wrapped: WrappedKey, binding: string): Promise<WrappedKey> {
    this.check(tenant, binding);
    const ciphertext = this.toCiphertext(tenant, wrapped);
    return this.toWrapped(
      tenant,
      await this.transit.rewrap(this.nameOf(tenant), contextOf(tenant, binding), ciphertext),
    );
  }

  async retire(tenant: TenantId, newest: string): Promise<void> {
    this.check(tenant, NO_BINDING);
    const latest = await this.latest(tenant);
    if (newest !== this.keyId(tenant, latest))
      throw refused('A newer key was made meanwhile: wrap anew with that one first');
    if (latest > 1) await this.transit.forgetBefore(this.nameOf(tenant), latest);
  }

  private async latest(tenant: TenantId): Promise<number> {
    const key = await this.transit.read(this.nameOf(tenant));
    if (key === undefined) throw unavailable('The key server does not hold the key of this tenant');
    return key.latest;
  }

  /** Makes the tenant's key where there is none, once a process. */
  private async ensure(tenant: TenantId): Promise<void> {
    let made = this.known.get(tenant);
    if (made === undefined) {
      made = this.make(tenant);
      this.known.set(tenant, made);
      made.catch(() => this.known.delete(tenant));
    }
    await made;
  }

  private async make(tenant: TenantId): Promise<void> {
    const name = this.nameOf(tenant);
    if ((await this.transit.read(name)) === undefined) await this.transit.create(name);
  }

  /** A name that Transit takes begins and ends with a letter or digit, whatever the tenant's id ends with. */
  private nameOf(tenant: TenantId): string {
    return `${this.options.prefix}${tenant}-key`;
  }

  private keyId(tenant: TenantId, version: number): string {
    return `${this.nameOf(tenant)}:v${version}`;
  }

  private toWrapped(tenant: TenantId, ciphertext: string): WrappedKey {
    const [, version, body] = /^vault:v([1-9][0-9]{0,8}):([A-Za-z0-9+/]+={0,2})$/.exec(ciphertext) ?? [];
    if (version === undefined || body === undefined)
      throw unavailable('The key server answered something that is not of the Transit API');
    return {
      keyId: this.keyId(tenant, Number(version)),
      bytes: Uint8Array.from([FORM, ...Buffer.from(body, 'base64')]),
    };
  }

  private toCiphertext(tenant: TenantId, wrapped: WrappedKey): string {
    const { keyId, bytes } = (wrapped ?? {}) as Partial<WrappedKey>;
    const name = this.nameOf(tenant);
    const version = typeof keyId === 'string' && keyId.startsWith(`${name}:v`) ? keyId.slice(name.length + 2) : '';
    if (!/^[1-9][0-9]{0,8}$/.test(version)) throw unavailable('The key server does not hold the key that wrapped this');
    if (!(bytes instanceof Uint8Array) || bytes.length < MIN_WRAPPED || bytes.length > MAX_WRAPPED || bytes[0] !== FORM)
      throw refused('The bytes are not a wrapped key of this provider');
    return `vault:v${version}:${Buffer.from(bytes.subarray(1)).toString('base64')}`;
  }

  private check(tenant: TenantId, binding: string): void {
    if (!this.client.isOpen) throw unavailable('The key provider is not open');
    checkBinding(tenant, binding);
  }
}

/**
 * What the key of a call is derived with, base64 as the API wants it: a hash, so that the server and its audit log see
 * nothing of what is bound.
 */
function contextOf(tenant: TenantId, binding: string): string {
  return createHash('sha256').update(`${PURPOSE}\0${tenant}\0${binding}`, 'utf8').digest('base64');
}
