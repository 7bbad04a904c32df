import { AsignioError } from '@asignio/contracts';
import type {
  AcquireRequest,
  AdaptRequest,
  CompareRequest,
  Engine,
  EnrolRequest,
  Modality,
  ModelId,
  Permit,
  PermitVerifier,
  RawSample,
  ResealRequest,
  SealKey,
} from '@asignio/contracts';
import { ownCopy, takeKey } from './bytes.ts';
import { factsFor, factsOf } from './facts.ts';
import type { FactsTable } from './facts.ts';
import { checkOptions } from './options.ts';
import type { EngineOptions } from './options.ts';
import { Pool } from './pool.ts';
import { parseSealAad } from './seal.ts';
import type { Task, TaskResult, WorkerChoice } from './tasks.ts';

/** Caps on what comes out of a store, so that a store gone bad cannot exhaust a worker. */
const MAX_BOXES = 64;
const MAX_REFERENCES = 16;
const MAX_BOX_BYTES = 8 * 1024 * 1024;
/** Loading models may take longer than any task. */
const WARM_DEADLINE_MS = 30_000;

/** What the engine is made of; only tests make it of anything else. */
export interface EngineParts {
  readonly worker: URL;
  readonly facts: FactsTable;
}

const WORKER = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);

/**
 * Starts the biometric engine: a pool of worker threads in which samples are decoded and compared. Nothing is decoded,
 * unsealed or compared on the calling thread. The workers do not keep the process alive while they are idle.
 *
 * @throws AsignioError `ASIGNIO_OPTION_INVALID` naming the option.
 * @example
 * ```ts
 * const engine = createEngine({ permits: authority, workers: 2 });
 * await engine.warm();
 * const result = await engine.compare({ permit, modality: 'signature', sample, references });
 * await engine.close();
 * ```
 */
export function createEngine(options: EngineOptions): Engine {
  return assembleEngine(options, { worker: WORKER, facts: factsFor(checkOptions(options)) });
}

/** {@link createEngine} with another worker. Not part of the package's interface. */
export function assembleEngine(options: EngineOptions, parts: EngineParts): Engine {
  const { permits, signatureModel, modalities, facePack, modelsFolder, ...poolOptions } = checkOptions(options);
  const choice: WorkerChoice = {
    signatureModel,
    ...(modalities.includes('face') ? { face: { pack: facePack, folder: modelsFolder } } : {}),
  };
  return new PooledEngine(new Pool({ ...poolOptions, worker: parts.worker, choice }), permits, parts.facts);
}

class PooledEngine implements Engine {
  private readonly pool: Pool;
  private readonly permits: PermitVerifier;
  private readonly facts: FactsTable;

  constructor(pool: Pool, permits: PermitVerifier, facts: FactsTable) {
    this.pool = pool;
    this.permits = permits;
    this.facts = facts;
  }

  acquire(request: AcquireRequest) {
    const { permit, modality, sample, earlier, seal, challenge } = request;
    return this.send(permit, modality, [seal], ([own]) => ({
      op: 'acquire',
      modality,
      sample: this.checkSample(modality, sample),
      earlier: checkBoxes(earlier),
      seal: own as SealKey,
      ...(challenge === undefined ? {} : { challenge }),
    }));
  }

  enrol(request: EnrolRequest) {
    const { permit, modality, parts, seal } = request;
    return this.send(permit, modality, [seal], ([own]) => ({
      op: 'enrol',
      modality,
      parts: checkBoxes(parts),
      seal: own as SealKey,
    }));
  }

  compare(request: CompareRequest) {
    const { permit, modality, sample, references, challenge } = request;
    return this.send(permit, modality, references, (own) => ({
      op: 'compare',
      modality,
      sample: this.checkSample(modality, sample),
      references: references.map(({ id, bytes, recent }, index) => ({
        ...(own[index] as SealKey),
        id,
        bytes: checkBox(bytes),
        recent: checkBoxes(recent),
      })),
      ...(challenge === undefined ? {} : { challenge }),
    }));
  }

  adapt(request: AdaptRequest) {
    const { permit, modality, reference, probe, seal } = request;
    return this.send(permit, modality, [seal], ([own]) => ({
      op: 'adapt',
      modality,
      reference: checkBox(reference),
      probe: checkBox(probe),
      seal: own as SealKey,
    }));
  }

  async reseal(request: ResealRequest): Promise<Uint8Array> {
    const { permit, modality, direction, reference, seal, outside } = request;
    const { dataKey, aad } = outside;
    const own = { dataKey: takeKey(dataKey), aad };
    try {
      if (parseSealAad(aad).modality !== modality) throw new AsignioError('ASIGNIO_PERMIT_INVALID');
      return await this.send(permit, modality, [seal], ([inside]) => ({
        op: 'reseal',
        modality,
        direction,
        reference: checkBox(reference),
        seal: inside as SealKey,
        outside: own,
      }));
    } finally {
      if (own.dataKey.length > 0) own.dataKey.fill(0);
    }
  }

  async decoy(modality: Modality, sampleBytes: number): Promise<void> {
    const { maxBytes } = factsOf(this.facts, modality);
    const bytes = Number.isFinite(sampleBytes) ? Math.min(Math.max(Math.trunc(sampleBytes), 0), maxBytes) : maxBytes;
    await this.pool.run({ op: 'decoy', modality, sampleBytes: bytes }, { transfer: [] });
  }

  threshold(modality: Modality, fmr: number): number {
    if (!(fmr > 0 && fmr < 1)) throw new AsignioError('ASIGNIO_OPTION_INVALID', 'fmr: must lie between 0 and 1');
    return factsOf(this.facts, modality).threshold(fmr);
  }

  samplesToEnrol(modality: Modality): number {
    return factsOf(this.facts, modality).samplesToEnrol;
  }

  prompts(modality: Modality) {
    return factsOf(this.facts, modality).prompts ?? null;
  }

  model(modality: Modality): ModelId {
    return factsOf(this.facts, modality).model;
  }

  claims(modality: Modality) {
    return factsOf(this.facts, modality).claims;
  }

  stats() {
    return this.pool.stats();
  }

  async warm(): Promise<void> {
    const modalities = Object.keys(this.facts) as Modality[];
    const { workers, running } = this.pool.stats();
    // All at once: piscina gives each idle worker one.
    await Promise.all(
      Array.from({ length: workers - running }, () =>
        this.pool.run({ op: 'warm', modalities }, { transfer: [], deadlineMs: WARM_DEADLINE_MS }),
      ),
    );
  }

  close(): Promise<void> {
    return this.pool.close();
  }

  /**
   * The one way to a worker. The keys are taken first, so that they are wiped whatever follows; then the permit is asked
   * about everything that the boxes belong to; only then is the request looked at.
   */
  private async send<T extends Task>(
    permit: Permit,
    modality: Modality,
    seals: readonly SealKey[],
    make: (own: readonly SealKey[]) => T,
  ): Promise<TaskResult<T>> {
    const own: SealKey[] = [];
    try {
      for (const { dataKey, aad } of seals) own.push({ dataKey: takeKey(dataKey), aad });
      this.verify(permit, modality, own);
      if (own.length > MAX_REFERENCES) throw tooMany('references', MAX_REFERENCES);
      const task = make(own);
      return (await this.pool.run(task, { transfer: buffersOf(task) })) as TaskResult<T>;
    } finally {
      // Those that a worker got are detached, and have length 0 here.
      for (const { dataKey } of own) if (dataKey.length > 0) dataKey.fill(0);
    }
  }

  private verify(permit: Permit, modality: Modality, seals: readonly SealKey[]): void {
    this.permits.verify(permit, { tenant: permit?.tenant, subject: permit?.subject, modality });
    for (const { aad } of seals) {
      const context = parseSealAad(aad);
      if (context.modality !== modality) throw new AsignioError('ASIGNIO_PERMIT_INVALID');
      this.permits.verify(permit, {
        tenant: context.tenant as Permit['tenant'],
        subject: context.subject as Permit['subject'],
        modality,
      });
    }
  }

  private checkSample(modality: Modality, { mediaType, bytes }: RawSample): RawSample {
    const { mediaTypes, maxBytes } = factsOf(this.facts, modality);
    if (!mediaTypes.includes(mediaType))
      throw new AsignioError('ASIGNIO_MEDIA_TYPE', `A ${modality} sample is ${mediaTypes.join(' or ')}`);
    if (bytes.byteLength > maxBytes)
      throw new AsignioError('ASIGNIO_SAMPLE_TOO_LARGE', `A ${modality} sample has at most ${maxBytes} bytes`);
    return { mediaType, bytes: ownCopy(bytes) };
  }
}

function checkBoxes(boxes: readonly Uint8Array[]): readonly Uint8Array[] {
  if (boxes.length > MAX_BOXES) throw tooMany('sealed boxes', MAX_BOXES);
  return boxes.map(checkBox);
}

function checkBox(box: Uint8Array): Uint8Array {
  if (box.byteLength > MAX_BOX_BYTES)
    throw new AsignioError('ASIGNIO_REFERENCE_UNREADABLE', 'A sealed box is too large');
  return ownCopy(box);
}

function tooMany(what: string, cap: number): AsignioError {
  return new AsignioError('ASIGNIO_REQUEST_INVALID', `There are at most ${cap} ${what} in one request`);
}

/** Every buffer of a task: each is a copy made for it, or a key taken for it. */
function buffersOf(value: unknown): ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) return [value.buffer as ArrayBuffer];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(buffersOf);
}
