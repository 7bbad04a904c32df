import { availableParallelism } from 'node:os';
import { AsignioError, systemClock } from '@asignio/contracts';
import type { Clock, Modality, PermitVerifier } from '@asignio/contracts';
import { defaultModelsFolder } from './models/folder.ts';
import { checkFacePack } from './models/manifest.ts';
import type { FacePack } from './models/manifest-types.ts';
import { NPM_PACK } from './models/packs/npm.ts';

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
  /** What this engine compares. Nothing of what it does not name is loaded. @default ['signature'] */
  readonly modalities?: readonly EngineModality[];
  /** The networks that compare faces. @default the pack `npm`, which needs no download */
  readonly facePack?: FacePack;
  /** Where model files are. @default `ASIGNIO_MODELS`, or a folder in the user's cache */
  readonly modelsFolder?: string;
  /** @default the machine's clock */
  readonly clock?: Clock;
}

/** Models that compare signatures. */
export const SIGNATURE_MODELS = ['classical', 'network'] as const;
export type SignatureModel = (typeof SIGNATURE_MODELS)[number];

/** Modalities that this engine can compare. */
export const ENGINE_MODALITIES = ['signature', 'face'] as const satisfies readonly Modality[];
export type EngineModality = (typeof ENGINE_MODALITIES)[number];

const QUEUE_PER_WORKER = 64;
const DEADLINE_MS = 5_000;
const MAX_WORKERS = 256;
const NAMES = [
  'permits',
  'workers',
  'queue',
  'deadlineMs',
  'signatureModel',
  'modalities',
  'facePack',
  'modelsFolder',
  'clock',
];

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
  const { modalities = ['signature'], facePack = NPM_PACK, modelsFolder = defaultModelsFolder() } = options;
  if (!Array.isArray(modalities) || modalities.length === 0 || !modalities.every(isKnown))
    refuse(`\`modalities\` must be a list of ${ENGINE_MODALITIES.join(' and ')}`);
  if (typeof modelsFolder !== 'string' || modelsFolder === '') refuse('`modelsFolder` must be the path of a folder');
  if (typeof permits?.verify !== 'function') refuse('`permits` must have a method `verify`');
  if (typeof clock?.now !== 'function') refuse('`clock` must have a method `now`');
  return {
    permits,
    workers,
    queue,
    deadlineMs,
    signatureModel,
    modalities,
    facePack: checkFacePack(facePack),
    modelsFolder,
    clock,
  };
}

function isKnown(modality: unknown): boolean {
  return ENGINE_MODALITIES.includes(modality as EngineModality);
}

function integer(name: string, value: unknown, min: number, max: number): void {
  if (!Number.isInteger(value) || (value as number) < min || (value as number) > max)
    refuse(`\`${name}\` must be an integer from ${min} to ${max}`);
}

function refuse(sentence: string): never {
  throw new AsignioError('ASIGNIO_OPTION_INVALID', `createEngine: ${sentence}`);
}
