import { AsignioError } from '@asignio/contracts';

/** What one picture may take, ms: many times what it usually does, and less than a task may. */
const SLOWEST_MS = 4_000;
const TRIES = 2;

/**
 * Refuses networks that are too slow to sign anybody in: each of some tries took too long. What a network takes hangs on the
 * size of its input alone, so one that is quick enough here does not hang later; a machine that stood still once is no
 * fault of the networks.
 * @throws AsignioError `ASIGNIO_MODEL_INVALID`.
 */
export async function checkSpeed(
  name: string,
  work: () => Promise<void>,
  now = () => performance.now(),
): Promise<void> {
  for (let n = 0; n < TRIES; n++) {
    const started = now();
    await work();
    if (now() - started <= SLOWEST_MS) return;
  }
  throw new AsignioError('ASIGNIO_MODEL_INVALID', `The networks of the pack ${name} take too long here`);
}
