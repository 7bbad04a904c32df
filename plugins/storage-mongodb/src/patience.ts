import { setTimeout as delay } from 'node:timers/promises';
import type { Model } from 'mongoose';
import { AsignioError } from '@asignio/contracts';
import { isDuplicate, isLost, isUntouched, toStorageError } from './failure.ts';

/** Pauses between attempts, ms: they double, and each is cut by chance so that processes do not come back in step. */
const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 400;

/** A timer that is so late was not merely waiting its turn: the process stood still, ms. */
const OVERSLEPT_MS = 250;
/** What such a process is given to read what was answered meanwhile, ms. */
const READING_MS = 500;

/**
 * Bounds how long an operation may take, and repeats what is safe to repeat until then.
 *
 * A write that may have reached the server is not repeated here: its twin could be carried out later, after others have
 * gone on from its result. (The driver repeats such a write once, under a transaction number by which a replica set
 * knows it again.) Its caller learns that the store is unavailable, as if this process had died at that moment.
 */
export class Patience {
  private readonly timeoutMs: number;

  constructor(timeoutMs: number) {
    this.timeoutMs = timeoutMs;
  }

  /** Runs something that changes nothing; it is repeated whenever the connection is lost. */
  async read<T>(action: () => Promise<T>): Promise<T> {
    return this.run(action, isLost);
  }

  /** Runs a write; it is repeated only where the server cannot have seen it. */
  async write<T>(action: () => Promise<T>): Promise<T> {
    return this.run(action, isUntouched);
  }

  /** Inserts a document; `false` where a unique index has it already. */
  async insert<T>(model: Model<T>, document: T): Promise<boolean> {
    return this.write(async () => {
      try {
        await model.create(document);
        return true;
      } catch (error) {
        if (isDuplicate(error)) return false;
        throw error;
      }
    });
  }

  private async run<T>(action: () => Promise<T>, again: (error: unknown) => boolean): Promise<T> {
    const deadline = performance.now() + this.timeoutMs;
    let last: unknown;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      try {
        return await this.before(deadline, action());
      } catch (error) {
        // What an earlier attempt met says more than that the time is up.
        if (error instanceof Late) throw toStorageError(last ?? error.refusal);
        last = error;
        const wait = pause * (0.5 + Math.random() / 2);
        if (!again(error) || performance.now() + wait >= deadline) throw toStorageError(error);
        await delay(wait);
      }
    }
  }

  private async before<T>(deadline: number, work: Promise<T>): Promise<T> {
    const settled = new AbortController();
    const late = this.timeIsUp(deadline, settled.signal);
    try {
      return await Promise.race([work, late]);
    } finally {
      settled.abort();
    }
  }

  /**
   * Timers come before what has arrived on sockets. A process that stood still for a while (stopped, swapped out, a
   * laptop asleep) would take every answer for a late one that lies there unread, so it gets to read them first.
   */
  private async timeIsUp(deadline: number, settled: AbortSignal): Promise<never> {
    try {
      await delay(Math.max(1, deadline - performance.now()), undefined, { signal: settled });
      const overslept = performance.now() - deadline;
      if (overslept > OVERSLEPT_MS) await delay(READING_MS, undefined, { signal: settled });
    } catch {
      return new Promise<never>(() => undefined);
    }
    throw new Late(this.timeoutMs);
  }
}

/** The time is up. */
class Late extends Error {
  readonly refusal: AsignioError;

  constructor(timeoutMs: number) {
    super();
    this.refusal = new AsignioError(
      'ASIGNIO_STORAGE_UNAVAILABLE',
      `The database server did not answer within ${timeoutMs} ms`,
    );
  }
}
