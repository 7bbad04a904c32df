import type { AsignioCore } from 'asignio';
import { keyIn } from './keeping.ts';

/** Failures in a row that cost nothing, and the pause before each further attempt, ms (NIST SP 800-63B-4, 3.2.2). */
const FREE = 5;
const PAUSE_MS = 30_000;
/** Failures are forgotten after this, ms. */
const KEPT_MS = 24 * 60 * 60 * 1000;

interface Failures {
  readonly count: number;
  readonly last: number;
}

const failuresOf = keyIn('demo.throttle');

/** Slows down guessing of one account's passphrase, whether or not the account exists, over all processes. */
export class Throttle {
  readonly #cabinet: AsignioCore['cabinet'];

  constructor(cabinet: AsignioCore['cabinet']) {
    this.#cabinet = cabinet;
  }

  /**
   * Counts an attempt as a failure before it is looked at, so that parallel ones cannot outrun the count.
   * @returns whether it may be made
   */
  async reserve(name: string, now: number): Promise<boolean> {
    const key = failuresOf(name || '-');
    if (await this.#cabinet.add(key, { count: 1, last: now }, { expiresAt: now + KEPT_MS })) return true;
    let free = false;
    await this.#cabinet.change(key, (value) => {
      const { count, last } = value as unknown as Failures;
      free = count < FREE || last + PAUSE_MS <= now;
      return free ? { count: count + 1, last: now } : undefined;
    });
    return free;
  }

  async succeeded(name: string): Promise<void> {
    await this.#cabinet.remove(failuresOf(name || '-'));
  }
}
