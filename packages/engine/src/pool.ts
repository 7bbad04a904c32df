import { Piscina } from 'piscina';
import { AsignioError } from '@asignio/contracts';
import type { Clock, EngineStats, EpochMs } from '@asignio/contracts';
import { unpackReply } from './envelope.ts';
import type { Task, WorkerChoice } from './tasks.ts';

export interface PoolOptions {
  /** The file that workers run. */
  readonly worker: URL;
  /** What each worker is told when it starts. */
  readonly choice: WorkerChoice;
  readonly workers: number;
  /** Tasks that may wait while every worker is busy. */
  readonly queue: number;
  /** ms that a task may wait, and again ms that it may run. */
  readonly deadlineMs: number;
  readonly clock: Clock;
}

/** How a task is sent. */
export interface Delivery {
  /** Buffers that move to the worker instead of being copied. */
  readonly transfer: readonly ArrayBuffer[];
  /** ms that this task may run, where it is not the pool's deadline. */
  readonly deadlineMs?: number;
}

/**
 * Heap of one worker. It decodes samples of at most some hundred kB: what needs more than this is a fault, and must take
 * down its worker and not the process.
 */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 };
/** First guess at what a task takes, ms, until some were measured; then a moving average. */
const TYPICAL_MS = 5;
const AVERAGE_WEIGHT = 0.1;

/**
 * How much longer, ms, a worker lives that is past its deadline in native code. That cannot be interrupted, and where its
 * thread is ended meanwhile, onnxruntime-node 1.30 ends the process when it comes back (`Napi::Error` that nobody can
 * catch). Whoever waits is answered at the deadline all the same; the worker is busy until it comes back.
 */
const NATIVE_GRACE_MS = 60_000;

interface Waiting {
  readonly start: () => void;
}

/**
 * Piscina with a promise kept about every task: it is answered, refused because the queue is full, or failed with a code
 * within twice the deadline.
 *
 * The queue is here and not piscina's, for two reasons. Piscina 5.3 does not count abortable tasks towards `maxQueue`
 * (they wait in a list of their own), so its queue has no bound. And a deadline that ran while a task waited would kill,
 * under load, the worker that has just begun it, which makes the load worse.
 */
export class Pool {
  private readonly options: PoolOptions;
  private readonly startedAt: EpochMs;
  private readonly waiting: Waiting[] = [];
  private readonly piscina: Piscina<Task, unknown>;
  private running = 0;
  private completed = 0;
  private failed = 0;
  private typicalMs = TYPICAL_MS;
  private drained: (() => void) | undefined;
  private closing: Promise<void> | undefined;

  constructor(options: PoolOptions) {
    this.options = options;
    this.startedAt = options.clock.now();
    this.piscina = startWorkers(options);
  }

  /**
   * Runs one task in one worker.
   * @throws AsignioError `ASIGNIO_ENGINE_BUSY`, `ASIGNIO_ENGINE_TIMEOUT`, `ASIGNIO_ENGINE_FAILED`, or what the worker threw.
   */
  async run(task: Task, delivery: Delivery): Promise<unknown> {
    if (this.closing !== undefined) throw new AsignioError('ASIGNIO_ENGINE_FAILED', 'The engine is closed');
    if (this.running >= this.options.workers) await this.turn();
    else this.running++;
    const performed = this.perform(task, delivery).finally(() => this.release());
    return usesNativeCode(task) ? this.orTimeout(performed, delivery) : performed;
  }

  stats(): EngineStats {
    const { startedAt, running, completed, failed, waiting } = this;
    return { workers: this.options.workers, queued: waiting.length, running, completed, failed, startedAt };
  }

  /** Refuses new tasks, lets those that are here finish, then stops the workers. */
  close(): Promise<void> {
    this.closing ??= this.drain();
    return this.closing;
  }

  /** Waits for a worker to be free. Whoever frees one hands it over, so `running` stays as it is. */
  private turn(): Promise<void> {
    const { queue, deadlineMs } = this.options;
    if (this.waiting.length >= queue)
      throw new AsignioError('ASIGNIO_ENGINE_BUSY', undefined, { retryAfterMs: this.waitMs() });
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        start: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(waiting), 1);
        this.failed++;
        reject(new AsignioError('ASIGNIO_ENGINE_TIMEOUT', undefined, { retryAfterMs: this.waitMs() }));
      }, deadlineMs);
      this.waiting.push(waiting);
    });
  }

  private release(): void {
    const next = this.waiting.shift();
    if (next !== undefined) {
      next.start();
      return;
    }
    this.running--;
    if (this.running === 0) this.drained?.();
  }

  /** Answers at the deadline, whenever the work ends. */
  private async orTimeout(performed: Promise<unknown>, { deadlineMs = this.options.deadlineMs }: Delivery) {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.failed++;
        reject(new AsignioError('ASIGNIO_ENGINE_TIMEOUT', undefined, { retryAfterMs: this.waitMs() }));
      }, deadlineMs);
    });
    try {
      return await Promise.race([performed, timeout]);
    } finally {
      clearTimeout(timer);
    }
  }

  private async perform(task: Task, delivery: Delivery): Promise<unknown> {
    const { transfer } = delivery;
    const deadlineMs = (delivery.deadlineMs ?? this.options.deadlineMs) + (usesNativeCode(task) ? NATIVE_GRACE_MS : 0);
    const deadline = new AbortController();
    // Not AbortSignal.timeout: its timer does not keep the process alive, and a worker that is being replaced does not
    // either, so a command could end in the middle of its work.
    const timer = setTimeout(() => deadline.abort(), deadlineMs);
    const started = performance.now();
    let reply: unknown;
    try {
      reply = await this.piscina.run(task, { signal: deadline.signal, transferList: [...transfer] });
    } catch (error) {
      this.failed++;
      throw deadline.signal.aborted
        ? new AsignioError('ASIGNIO_ENGINE_TIMEOUT', undefined, { retryAfterMs: this.waitMs() })
        : new AsignioError('ASIGNIO_ENGINE_FAILED', undefined, { cause: error, retryAfterMs: this.waitMs() });
    } finally {
      clearTimeout(timer);
    }
    this.completed++;
    this.typicalMs += AVERAGE_WEIGHT * (performance.now() - started - this.typicalMs);
    return unpackReply(reply);
  }

  /** How long what is here will take, ms. */
  private waitMs(): number {
    return Math.ceil((this.typicalMs * (this.waiting.length + this.running)) / this.options.workers);
  }

  private async drain(): Promise<void> {
    if (this.running > 0)
      await new Promise<void>((resolve) => {
        this.drained = resolve;
      });
    await this.piscina.destroy();
  }
}

function startWorkers({ worker, workers, choice }: PoolOptions): Piscina<Task, unknown> {
  const piscina = new Piscina<Task, unknown>({
    filename: worker.href,
    workerData: choice,
    minThreads: workers,
    maxThreads: workers,
    resourceLimits: RESOURCE_LIMITS,
    recordTiming: false,
    stricterFIFO: true,
  });
  // A worker that dies between tasks is replaced, at the latest by the next task; without a listener its error would end
  // the process.
  piscina.on('error', () => undefined);
  return piscina;
}

function usesNativeCode(task: Task): boolean {
  return task.op === 'warm' ? task.modalities.includes('face') : task.modality === 'face';
}
