import { KeyShelf } from '@asignio/bridge';
import type { X509Certificate } from 'node:crypto';
import type { TenantId } from '@asignio/contracts';
import type { Cabinet } from '@asignio/core';
import type { SigningKey } from '../crypto/sign.ts';
import { makePair, pairOf } from './pair.ts';
import type { StoredPair } from './pair.ts';

/** The keys of a moment. */
export interface Keys {
  readonly signing: SigningKey;
  /** All that are published, the one that signs first. */
  readonly published: readonly X509Certificate[];
  /** Changes with them. */
  readonly version: string;
}

/** What {@link Keyring} stands on; times in seconds. */
export interface KeyringTools {
  readonly cabinet: Cabinet;
  readonly tenant: TenantId;
  readonly entityId: string;
  readonly now: () => number;
  readonly publishBefore: number;
  readonly keepAfter: number;
  readonly certificateLifetime: number;
}

/**
 * Signing keys in the store, sealed, the same to every process. Service providers often read metadata by hand, so keys do
 * not change by themselves: {@link roll} publishes a new one beside the old, and it signs when all had time to fetch it.
 */
export class Keyring {
  private readonly tools: KeyringTools;
  private readonly shelf: KeyShelf<StoredPair>;

  constructor(tools: KeyringTools) {
    const { cabinet, tenant, entityId, now, keepAfter } = tools;
    this.tools = tools;
    this.shelf = new KeyShelf({
      cabinet,
      place: { tenant, drawer: 'saml.keys', id: entityId },
      now,
      keepAfter,
      make: (signsFrom) => this.make(signsFrom),
    });
  }

  /** The keys of now; makes the first one. */
  async current(): Promise<Keys> {
    return this.keysOf(await this.shelf.all());
  }

  /** Publishes a new key, which signs after `publishBefore`. With `revoke` it signs at once, and the others are gone. */
  async roll(revoke: boolean): Promise<void> {
    const now = this.tools.now();
    await this.shelf.all();
    const made = await this.make(revoke ? now : now + this.tools.publishBefore * 1000);
    await this.shelf.change((there) => (revoke ? [made] : [...this.shelf.kept(there), made]));
  }

  private async make(signsFrom: number): Promise<StoredPair> {
    const { entityId, certificateLifetime, now } = this.tools;
    return makePair(entityId, now(), certificateLifetime, signsFrom);
  }

  private keysOf(there: readonly StoredPair[]): Keys {
    const pairs = this.shelf.published(there).map(pairOf);
    const [signing] = pairs;
    if (signing === undefined) throw new Error('The keyring is empty');
    const published = pairs.map(({ certificate }) => certificate);
    return { signing, published, version: published.map(({ fingerprint256 }) => fingerprint256).join(' ') };
  }
}
