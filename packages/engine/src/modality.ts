import type {
  CaptureChallenge,
  ModelClaims,
  ModelId,
  Modality,
  PadResult,
  PromptPlan,
  QualityFinding,
  RawSample,
} from '@asignio/contracts';

/**
 * What the worker needs of a modality. One folder per modality implements it (`modality/signature/`, later `face/`,
 * `voice/`) in three stages: preprocess (decode, quality, features), model, postprocess (score, calibration). Everything
 * is synchronous or a promise of pure computation: no I/O, no clock, no state between calls but loaded weights.
 *
 * `Features` are what is kept of one sample; `Reference` is made of several. Typed arrays inside them belong to that one
 * object: the worker overwrites them with zeros after each call.
 */
export interface ModalityRunner<Features = unknown, Reference = unknown> {
  readonly name: Modality;
  readonly model: ModelId;
  /** Samples that an enrolment takes. */
  readonly samplesToEnrol: number;
  /** Accepted media types, and the cap on bytes that the pool enforces before a worker sees the sample. */
  readonly mediaTypes: readonly string[];
  readonly maxBytes: number;

  /**
   * Decodes, validates, assesses.
   * @param challenge what the sample must answer, of a modality that prompts
   * @throws AsignioError `ASIGNIO_SAMPLE_INVALID`, `ASIGNIO_SAMPLE_TOO_LARGE`.
   */
  acquire(sample: RawSample, challenge?: CaptureChallenge): Acquired<Features> | Promise<Acquired<Features>>;
  /** What is wrong with one more sample beside those accepted so far (unlike the others, a copy, another pointer). */
  judge(features: Features, earlier: readonly Features[]): readonly QualityFinding[];
  /** Makes a reference, or says why not. */
  enrol(parts: readonly Features[]): Enrolled<Reference>;
  /** `undefined` when this reference is for another kind of device than the probe. */
  compare(reference: Reference, probe: Features, recent: readonly Features[]): Compared | undefined;
  /** Adds a later sitting; anchors stay. */
  adapt(reference: Reference, probe: Features): Adapted<Reference>;
  /** Work like a comparison's, on built-in synthetic data. */
  decoy(sampleBytes: number): void | Promise<void>;

  encodeFeatures(features: Features): Uint8Array;
  decodeFeatures(bytes: Uint8Array): Features;
  encodeReference(reference: Reference): Uint8Array;
  decodeReference(bytes: Uint8Array): Reference;
  /** Loads weights, compiles kernels. */
  warm(): void | Promise<void>;
  /** Absent where what is kept is protected by its seal alone. */
  readonly transform?: KeyedTransform<Features, Reference>;
}

/**
 * A renewable transform of what is kept: features and references stand under a key of their own, and are compared under it
 * without being turned back. Keys are 32 bytes.
 */
export interface KeyedTransform<Features, Reference> {
  /** Plain features under a key. */
  features(features: Features, key: Uint8Array): Features;
  /** A reference that stands under one key, under another. */
  reference(reference: Reference, from: Uint8Array, to: Uint8Array): Reference;
}

export interface Acquired<Features> {
  readonly findings: readonly QualityFinding[];
  /** Absent when a finding forbids its use. */
  readonly features?: Features;
  /** What the capture itself showed of an attack, before anything was compared. */
  readonly pad?: PadResult;
}

export interface Enrolled<Reference> {
  readonly findings: readonly QualityFinding[];
  readonly reference?: Reference;
  readonly variant?: string;
  readonly samples?: number;
}

export interface Compared {
  /** Log-likelihood ratio, natural log. */
  readonly score: number;
  readonly pad: PadResult;
  /** The model that compared, where it is not the runner's: one that an older reference needs. */
  readonly model?: ModelId;
}

export interface Adapted<Reference> {
  readonly reference: Reference;
  readonly samples: number;
  readonly established: boolean;
}

/**
 * What the pool's side of the engine must know of a modality: constants and the calibration table, in a module that loads
 * no kernel and no weights (`modality/<name>/facts.ts`).
 */
export interface ModalityFacts {
  readonly name: Modality;
  /** The same as the runner's. */
  readonly model: ModelId;
  readonly samplesToEnrol: number;
  /** How it prompts, where it does. */
  readonly prompts?: PromptPlan;
  readonly mediaTypes: readonly string[];
  /** Largest sample, bytes before decoding. */
  readonly maxBytes: number;
  /** LLR (natural log) at which skilled impostors are accepted at `fmr`, 0 < fmr < 1. */
  threshold(fmr: number): number;
  /** What the data behind the model support. */
  readonly claims: ModelClaims;
}
