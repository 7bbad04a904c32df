import { AsignioError } from '@asignio/contracts';

/** Caps how many of something are open at once, by key and altogether. */
export class Slots {
  private readonly open = new Map<string, number>();
  private readonly perKey: number;
  private readonly total: number;
  private taken = 0;

  constructor(perKey: number, total: number) {
    this.perKey = perKey;
    this.total = total;
  }

  /**
   * Takes one.
   * @returns what gives it back
   * @throws AsignioError `ASIGNIO_RATE_LIMITED` where there is none left.
   */
  take(key: string): () => void {
    const held = this.open.get(key) ?? 0;
    if (held >= this.perKey || this.taken >= this.total)
      throw new AsignioError('ASIGNIO_RATE_LIMITED', 'Too many connections are open for this', { retryAfterMs: 1000 });
    this.open.set(key, held + 1);
    this.taken += 1;
    return () => this.giveBack(key);
  }

  /** How many are open. */
  get size(): number {
    return this.taken;
  }

  private giveBack(key: string): void {
    const held = this.open.get(key) ?? 0;
    if (held <= 1) this.open.delete(key);
    else this.open.set(key, held - 1);
    this.taken -= 1;
  }
}
