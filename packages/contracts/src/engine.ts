import type { CaptureChallenge, PromptPlan } from './challenge.ts';
import type { EpochMs, Modality } from './vocabulary.ts';
import type { Permit } from './permit.ts';
import type { ErrorCode } from './errors.ts';

/** Something about a sample that the person can do better. */
export interface QualityFinding {
  /** `ASIGNIO_QUALITY_...` */
  readonly code: ErrorCode;
  /** What to do next, in a sentence for the person. */
  readonly message: string;
}

/** The model that compared, kept with each decision. */
export interface ModelId {
  readonly name: string;
  readonly version: string;
}

/**
 * What opens one sealed box: the data key and the associated data it was sealed under. The engine transfers the key to
 * a worker, which wipes it: the caller's array has length 0 afterwards.
 */
export interface SealKey {
  /** 32 bytes, AES-256. */
  readonly dataKey: Uint8Array;
  /** Binds tenant, subject, modality, version and consent. */
  readonly aad: string;
}

/** A sample as it arrived: undecoded. */
export interface RawSample {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** One drawing (frame, phrase) of an enrolment. */
export interface AcquireRequest {
  readonly permit: Permit;
  readonly modality: Modality;
  readonly sample: RawSample;
  /** The parts of this enrolment so far, sealed under the same key. */
  readonly earlier: readonly Uint8Array[];
  readonly seal: SealKey;
  /** What the sample must answer, of a modality that prompts. */
  readonly challenge?: CaptureChallenge;
}

export interface AcquireResult {
  /** `false` when the findings say why it cannot be used. */
  readonly accepted: boolean;
  readonly findings: readonly QualityFinding[];
  /** The part's features, sealed; only when accepted. */
  readonly part?: Uint8Array;
}

/** Makes a reference of accepted parts. */
export interface EnrolRequest {
  readonly permit: Permit;
  readonly modality: Modality;
  readonly parts: readonly Uint8Array[];
  readonly seal: SealKey;
}

export interface EnrolResult {
  readonly accepted: boolean;
  readonly findings: readonly QualityFinding[];
  readonly reference?: Uint8Array;
  /** Which capture device the reference is good for, e.g. `finger`. */
  readonly variant?: string;
  readonly samples?: number;
  readonly model: ModelId;
}

/** One stored reference, with what opens it. */
export interface SealedReference extends SealKey {
  readonly id: string;
  readonly bytes: Uint8Array;
  /** Features of recent probes, sealed under the same key: what a replay is looked for in. */
  readonly recent: readonly Uint8Array[];
}

export interface CompareRequest {
  readonly permit: Permit;
  readonly modality: Modality;
  readonly sample: RawSample;
  /** The subject's references, one a variant. */
  readonly references: readonly SealedReference[];
  /** What the sample must answer, of a modality that prompts. */
  readonly challenge?: CaptureChallenge;
}

/** Presentation attack detection (ISO/IEC 30107-3). */
export interface PadResult {
  readonly attack: boolean;
  /** Species when an attack was found: `replay`. */
  readonly species?: string;
}

export interface CompareResult {
  /** `false`: failure to acquire; `findings` say why. */
  readonly acquired: boolean;
  readonly findings: readonly QualityFinding[];
  /** Calibrated log-likelihood ratio, natural log, against a skilled impostor; absent when nothing was compared. */
  readonly score?: number;
  readonly pad: PadResult;
  /** Which reference it was compared with. */
  readonly reference?: string;
  /** The probe's features, sealed under that reference's key. */
  readonly probe?: Uint8Array;
  readonly model: ModelId;
  /** ms inside the worker for the comparison alone. */
  readonly elapsedMs: number;
}

/** Adds a later sitting to a reference. */
export interface AdaptRequest {
  readonly permit: Permit;
  readonly modality: Modality;
  readonly reference: Uint8Array;
  readonly probe: Uint8Array;
  readonly seal: SealKey;
}

export interface AdaptResult {
  readonly reference: Uint8Array;
  readonly samples: number;
  /** `true` once a second sitting is in it. */
  readonly established: boolean;
}

/** Moves a reference between this system and an export: it is plain in the worker alone, and never outside. */
export interface ResealRequest {
  readonly permit: Permit;
  readonly modality: Modality;
  /** `out`: sealed under `seal`, to be sealed under `outside`; `in`: the other way. */
  readonly direction: 'in' | 'out';
  readonly reference: Uint8Array;
  /** Of this system; must be what the permit covers. */
  readonly seal: SealKey;
  /** Of the export. */
  readonly outside: SealKey;
}

/** How often strangers are taken for somebody, as far as data show it. */
export interface RateClaim {
  /** Lowest false match rate of impostors who do nothing special (zero effort) that the data support, 0..1. */
  readonly fmr: number;
  /** The score, a log-likelihood ratio, from which on it holds. */
  readonly threshold: number;
  /** Independent non-mated comparisons of real people; none of them matched. */
  readonly comparisons: number;
  readonly source: string;
}

/** What may be claimed of a model, and on what grounds. */
export interface ModelClaims {
  readonly falseMatch: RateClaim | null;
  /** Impostor attack presentation accept rate (ISO/IEC 30107-3), 0..1, where the PAD was tested. */
  readonly pad: { readonly iapar: number; readonly source: string } | null;
}

export interface EngineStats {
  readonly workers: number;
  readonly queued: number;
  readonly running: number;
  readonly completed: number;
  readonly failed: number;
  readonly startedAt: EpochMs;
}

/**
 * The biometric engine as the core sees it. Errors: `ASIGNIO_PERMIT_INVALID`, `ASIGNIO_ENGINE_BUSY` (queue full, with
 * `retryAfterMs`), `ASIGNIO_ENGINE_TIMEOUT`, `ASIGNIO_ENGINE_FAILED` (a worker died), `ASIGNIO_SAMPLE_INVALID`,
 * `ASIGNIO_SAMPLE_TOO_LARGE`, `ASIGNIO_REFERENCE_UNREADABLE`. None of them is ever a decision.
 */
export interface Engine {
  acquire(request: AcquireRequest): Promise<AcquireResult>;
  enrol(request: EnrolRequest): Promise<EnrolResult>;
  compare(request: CompareRequest): Promise<CompareResult>;
  adapt(request: AdaptRequest): Promise<AdaptResult>;
  /** R22. What it opens must be a reference of the modality; anything else is `ASIGNIO_REFERENCE_UNREADABLE`. */
  reseal(request: ResealRequest): Promise<Uint8Array>;
  /**
   * Does the work of a comparison of a sample of so many bytes on built-in synthetic data, so that an unknown subject
   * takes as long as a known one. Touches nobody's data, hence needs no permit.
   */
  decoy(modality: Modality, sampleBytes: number): Promise<void>;
  /** LLR at which skilled impostors are accepted at `fmr` (0..1) according to the shipped calibration table. */
  threshold(modality: Modality, fmr: number): number;
  /** How many samples an enrolment takes. */
  samplesToEnrol(modality: Modality): number;
  /** How a modality prompts; `null` for one that does not. An engine without this prompts for none. */
  prompts?(modality: Modality): PromptPlan | null;
  model(modality: Modality): ModelId;
  /** What the data behind the model support. */
  claims(modality: Modality): ModelClaims;
  stats(): EngineStats;
  /** Starts the workers and loads the models. */
  warm(): Promise<void>;
  close(): Promise<void>;
}
