import { AsignioError } from '@asignio/contracts';
import type { EpochMs } from '@asignio/contracts';
import { isOf, isPrintable } from '../checks.ts';
import { checkEgressPurpose, DATA_CLASSES, needsAgreement } from '../egress/purposes.ts';
import type { DataClass, EgressPurpose } from '../egress/purposes.ts';
import { isRegion, isWithin } from '../egress/regions.ts';
import type { Region } from '../egress/regions.ts';
import { EGRESS_RESTRICTIONS } from '../egress/restrictions.ts';
import { checkMechanism } from '../egress/transfer.ts';
import type { TransferMechanism } from '../egress/transfer.ts';

/** A data-processing agreement (GDPR Art. 28(3)) as it was signed. */
export interface Agreement {
  /** What plugins name in their metadata. */
  readonly id: string;
  /** Legal name of who processes for us. */
  readonly recipient: string;
  readonly data: readonly DataClass[];
  readonly purposes: readonly EgressPurpose[];
  /** Where the recipient processes. */
  readonly regions: readonly Region[];
  /** Who signed, for either side. */
  readonly signatories: readonly [string, string];
  readonly signedAt: EpochMs;
  readonly validFrom: EpochMs;
  readonly validUntil: EpochMs;
  /** SHA-256 of the signed document, hex. */
  readonly sha256: string;
  readonly mechanism: TransferMechanism | null;
  /** Ids of {@link EGRESS_RESTRICTIONS} that the controller lifts for this recipient, and why. */
  readonly lifts: readonly { readonly restriction: string; readonly reason: string }[];
}

/** An agreement as it is handed in: without a mechanism and lifted restrictions where there are none. */
export type AgreementInput = Omit<Agreement, 'mechanism' | 'lifts'> & Partial<Pick<Agreement, 'mechanism' | 'lifts'>>;

/** What is about to leave, as far as an agreement covers it. */
export interface AgreementUse {
  readonly data: readonly DataClass[];
  readonly purpose: EgressPurpose;
  readonly region: Region;
}

const ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/;
const SHA256 = /^[0-9a-f]{64}$/;
/** Longest term, ms: ten years. What nobody looks at again for longer is no agreement. */
const LONGEST_MS = 3653 * 86_400_000;

/**
 * Checks an agreement as it is handed in, and gives it as it is kept.
 * @throws AsignioError `ASIGNIO_REQUEST_INVALID` naming the field, `ASIGNIO_PURPOSE_FORBIDDEN` (R11).
 */
export function checkAgreement(value: AgreementInput, now: EpochMs): Agreement {
  const { id, recipient, data, purposes, regions, signatories, signedAt, validFrom, validUntil, sha256 } = value ?? {};
  const { mechanism = null, lifts = [] } = value ?? {};
  if (!isOf(ID, id)) throw invalid('id: 1-100 characters of A-Z a-z 0-9 . _ : -');
  if (!isPrintable(recipient, 2, 200)) throw invalid('recipient: the legal name, 2-200 printable characters');
  if (!isSetOf(data, (item) => DATA_CLASSES.includes(item))) throw invalid(`data: some of ${DATA_CLASSES.join(', ')}`);
  if (!Array.isArray(purposes) || purposes.length === 0) throw invalid('purposes: name at least one');
  const checked = purposes.map(checkEgressPurpose);
  if (!checked.every(needsAgreement)) throw invalid('purposes: one of them is not done by a processor');
  if (!isSetOf(regions, isRegion)) throw invalid('regions: countries of ISO 3166, or states of them');
  if (
    !Array.isArray(signatories) ||
    signatories.length !== 2 ||
    !signatories.every((name) => isPrintable(name, 2, 200))
  )
    throw invalid('signatories: who signed, one for either side');
  if (![signedAt, validFrom, validUntil].every(Number.isSafeInteger))
    throw invalid('signedAt, validFrom, validUntil: ms');
  if (!(signedAt <= now)) throw invalid('signedAt: it is not signed yet');
  if (!(validFrom < validUntil) || validUntil - validFrom > LONGEST_MS)
    throw invalid('validUntil: after validFrom, ten years at most');
  if (!isOf(SHA256, sha256)) throw invalid('sha256: of the signed document, 64 hexadecimal digits');
  if (!Array.isArray(lifts)) throw invalid('lifts: a list');
  for (const lift of lifts)
    if (!EGRESS_RESTRICTIONS.some((known) => known.id === lift?.restriction) || !isPrintable(lift.reason, 10, 500))
      throw invalid('lifts: name a known restriction, and the reason in a sentence');
  return {
    id,
    recipient,
    data,
    purposes: checked,
    regions,
    signatories: [signatories[0], signatories[1]],
    signedAt,
    validFrom,
    validUntil,
    sha256,
    mechanism: mechanism === null ? null : checkMechanism(mechanism),
    lifts: lifts.map(({ restriction, reason }) => ({ restriction, reason })),
  };
}

/**
 * Whether an agreement covers what is about to leave (R12): signed, in force, and for all of these data, this purpose and
 * this region.
 *
 * @param agreement - `undefined` where the recipient has none
 * @param endedAt - when it was ended early, else `null`
 * @throws AsignioError `ASIGNIO_AGREEMENT_REQUIRED`, saying what is not covered.
 */
export function checkCovered(
  agreement: Agreement | undefined,
  endedAt: EpochMs | null,
  use: AgreementUse,
  now: EpochMs,
): asserts agreement is Agreement {
  if (agreement === undefined) throw required('There is no data-processing agreement with this recipient');
  const { signedAt, validFrom, validUntil, data, purposes, regions } = agreement;
  // Each asked so that a time that is no number covers nothing.
  if (!(signedAt <= now && validFrom <= now && now < validUntil) || (endedAt !== null && !(now < endedAt)))
    throw required('The data-processing agreement is not in force');
  if (!use.data.every((item) => data.includes(item))) throw required('The agreement does not cover these data');
  if (!purposes.includes(use.purpose)) throw required('The agreement does not cover this purpose');
  if (!regions.some((region) => isWithin(use.region, region)))
    throw required('The agreement does not cover this region');
}

function isSetOf<T>(value: readonly T[] | undefined, is: (item: T) => boolean): value is readonly T[] {
  return Array.isArray(value) && value.length > 0 && new Set(value).size === value.length && value.every(is);
}

function invalid(detail: string): AsignioError {
  return new AsignioError('ASIGNIO_REQUEST_INVALID', detail);
}

function required(detail: string): AsignioError {
  return new AsignioError('ASIGNIO_AGREEMENT_REQUIRED', detail);
}
