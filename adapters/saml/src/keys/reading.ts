import { KeyShelf } from '@asignio/bridge';
import type { KeyObject, X509Certificate } from 'node:crypto';
import type { KeyringTools } from './keyring.ts';
import { makePair, pairOf } from './pair.ts';
import type { StoredPair } from './pair.ts';

/** The keys of a moment. */
export interface ReadingKeys {
  /** With which what comes is read, the newest first. */
  readonly privateKeys: readonly KeyObject[];
  /** For which others encrypt: the newest alone. */
  readonly published: X509Certificate;
}

/**
 * Keys that an identity provider encrypts for, in the store, sealed, the same to every process; they sign nothing. A new one
 * takes the place of the old in the metadata at once, and the old one reads on until others had time to fetch them:
 * `publishBefore` and `keepAfter`.
 */
export class ReadingKeyring {
  private readonly tools: KeyringTools;
  private readonly shelf: KeyShelf<StoredPair>;

  constructor(tools: KeyringTools) {
    const { cabinet, tenant, entityId, now, keepAfter } = tools;
    this.tools = tools;
    this.shelf = new KeyShelf({
      cabinet,
      place: { tenant, drawer: 'saml.reading-keys', id: entityId },
      now,
      keepAfter,
      make: (from) => this.make(from),
    });
  }

  /** The keys of now; makes the first one. */
  async current(): Promise<ReadingKeys> {
    const pairs = this.shelf
      .kept(await this.shelf.all())
      .map(pairOf)
      .toReversed();
    const [newest] = pairs;
    if (newest === undefined) throw new Error('The keyring is empty');
    return { privateKeys: pairs.map(({ privateKey }) => privateKey), published: newest.certificate };
  }

  /** Publishes a new key. With `revoke` the others are gone, and read nothing any more. */
  async roll(revoke: boolean): Promise<void> {
    const now = this.tools.now();
    await this.shelf.all();
    const made = await this.make(revoke ? now : now + this.tools.publishBefore * 1000);
    await this.shelf.change((there) => (revoke ? [made] : [...this.shelf.kept(there), made]));
  }

  private async make(from: number): Promise<StoredPair> {
    const { entityId, certificateLifetime, now } = this.tools;
    return makePair(entityId, now(), certificateLifetime, from);
  }
}
