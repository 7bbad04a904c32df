import type { ModelId, RawSample } from './engine.ts';
import type { Permit } from './permit.ts';
import type { Plugin } from './plugin.ts';
import type { EpochMs, Modality } from './vocabulary.ts';

/**
 * How a vendor's own score becomes a log-likelihood ratio (natural log): `slope * raw + offset`, as logistic regression
 * on mated and non-mated scores gives it. A score that is outside of the range was not calibrated for and is none.
 */
export interface ScoreCalibration {
  /** Above 0: a higher raw score must mean more alike. A distance is negated by the plugin. */
  readonly slope: number;
  readonly offset: number;
  /** Raw scores that the vendor gives, both ends included. */
  readonly range: { readonly min: number; readonly max: number };
  /** The vendor's model that it was made for; another model is not calibrated by it. */
  readonly model: ModelId;
  /** What it was made with, in words an auditor reads: data, number of comparisons, date. */
  readonly source: string;
}

/** What every call to a vendor carries. */
export interface VendorCall {
  /** The leave that the core's gate checked. A plugin need not look at it, and must not send it. */
  readonly permit: Permit;
  readonly modality: Modality;
  /** Names the copy that the vendor keeps. The core makes it: it says nothing about the person, and no two vendors share one. */
  readonly copy: string;
  /** Aborted when the core has waited long enough. */
  readonly signal: AbortSignal;
}

/** Has the vendor keep a reference of its own. */
export interface VendorEnrolRequest extends VendorCall {
  readonly samples: readonly RawSample[];
}

/** Has the vendor compare a probe with the copy. */
export interface VendorCompareRequest extends VendorCall {
  readonly sample: RawSample;
}

/** A vendor's answer, in the vendor's own scale. */
export interface VendorAnswer {
  readonly raw: number;
  /** The model that answered. */
  readonly model: ModelId;
}

/** Names a copy that is to be destroyed. */
export interface VendorDestroyRequest {
  readonly modality: Modality;
  readonly copy: string;
  readonly signal: AbortSignal;
}

/**
 * A vendor's matcher. It opens no connection before it is called: the core checks agreement, consent and region first.
 * `metadata.region` is where the vendor processes, `metadata.agreement` names the data-processing agreement.
 *
 * Errors: `ASIGNIO_SAMPLE_INVALID` for a sample that the vendor cannot use, `ASIGNIO_NOT_FOUND` from `compare` where the
 * vendor has no such copy, `ASIGNIO_VENDOR_UNAVAILABLE` for all that says nothing about the sample: unreachable, aborted,
 * an answer that makes no sense, closed. `comparisonContract` of `@asignio/testkit` is the suite that each one passes.
 *
 * @example
 * ```ts
 * createCore({ ..., vendors: [comparisonAcme({ url: 'https://eu.matcher.example', key })] });
 * ```
 */
export interface ComparisonPlugin extends Plugin {
  readonly modalities: readonly Modality[];
  /** By modality. Without one, the vendor is not asked to compare. */
  readonly calibrations: { readonly [M in Modality]?: ScoreCalibration };
  /** Enrolled again under the same name, the copy is replaced. */
  enrol(request: VendorEnrolRequest): Promise<void>;
  compare(request: VendorCompareRequest): Promise<VendorAnswer>;
  /** Resolves when the vendor holds no such copy, whether it did before or not. */
  destroy(request: VendorDestroyRequest): Promise<void>;
  close(): Promise<void>;
}

/** An image of a document, or of the person who holds it. */
export interface DocumentImage {
  readonly side: 'front' | 'back' | 'holder';
  /** `image/jpeg` or `image/png`. */
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** What is sent to whoever checks an identity document. */
export interface IdentityCheckRequest {
  /** Names the check at the vendor's; says nothing about the person. */
  readonly check: string;
  /** ISO 3166-1 alpha-2 of who issued it. */
  readonly country: string;
  readonly document: 'passport' | 'identity-card' | 'driving-licence' | 'residence-permit';
  readonly images: readonly DocumentImage[];
  readonly signal: AbortSignal;
}

/** What came of a check. The facts read off the document stay at the vendor's unless an agreement says otherwise. */
export interface IdentityCheckResult {
  readonly outcome: 'verified' | 'refused' | 'unclear';
  /** Coarse reasons, of the plugin's own list: `expired`, `unreadable`, `altered`. */
  readonly reasons: readonly string[];
}

/**
 * Checks identity documents. Errors as in {@link ComparisonPlugin}; `identityVerificationContract` is the suite.
 * @example
 * ```ts
 * createCore({ ..., vendors: [idvAcme({ url: 'https://eu.id.example', key })] });
 * ```
 */
export interface IdentityVerificationPlugin extends Plugin {
  /** Reasons that `check` may give. */
  readonly reasons: readonly string[];
  check(request: IdentityCheckRequest): Promise<IdentityCheckResult>;
  /** Resolves when the vendor holds nothing of that check, whether it did before or not. */
  destroy(request: { readonly check: string; readonly signal: AbortSignal }): Promise<void>;
  close(): Promise<void>;
}

/** Coarse values about one sign-in, each of the policy's allow-list. */
export interface RiskSignalRequest {
  /** Names the person to this recipient and to no other. */
  readonly subject: string;
  readonly signals: { readonly [name: string]: string };
  readonly at: EpochMs;
  readonly signal: AbortSignal;
}

/**
 * Tells a risk engine. Errors: `ASIGNIO_VENDOR_UNAVAILABLE`; `riskSignalContract` is the suite.
 * @example
 * ```ts
 * createCore({ ..., vendors: [riskAcme({ url: 'https://risk.example', key })] });
 * ```
 */
export interface RiskSignalPlugin extends Plugin {
  share(request: RiskSignalRequest): Promise<void>;
  close(): Promise<void>;
}
