import { createHash } from 'node:crypto';
import type { EpochMs, Modality, Purpose } from '@asignio/contracts';
import { canonicalJson } from '../canonical.ts';

/** One purpose as a person reads it: each can be agreed to apart (R5). */
export interface NoticePurpose {
  readonly purpose: Purpose;
  readonly modalities: readonly Modality[];
  /** Without it the service cannot be had in this form; the other way in remains. */
  readonly required: boolean;
  readonly what: string;
  readonly why: string;
  readonly howLong: string;
  readonly withWhom: string;
  /** A consent to it ends by itself after so many calendar months; without, when it is withdrawn or goes stale. */
  readonly validMonths?: number;
}

/** Who asks for the data. */
export interface Controller {
  readonly name: string;
  /** How a person reaches somebody who answers: an address, a page, an e-mail address. */
  readonly contact: string;
  /** Postal address. */
  readonly address?: string;
}

/** What ISO/IEC TS 27560:2023 has room for beside, where the controller states it. */
export interface NoticeParticulars {
  readonly service?: string;
  readonly storageLocations?: string;
  readonly processingLocations?: string;
  readonly geographicRestrictions?: string;
  readonly jurisdiction?: string;
  /** The supervisory authority that takes complaints. */
  readonly authority?: string;
  readonly codesOfConduct?: string;
  readonly impactAssessment?: string;
}

/** A privacy notice: one version in one language. */
export interface Notice {
  readonly version: string;
  /** BCP 47. */
  readonly language: string;
  readonly title: string;
  /** Paragraphs of a text are parted by blank lines. */
  readonly sections: readonly { readonly heading: string; readonly text: string }[];
  readonly purposes: readonly NoticePurpose[];
  readonly controller: Controller;
  readonly particulars?: NoticeParticulars;
  readonly effectiveAt: EpochMs;
  /** Whether consents to the versions before go stale with it (R33). */
  readonly material: boolean;
  /** Version that it follows. */
  readonly supersedes?: string;
  /** R33: what is different from the version before, for whoever agreed to that one. One that follows another says it. */
  readonly whatChanged?: string;
}

/** SHA-256, hex, of the notice's canonical JSON (RFC 8785): what a consent refers to. */
export function noticeSha256(notice: Notice): string {
  return createHash('sha256').update(canonicalJson(notice), 'utf8').digest('hex');
}
