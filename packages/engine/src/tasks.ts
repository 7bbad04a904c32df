import type {
  AcquireRequest,
  AcquireResult,
  AdaptRequest,
  AdaptResult,
  CompareRequest,
  CompareResult,
  EnrolRequest,
  EnrolResult,
  Modality,
  ResealRequest,
} from '@asignio/contracts';
import type { FacePack } from './models/manifest-types.ts';
import type { SignatureModel } from './options.ts';

/** What a worker is told once, when it starts. */
export interface WorkerChoice {
  readonly signatureModel: SignatureModel;
  /** Absent where the engine was not asked for face. */
  readonly face?: { readonly pack: FacePack; readonly folder: string };
}

/** What the pool asks of a worker: a request without its permit, which was verified before. */
export type Task =
  | ({ readonly op: 'acquire' } & Omit<AcquireRequest, 'permit'>)
  | ({ readonly op: 'enrol' } & Omit<EnrolRequest, 'permit'>)
  | ({ readonly op: 'compare' } & Omit<CompareRequest, 'permit'>)
  | ({ readonly op: 'adapt' } & Omit<AdaptRequest, 'permit'>)
  | ({ readonly op: 'reseal' } & Omit<ResealRequest, 'permit'>)
  | { readonly op: 'decoy'; readonly modality: Modality; readonly sampleBytes: number }
  | { readonly op: 'warm'; readonly modalities: readonly Modality[] };

/** What comes back, by task. */
export interface TaskResults {
  readonly acquire: AcquireResult;
  readonly enrol: EnrolResult;
  readonly compare: CompareResult;
  readonly adapt: AdaptResult;
  readonly reseal: Uint8Array;
  readonly decoy: null;
  readonly warm: null;
}
export type TaskResult<T extends Task> = TaskResults[T['op']];
