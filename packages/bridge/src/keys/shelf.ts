import type { EpochMs } from '@asignio/contracts';
import type { Cabinet, CabinetKey, Json } from '@asignio/core';

/** What {@link KeyShelf} stands on. */
export interface KeyShelfTools<Key> {
  readonly cabinet: Pick<Cabinet, 'add' | 'change' | 'get'>;
  readonly place: CabinetKey;
  readonly now: () => EpochMs;
  /** A key stays published so long after its successor began to sign, seconds. */
  readonly keepAfter: number;
  /** Makes a key that signs from then on. */
  readonly make: (signsFrom: EpochMs) => Promise<Key>;
}

/**
 * Signing keys in the store, sealed, the same to every process. A key is published for a while before it signs, and for a
 * while after, so that nobody meets a signature whose key it has not seen.
 */
export class KeyShelf<Key extends { readonly signsFrom: EpochMs }> {
  private readonly tools: KeyShelfTools<Key>;

  constructor(tools: KeyShelfTools<Key>) {
    this.tools = tools;
  }

  /** All keys, in the order in which they were made. Of any number of processes one makes the first. */
  async all(): Promise<readonly Key[]> {
    return (await this.read()) ?? this.first();
  }

  /** Changes the keys by compare-and-set; `undefined` leaves them. */
  async change(next: (there: readonly Key[]) => readonly Key[] | undefined): Promise<readonly Key[]> {
    const { cabinet, place } = this.tools;
    const changed = await cabinet.change(place, (value) => {
      const keys = next(this.fromJson(value));
      return keys === undefined ? undefined : toJson(keys);
    });
    return changed === undefined ? this.first() : this.fromJson(changed);
  }

  /** Without those whose successor has been signing for long enough. */
  kept(there: readonly Key[]): readonly Key[] {
    const now = this.tools.now();
    return there.filter((one) => {
      const successors = there.filter(({ signsFrom }) => signsFrom > one.signsFrom);
      const [next] = successors.toSorted((a, b) => a.signsFrom - b.signsFrom);
      return next === undefined || now < next.signsFrom + this.tools.keepAfter * 1000;
    });
  }

  /** Those that are published: the one that signs now first, then the newest. */
  published(there: readonly Key[]): readonly Key[] {
    const now = this.tools.now();
    // Of two made in one moment the later is the newer.
    const newestFirst = this.kept(there)
      .toReversed()
      .toSorted((a, b) => b.signsFrom - a.signsFrom);
    const signing = newestFirst.find(({ signsFrom }) => signsFrom <= now) ?? newestFirst.at(-1);
    return newestFirst.toSorted((a, b) => Number(b === signing) - Number(a === signing));
  }

  private async first(): Promise<readonly Key[]> {
    const { cabinet, place, make, now } = this.tools;
    await cabinet.add(place, toJson([await make(now())]), { expiresAt: null });
    return (await this.read()) ?? [];
  }

  private async read(): Promise<readonly Key[] | undefined> {
    const value = await this.tools.cabinet.get(this.tools.place);
    return value === undefined ? undefined : this.fromJson(value);
  }

  private fromJson(value: Json): readonly Key[] {
    return value as unknown as readonly Key[];
  }
}

function toJson(keys: readonly unknown[]): Json {
  return keys as unknown as Json;
}
