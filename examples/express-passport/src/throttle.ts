/** Failures in a row that cost nothing, and the pause before each further attempt, ms (NIST SP 800-63B-4, 3.2.2). */
const FREE = 5;
const PAUSE_MS = 30_000;
/** Names remembered; the oldest are forgotten. */
const MOST = 10_000;

/** Slows down guessing of one account's passphrase, whether or not the account exists. */
export class Throttle {
  readonly #failures = new Map<string, { count: number; last: number }>();

  /** ms to wait before the next attempt; 0 when it may be made. */
  waitMs(name: string, now: number): number {
    const failed = this.#failures.get(name);
    return failed === undefined || failed.count < FREE ? 0 : Math.max(0, failed.last + PAUSE_MS - now);
  }

  failed(name: string, now: number): void {
    const count = (this.#failures.get(name)?.count ?? 0) + 1;
    this.#failures.delete(name);
    this.#failures.set(name, { count, last: now });
    for (const oldest of this.#failures.keys()) {
      if (this.#failures.size <= MOST) break;
      this.#failures.delete(oldest);
    }
  }

  succeeded(name: string): void {
    this.#failures.delete(name);
  }
}
