import type { Timer } from '../timer.ts';

/**
 * Runs `work`, and lets its outcome out (a value or an error) only at the next multiple of `stepMs` since it began, so
 * that how long it took inside tells nothing that the core's decoy work has not already evened out.
 *
 * The count begins when the request has been read as a whole: a caller who could choose its beginning (by sending the
 * body slowly) could move the steps about until they fall between two kinds of subject.
 */
export async function uniformly<T>(timer: Timer, stepMs: number, work: () => Promise<T>): Promise<T> {
  const begun = timer.now();
  try {
    return await work();
  } finally {
    const taken = timer.now() - begun;
    const until = Math.max(1, Math.ceil(taken / stepMs)) * stepMs;
    if (until > taken) await timer.sleep(until - taken);
  }
}
