import { availableParallelism } from 'node:os';
import { AsignioError, systemClock } from '@asignio/contracts';
import type { Clock, PermitVerifier } from '@asignio/contracts';

/** Options of {@link createEngine}. */
export interface EngineOptions {
  /** Recognises permits; asked before each task. `createPermitAuthority()` of `@asignio/policy` is one. */
  readonly permits: PermitVerifier;
  /** Worker threads, 1-256. @default one a core */
  readonly workers?: number;
  /** Tasks that may wait while every worker is busy, 0-100000; the next one is refused with `ASIGNIO_ENGINE_BUSY`. @default 64 a worker */
  readonly queue?: number;
  /** ms that one task may wait for a worker, and again that it may run, 10-10000. @default 5000 */
  readonly deadlineMs?: number;
  /**
   * What compares signatures: `network` adds a trained network's score to that of aligned local features (`classical`).
   * References that one made the other can compare, `network` with what `classical` made by the classical score alone.
   * @default 'classical'
   */
  readonly signatureModel?: SignatureModel;
  /** @default the machine's clock */
  readonly clock?: Clock;
}

/** Models that compare signatures. */
export const SIGNATURE_MODELS = ['classical', 'network'] as const;
export type SignatureModel = (typeof SIGNATURE_MODELS)[number];

const QUEUE_PER_WORKER = 64;
const DEADLINE_MS = 5_000;
const MAX_WORKERS = 256;
const NAMES = ['permits', 'workers', 'queue', 'deadlineMs', 'signatureModel', 'clock'];

/** @throws AsignioError `ASIGNIO_OPTION_INVALID` naming the option. */
export function checkOptions(options: EngineOptions): Required<EngineOptions> {
  if (typeof options !== 'object' || options === null) refuse('the options must be an object');
  for (const name of Object.keys(options)) if (!NAMES.includes(name)) refuse(`there is no option \`${name}\``);
  const workers = options.workers ?? Math.min(availableParallelism(), MAX_WORKERS);
  integer('workers', workers, 1, MAX_WORKERS);
  const queue = options.queue ?? QUEUE_PER_WORKER * workers;
  integer('queue', queue, 0, 100_000);
  const deadlineMs = options.deadlineMs ?? DEADLINE_MS;
  integer('deadlineMs', deadlineMs, 10, 10_000);
  const { permits, signatureModel = 'classical', clock = systemClock } = options;
  if (!SIGNATURE_MODELS.includes(signatureModel))
    refuse(`\`signatureModel\` must be ${SIGNATURE_MODELS.map((model) => `'${model}'`).join(' or ')}`);
  if (typeof permits?.verify !== 'function') refuse('`permits` must have a method `verify`');
  if (typeof clock?.now !== 'function') refuse('`clock` must have a method `now`');
  return { permits, workers, queue, deadlineMs, signatureModel, clock };
}

function integer(name: string, value: unknown, min: number, max: number): void {
  if (!Number.isInteger(value) || (value as number) < min || (value as number) > max)
    refuse(`\`${name}\` must be an integer from ${min} to ${max}`);
}

function refuse(sentence: string): never {
  throw new AsignioError('ASIGNIO_OPTION_INVALID', `createEngine: ${sentence}`);
}
