import { randomBytes } from 'node:crypto';
import { AsignioError } from '@asignio/contracts';
import type { Decision, Engine, Modality, SealKey } from '@asignio/contracts';
import { sealAad } from '@asignio/engine';
import type { PermitAuthority, RegisteredDataset } from '@asignio/policy';
import { mapConcurrent } from './concurrent.ts';
import type { Protocol, Trial } from './protocol.ts';
import type { SampleFolder } from './samples.ts';

/** What a run needs. */
export interface Bench {
  readonly engine: Engine;
  readonly permits: Pick<PermitAuthority, 'issueEvaluation'>;
  readonly dataset: RegisteredDataset;
  readonly modality: Modality;
  readonly folder: SampleFolder;
  /** Score from which a trial is accepted. */
  readonly threshold: number;
  /** Requests under way at a time. */
  readonly concurrency: number;
}

/** What became of one trial. */
export interface TrialOutcome extends Trial {
  readonly score?: number;
  readonly decision: Decision;
  /** Why there is no score; or `attack:SPECIES` beside one. */
  readonly error: string;
  readonly failure?: 'acquire' | 'enrol' | 'fault';
  readonly attack: boolean;
  /** ms of the comparison inside the worker. */
  readonly elapsedMs?: number;
}

export interface RunResult {
  readonly trials: readonly TrialOutcome[];
  /** Models that could not be enrolled, with the reason. */
  readonly notEnrolled: ReadonlyMap<string, string>;
  /** Enrolment samples that were refused. */
  readonly refusedSamples: number;
  /** Wall time of all comparisons, ms. */
  readonly comparingMs: number;
}

/** Told once per model and once per trial. */
export interface Watcher {
  enrolled(): void;
  compared(): void;
}

/** A model that is enrolled: its sealed reference, and what opens it. */
interface EnrolledModel {
  readonly reference: Uint8Array;
  readonly key: () => SealKey;
}

interface Enrolment {
  readonly model: EnrolledModel | string;
  readonly refused: number;
}

/** Codes that say something of the sample; all others are faults, and no error rate. */
const SAMPLE_CODES = /^ASIGNIO_(?:QUALITY_|SAMPLE_|MEDIA_TYPE)/;

/** Enrols every model once, then makes every trial, all through the engine's pool. */
export async function run(bench: Bench, protocol: Protocol, watcher: Watcher): Promise<RunResult> {
  const names = [...protocol.models.keys()];
  const enrolments = await mapConcurrent(names, bench.concurrency, async (name) => {
    const enrolment = await enrol(bench, name, protocol.models.get(name) ?? []);
    watcher.enrolled();
    return enrolment;
  });
  const models = new Map(names.map((name, index) => [name, (enrolments[index] as Enrolment).model]));
  const started = performance.now();
  const trials = await mapConcurrent(protocol.trials, bench.concurrency, async (trial) => {
    const outcome = await attempt(bench, trial, models.get(trial.model) ?? 'ASIGNIO_INTERNAL');
    watcher.compared();
    return outcome;
  });
  return {
    trials,
    notEnrolled: new Map([...models].flatMap(([name, model]) => (typeof model === 'string' ? [[name, model]] : []))),
    refusedSamples: enrolments.reduce((sum, { refused }) => sum + refused, 0),
    comparingMs: performance.now() - started,
  };
}

/** Enrols as a person would be: each sample is judged beside those before, and one that is refused is left out. */
async function enrol(bench: Bench, name: string, samples: readonly string[]): Promise<Enrolment> {
  const { engine, modality, folder } = bench;
  const key = modelKey(bench, name);
  const parts: Uint8Array[] = [];
  let refused = 0;
  for (const sample of samples) {
    const permit = permitFor(bench, name);
    const part = await refusalOf(async () => {
      const acquired = await engine.acquire({
        permit,
        modality,
        sample: await folder.read(sample),
        earlier: parts,
        seal: key(),
      });
      return acquired.part ?? acquired.findings[0]?.code ?? 'ASIGNIO_ENROLMENT_REFUSED';
    });
    if (typeof part === 'string') refused++;
    else parts.push(part);
  }
  const enrolled = await engine.enrol({ permit: permitFor(bench, name), modality, parts, seal: key() });
  const { reference, findings } = enrolled;
  if (reference === undefined) return { model: findings[0]?.code ?? 'ASIGNIO_ENROLMENT_REFUSED', refused };
  return { model: { reference, key }, refused };
}

async function attempt(bench: Bench, trial: Trial, model: EnrolledModel | string): Promise<TrialOutcome> {
  const nothing = { ...trial, decision: 'inconclusive', attack: false } as const;
  if (typeof model === 'string') return { ...nothing, error: model, failure: 'enrol' };
  const { engine, modality, folder, threshold } = bench;
  try {
    const result = await engine.compare({
      permit: permitFor(bench, trial.model),
      modality,
      sample: await folder.read(trial.probe),
      references: [{ ...model.key(), id: trial.model, bytes: model.reference, recent: [] }],
    });
    const { score, pad, findings, elapsedMs } = result;
    if (score === undefined) return { ...nothing, error: findings[0]?.code ?? 'ASIGNIO_INTERNAL', failure: 'acquire' };
    return {
      ...trial,
      score,
      decision: score >= threshold && !pad.attack ? 'accepted' : 'rejected',
      error: pad.attack ? `attack:${pad.species ?? 'unknown'}` : '',
      attack: pad.attack,
      elapsedMs,
    };
  } catch (error) {
    if (!(error instanceof AsignioError)) throw error;
    return { ...nothing, error: error.code, failure: SAMPLE_CODES.test(error.code) ? 'acquire' : 'fault' };
  }
}

/** The code of a sample that is refused; other errors stay errors. */
async function refusalOf<T>(work: () => Promise<T>): Promise<T | string> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AsignioError && SAMPLE_CODES.test(error.code)) return error.code;
    throw error;
  }
}

function permitFor({ permits, dataset, modality }: Bench, model: string) {
  return permits.issueEvaluation({ dataset, model, modality });
}

/** A data key of the model's own, handed out anew for each request: the engine takes away what it gets. */
function modelKey(bench: Bench, name: string): () => SealKey {
  const dataKey = randomBytes(32);
  const { tenant, subject, modality, consent } = permitFor(bench, name);
  const aad = sealAad({ tenant, subject, modality, consent, version: 1, kind: 'reference' });
  return () => ({ dataKey: new Uint8Array(dataKey), aad });
}
