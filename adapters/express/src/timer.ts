import { setTimeout as delay } from 'node:timers/promises';

/** The passing of time, for waiting; handed in by tests. */
export interface Timer {
  /** ms from any fixed point, never going back. */
  now(): number;
  /** Resolves after so many ms, or at once when the signal aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's. */
export const systemTimer: Timer = {
  now: () => performance.now(),
  async sleep(ms, signal) {
    await delay(ms, undefined, { ref: false, ...(signal === undefined ? {} : { signal }) }).catch(() => undefined);
  },
};
