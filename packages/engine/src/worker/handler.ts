import { hkdfSync } from 'node:crypto';
import { AsignioError } from '@asignio/contracts';
import type {
  AcquireResult,
  AdaptResult,
  CompareResult,
  EnrolResult,
  Modality,
  QualityFinding,
  SealKey,
  SealedReference,
} from '@asignio/contracts';
import { packError } from '../envelope.ts';
import type { Reply } from '../envelope.ts';
import type { Compared, ModalityRunner } from '../modality.ts';
import { open, parseSealAad, seal, sealAad } from '../seal.ts';
import type { SealKind } from '../seal.ts';
import type { Task } from '../tasks.ts';
import { Scratch } from './scratch.ts';

type TaskOf<Op extends Task['op']> = Extract<Task, { op: Op }>;
/** Loads a modality's runner, once a thread. */
export type LoadRunner = (modality: Modality) => Promise<ModalityRunner>;

const NO_REFERENCE: QualityFinding = {
  code: 'ASIGNIO_QUALITY_NO_REFERENCE_FOR_POINTER',
  message: 'Use the kind of pointer you enrolled with, or enrol this one too.',
};

/**
 * Makes the function that a worker runs for each task. What it unseals exists for the length of the task: data keys,
 * plain references and features are overwritten before it answers, whatever happened.
 */
export function createHandler(load: LoadRunner): (task: Task) => Promise<Reply> {
  return async (task) => {
    const scratch = new Scratch();
    try {
      return { ok: true, value: await perform(task, load, scratch) };
    } catch (error) {
      return { ok: false, error: packError(error) };
    } finally {
      for (const key of keysOf(task)) key.fill(0);
      scratch.wipe();
    }
  };
}

async function perform(task: Task, load: LoadRunner, scratch: Scratch): Promise<unknown> {
  if (task.op === 'warm') {
    for (const modality of task.modalities) await (await load(modality)).warm();
    return null;
  }
  const runner = await load(task.modality);
  if (task.op === 'acquire') return acquire(runner, task, scratch);
  if (task.op === 'enrol') return enrol(runner, task, scratch);
  if (task.op === 'compare') return compare(runner, task, scratch);
  if (task.op === 'adapt') return adapt(runner, task, scratch);
  if (task.op === 'reseal') return reseal(runner, task, scratch);
  await runner.decoy(task.sampleBytes);
  return null;
}

async function acquire(runner: ModalityRunner, task: TaskOf<'acquire'>, scratch: Scratch): Promise<AcquireResult> {
  const acquired = await runner.acquire(task.sample, task.challenge);
  const features = scratch.keep(acquired.features);
  scratch.keep(task.sample.bytes);
  if (features === undefined || acquired.pad?.attack === true) return { accepted: false, findings: acquired.findings };
  const earlier = task.earlier.map((part) => openFeatures(runner, task.seal, 'part', part, scratch));
  const kept = underKey(runner, task.seal, features, scratch);
  const judged = runner.judge(kept, earlier);
  const findings = [...acquired.findings, ...judged];
  if (judged.length > 0) return { accepted: false, findings };
  return { accepted: true, findings, part: sealFeatures(runner, task.seal, 'part', kept, scratch) };
}

function enrol(runner: ModalityRunner, task: TaskOf<'enrol'>, scratch: Scratch): EnrolResult {
  const parts = task.parts.map((part) => openFeatures(runner, task.seal, 'part', part, scratch));
  const { findings, reference, variant, samples } = runner.enrol(parts);
  if (reference === undefined) return { accepted: false, findings, model: runner.model };
  scratch.keep(reference);
  return {
    accepted: true,
    findings,
    reference: sealReference(runner, task.seal, reference, scratch),
    ...(variant === undefined ? {} : { variant }),
    samples: samples ?? parts.length,
    model: runner.model,
  };
}

async function compare(runner: ModalityRunner, task: TaskOf<'compare'>, scratch: Scratch): Promise<CompareResult> {
  scratch.keep(task.sample.bytes);
  const acquired = await runner.acquire(task.sample, task.challenge);
  const probe = scratch.keep(acquired.features);
  const { findings } = acquired;
  const undecided = { pad: { attack: false }, model: runner.model };
  if (probe === undefined)
    return {
      ...undecided,
      ...(acquired.pad === undefined ? {} : { pad: acquired.pad }),
      acquired: false,
      findings,
      elapsedMs: 0,
    };
  const started = performance.now();
  for (const sealed of task.references) {
    const kept = underKey(runner, sealed, probe, scratch);
    const compared = compareWith(runner, sealed, kept, scratch);
    if (compared === undefined) continue;
    const elapsedMs = performance.now() - started;
    return {
      acquired: true,
      findings,
      score: compared.score,
      pad: acquired.pad?.attack === true ? acquired.pad : compared.pad,
      reference: sealed.id,
      probe: sealFeatures(runner, sealed, 'probe', kept, scratch),
      model: compared.model ?? runner.model,
      elapsedMs,
    };
  }
  return {
    ...undecided,
    acquired: true,
    findings: [...findings, NO_REFERENCE],
    elapsedMs: performance.now() - started,
  };
}

/** `undefined` when the reference is for another kind of device. A score that is no number is a fault, not a score. */
function compareWith(
  runner: ModalityRunner,
  sealed: SealedReference,
  probe: unknown,
  scratch: Scratch,
): Compared | undefined {
  const reference = openReference(runner, sealed, sealed.bytes, scratch);
  const recent = sealed.recent.map((box) => openFeatures(runner, sealed, 'probe', box, scratch));
  const compared = runner.compare(reference, probe, recent);
  if (compared !== undefined && !Number.isFinite(compared.score)) throw new AsignioError('ASIGNIO_ENGINE_FAILED');
  return compared;
}

function adapt(runner: ModalityRunner, task: TaskOf<'adapt'>, scratch: Scratch): AdaptResult {
  const reference = openReference(runner, task.seal, task.reference, scratch);
  const probe = openFeatures(runner, task.seal, 'probe', task.probe, scratch);
  const adapted = runner.adapt(reference, probe);
  scratch.keep(adapted.reference);
  return {
    reference: sealReference(runner, task.seal, adapted.reference, scratch),
    samples: adapted.samples,
    established: adapted.established,
  };
}

function reseal(runner: ModalityRunner, task: TaskOf<'reseal'>, scratch: Scratch): Uint8Array {
  const [from, to] = task.direction === 'out' ? [task.seal, task.outside] : [task.outside, task.seal];
  const reference = openReference(runner, from, task.reference, scratch);
  const { transform } = runner;
  if (transform === undefined) return sealReference(runner, to, reference, scratch);
  const [before, after] = [transformKey(from, scratch), transformKey(to, scratch)];
  return sealReference(runner, to, scratch.keep(transform.reference(reference, before, after)), scratch);
}

/** What is kept of features, and compared with what is kept of others: turned by the key that they are sealed under. */
function underKey(runner: ModalityRunner, key: SealKey, features: unknown, scratch: Scratch): unknown {
  if (runner.transform === undefined) return features;
  return scratch.keep(runner.transform.features(features, transformKey(key, scratch)));
}

/** Of the data key, so that it is destroyed and renewed with it; not the data key itself, which seals (RFC 5869). */
function transformKey({ dataKey }: SealKey, scratch: Scratch): Uint8Array {
  return scratch.keep(new Uint8Array(hkdfSync('sha256', dataKey, '', 'asignio-transform/1', 32)));
}

/** A part cannot be passed off as a probe, nor a probe as a reference: each box is bound to its kind. */
function boxKey(key: SealKey, kind: SealKind): SealKey {
  return { dataKey: key.dataKey, aad: sealAad({ ...parseSealAad(key.aad), kind }) };
}

function openFeatures(
  runner: ModalityRunner,
  key: SealKey,
  kind: 'part' | 'probe',
  box: Uint8Array,
  scratch: Scratch,
): unknown {
  return scratch.keep(decode(() => runner.decodeFeatures(scratch.keep(open(boxKey(key, kind), box)))));
}

function openReference(runner: ModalityRunner, key: SealKey, box: Uint8Array, scratch: Scratch): unknown {
  return scratch.keep(decode(() => runner.decodeReference(scratch.keep(open(boxKey(key, 'reference'), box)))));
}

/** What opens but cannot be decoded was written by another version of the modality. */
function decode<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof AsignioError && error.code === 'ASIGNIO_REFERENCE_UNREADABLE') throw error;
    throw new AsignioError('ASIGNIO_REFERENCE_UNREADABLE');
  }
}

function sealFeatures(
  runner: ModalityRunner,
  key: SealKey,
  kind: 'part' | 'probe',
  features: unknown,
  scratch: Scratch,
): Uint8Array {
  return seal(boxKey(key, kind), scratch.keep(runner.encodeFeatures(features)));
}

function sealReference(runner: ModalityRunner, key: SealKey, reference: unknown, scratch: Scratch): Uint8Array {
  return seal(boxKey(key, 'reference'), scratch.keep(runner.encodeReference(reference)));
}

function keysOf(task: Task): readonly Uint8Array[] {
  if (task.op === 'compare') return task.references.map(({ dataKey }) => dataKey);
  if (task.op === 'reseal') return [task.seal.dataKey, task.outside.dataKey];
  return 'seal' in task ? [task.seal.dataKey] : [];
}
