/** Keys are looked up anew after so long, ms: they are made for years, and revoked in an emergency. */
const FRESH_MS = 30_000;

/** Keys in the store, which change. */
export interface Ring<Keys> {
  current(): Promise<Keys>;
  roll(revoke: boolean): Promise<void>;
}

/** The keys of a ring, read once in a while. */
export class Recent<Keys> implements Ring<Keys> {
  private readonly ring: Ring<Keys>;
  private readonly now: () => number;
  private latest: { readonly keys: Keys; readonly readAt: number } | undefined;

  constructor(ring: Ring<Keys>, now: () => number) {
    this.ring = ring;
    this.now = now;
  }

  async current(): Promise<Keys> {
    const now = this.now();
    if (this.latest !== undefined && Math.abs(now - this.latest.readAt) < FRESH_MS) return this.latest.keys;
    const keys = await this.ring.current();
    this.latest = { keys, readAt: now };
    return keys;
  }

  async roll(revoke: boolean): Promise<void> {
    await this.ring.roll(revoke);
    this.latest = undefined;
  }
}
