import type { Answer, Call, VaultClient } from './http.ts';
import { refused, unavailable } from './refusals.ts';

/** A named key of the Transit engine, as far as it concerns us. */
export interface TransitKey {
  readonly latest: number;
  /** Versions that still decrypt, oldest first, with the time they were made, ms since the epoch. */
  readonly versions: readonly { readonly version: number; readonly createdAt: number }[];
}

/** What the server said that was wrong, in words of its API; only compared, never shown. */
const KEY_IS_GONE = /key not found|disallowed by policy|too old|too new/i;

/**
 * The calls of the Transit engine's HTTP API (developer.hashicorp.com/vault/api-docs/secret/transit; OpenBao has the same).
 * A context is bound by key derivation, not as associated data: `rewrap` takes the one and not the other.
 */
export class Transit {
  private readonly client: VaultClient;
  private readonly mount: string;

  constructor(client: VaultClient, mount: string) {
    this.client = client;
    this.mount = mount;
  }

  /** Makes a key; one that is there stays as it is. */
  async create(name: string): Promise<void> {
    await this.call({
      method: 'POST',
      path: `keys/${name}`,
      body: { type: 'aes256-gcm96', derived: true, exportable: false, allow_plaintext_backup: false },
    });
  }

  /** @returns `undefined` when there is no such key. */
  async read(name: string): Promise<TransitKey | undefined> {
    const { status, body } = await this.client.call({ method: 'GET', path: `${this.mount}/keys/${name}` });
    if (status === 404) return undefined;
    const data = dataOf({ status, body });
    const { latest_version: latest, min_decryption_version: oldest, keys, derived } = data;
    if (!isVersion(latest) || typeof keys !== 'object' || keys === null) throw strange();
    if (derived !== true) throw unavailable('The key of this name was not made for Asignio: it is not a derived one');
    const versions = Object.entries(keys)
      .map(([version, seconds]) => ({ version: Number(version), createdAt: Math.round(Number(seconds) * 1000) }))
      .filter(
        ({ version, createdAt }) => isVersion(version) && version >= Number(oldest) && Number.isSafeInteger(createdAt),
      )
      .sort((a, b) => a.version - b.version);
    return { latest, versions };
  }

  async encrypt(name: string, context: string, plaintext: string): Promise<string> {
    const { ciphertext } = await this.call({
      method: 'POST',
      path: `encrypt/${name}`,
      body: { plaintext, context },
    });
    if (typeof ciphertext !== 'string') throw strange();
    return ciphertext;
  }

  async decrypt(name: string, context: string, ciphertext: string): Promise<string> {
    const { plaintext } = await this.call({ method: 'POST', path: `decrypt/${name}`, body: { ciphertext, context } });
    if (typeof plaintext !== 'string') throw strange();
    return plaintext;
  }

  async rewrap(name: string, context: string, ciphertext: string): Promise<string> {
    const { ciphertext: again } = await this.call({
      method: 'POST',
      path: `rewrap/${name}`,
      body: { ciphertext, context },
    });
    if (typeof again !== 'string') throw strange();
    return again;
  }

  /** Made once: a rotation that was made twice is one version too many. */
  async rotate(name: string): Promise<void> {
    await this.call({ method: 'POST', path: `keys/${name}/rotate`, body: {}, repeatable: false });
  }

  /** Lets versions before this one open nothing any more, then has them deleted. */
  async forgetBefore(name: string, version: number): Promise<void> {
    await this.call({
      method: 'POST',
      path: `keys/${name}/config`,
      body: { min_decryption_version: version, min_encryption_version: version },
    });
    await this.call({ method: 'POST', path: `keys/${name}/trim`, body: { min_available_version: version } });
  }

  private async call(call: Call): Promise<{ readonly [name: string]: unknown }> {
    return dataOf(await this.client.call({ ...call, path: `${this.mount}/${call.path}` }));
  }
}

function dataOf({ status, body }: Answer): { readonly [name: string]: unknown } {
  if (status === 200 || status === 204)
    return typeof body.data === 'object' && body.data !== null ? (body.data as { [name: string]: unknown }) : {};
  if (status === 400) {
    const said = Array.isArray(body.errors) ? body.errors.join(' ') : '';
    throw KEY_IS_GONE.test(said)
      ? unavailable('The key server does not hold the key that wrapped this')
      : refused('The wrapped key, its tenant or its binding is not what was wrapped');
  }
  if (status === 403)
    throw unavailable('The key server refuses: the token is not valid, or its policy does not allow this');
  if (status === 404) throw unavailable('The key server has no Transit engine where the option mount says');
  if (status >= 300 && status < 400)
    throw unavailable('The key server is a standby that sends callers elsewhere: use the address of the active one');
  throw unavailable(`The key server answered ${status}`);
}

function isVersion(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1;
}

function strange(): Error {
  return unavailable('The key server answered something that is not of the Transit API');
}
