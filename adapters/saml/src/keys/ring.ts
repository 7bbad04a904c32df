import { KeyShelf } from '@asignio/bridge';
import type { TenantId } from '@asignio/contracts';
import type { Cabinet } from '@asignio/core';
import type { SigningKey } from '../crypto/sign.ts';
import { makePair, pairOf } from './pair.ts';
import type { StoredPair } from './pair.ts';

/** What a {@link PairRing} stands on; times in seconds. */
export interface KeyringTools {
  readonly cabinet: Cabinet;
  readonly tenant: TenantId;
  readonly entityId: string;
  readonly now: () => number;
  readonly publishBefore: number;
  readonly keepAfter: number;
  readonly certificateLifetime: number;
}

/** Keys with certificates in the store, sealed, the same to every process; a subclass says what they are for. */
export abstract class PairRing {
  private readonly tools: KeyringTools;
  private readonly shelf: KeyShelf<StoredPair>;

  /** @param drawer of the cabinet */
  constructor(tools: KeyringTools, drawer: string) {
    const { cabinet, tenant, entityId, now, keepAfter } = tools;
    this.tools = tools;
    this.shelf = new KeyShelf({
      cabinet,
      place: { tenant, drawer, id: entityId },
      now,
      keepAfter,
      make: (signsFrom) => this.make(signsFrom),
    });
  }

  /** Adds a key, which is in force after `publishBefore`. With `revoke` it is at once, and the others are gone. */
  async roll(revoke: boolean): Promise<void> {
    const now = this.tools.now();
    await this.shelf.all();
    const made = await this.make(revoke ? now : now + this.tools.publishBefore * 1000);
    await this.shelf.change((there) => (revoke ? [made] : [...this.shelf.kept(there), made]));
  }

  /** Those that stand in metadata, the one that signs first; makes the first one. */
  protected async published(): Promise<readonly [SigningKey, ...SigningKey[]]> {
    return pairsOf(this.shelf.published(await this.shelf.all()));
  }

  /** All that are still of use, the newest first; makes the first one. */
  protected async kept(): Promise<readonly [SigningKey, ...SigningKey[]]> {
    return pairsOf(this.shelf.kept(await this.shelf.all()).toReversed());
  }

  private async make(signsFrom: number): Promise<StoredPair> {
    const { entityId, certificateLifetime, now } = this.tools;
    return makePair(entityId, now(), certificateLifetime, signsFrom);
  }
}

function pairsOf(stored: readonly StoredPair[]): readonly [SigningKey, ...SigningKey[]] {
  const [first, ...others] = stored.map(pairOf);
  if (first === undefined) throw new Error('The keyring is empty');
  return [first, ...others];
}
