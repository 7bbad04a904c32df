import type { Clock, EpochMs } from '@asignio/contracts';

/** A clock that stands still until it is told otherwise. */
export interface FakeClock extends Clock {
  /** Moves it on, or back with a negative number, by ms. */
  advance(ms: number): void;
  /** Sets it, in ms since the epoch. */
  set(now: EpochMs): void;
}

/**
 * Makes a clock for tests.
 * @param start first time it tells, ms since the epoch; 2026-01-01T00:00:00Z unless told
 * @example
 * ```ts
 * const clock = fakeClock();
 * clock.advance(60_000);
 * ```
 */
export function fakeClock(start: EpochMs = Date.UTC(2026, 0, 1)): FakeClock {
  let now = start;
  return {
    now: () => now,
    advance: (ms) => {
      now += ms;
    },
    set: (time) => {
      now = time;
    },
  };
}
