import type { ConsentId, EpochMs, Modality, Purpose, TenantId } from '@asignio/contracts';
import type { Controller } from '../notice/notice.ts';
import type { PiiType } from '../purposes.ts';
import type { ConsentEvent } from './event.ts';

/** Names the form of the records that are written now. */
export const CONSENT_SCHEMA = 'ISO/IEC TS 27560:2023 asignio/2';

/** Stands in a consent that is kept as evidence, where a person who is erased was. */
export const ERASED = 'erased';

/**
 * A consent to one purpose and modality: the fields of ISO/IEC TS 27560:2023 with what biometrics add (modality, the
 * notice's hash, the signature under the release, who stands for a minor). It is stored as it stands here, flat and plain
 * JSON; a receipt shows it in the sections of the standard ({@link receiptClaims}) or in the W3C's vocabulary
 * ({@link receiptJsonLd}).
 */
export interface ConsentRecord {
  // Record header
  readonly schemaVersion: typeof CONSENT_SCHEMA;
  readonly id: ConsentId;
  readonly tenant: TenantId;
  /** PII principal, by pseudonym where the caller has one. */
  readonly subject: string;

  // PII processing; `null` where the notice does not state it
  readonly noticeVersion: string;
  readonly noticeSha256: string;
  readonly language: string;
  readonly purpose: Purpose;
  readonly modality: Modality;
  readonly lawfulBasis: 'consent';
  readonly what: string;
  readonly piiTypes: readonly PiiType[];
  /** Whether it is of a special category, as biometric data for recognising a person are (GDPR Art. 9(1)). */
  readonly specialCategory: boolean;
  /** Whether the service can be had without. */
  readonly optional: boolean;
  readonly why: string;
  readonly service: string | null;
  readonly collectionMethod: string;
  readonly processingMethod: string;
  readonly storageLocations: string;
  readonly processingLocations: string | null;
  readonly geographicRestrictions: string | null;
  readonly retentionPeriod: string;
  readonly recipients: string;
  readonly jurisdiction: string | null;
  readonly withdrawalMethod: string;
  readonly privacyRights: string;
  readonly codesOfConduct: string | null;
  readonly impactAssessment: string | null;
  readonly authority: string | null;
  /** R12: data-processing agreements under which a recipient gets the data. */
  readonly agreements: readonly string[];

  // Party identification
  readonly controller: Controller;
  /** R34: pseudonym of the guardian who agreed in the subject's place; `null` where the subject did. */
  readonly guardian: string | null;

  // Event
  readonly type: 'explicit';
  readonly state: 'granted' | 'withdrawn';
  readonly grantedAt: EpochMs;
  readonly withdrawnAt: EpochMs | null;
  readonly validUntil: EpochMs | null;
  readonly signature: {
    readonly method: 'typed-name';
    readonly signedAt: EpochMs;
    /** Opaque to this package: the caller's sealed form of what was signed. Empty until it is sealed. */
    readonly evidence: string;
  };
  /** The later consent to the same that took its place. */
  readonly supersededBy: ConsentId | null;
  /** R8: a legal hold under which what the consent supported is kept; `null` without one. */
  readonly hold: string | null;
  /** What happened to it, the oldest first. */
  readonly events: readonly ConsentEvent[];
}

/** Whether the signature under the release is kept with the record: without it nobody could show that it was given. */
export function isSigned({ signature }: ConsentRecord): boolean {
  return typeof signature.evidence === 'string' && signature.evidence !== '';
}

/** Whether two consents are to the same: tenant, subject, purpose and modality. */
export function isOfTheSame(a: ConsentRecord, b: ConsentRecord): boolean {
  return a.tenant === b.tenant && a.subject === b.subject && a.purpose === b.purpose && a.modality === b.modality;
}
