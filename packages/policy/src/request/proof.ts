import { AsignioError } from '@asignio/contracts';
import type { EpochMs, SubjectId } from '@asignio/contracts';

/** What a biometric comparison proves. */
const BIOMETRIC = ['signature', 'face', 'voice'] as const;
/** What proves who asks without one: something known, something had, or somebody who looked at the person's papers. */
const OTHER = ['password', 'passkey', 'device', 'email-code', 'phone-code', 'in-person'] as const;
export const REQUESTER_FACTORS = [...OTHER, ...BIOMETRIC] as const;
export type RequesterFactor = (typeof REQUESTER_FACTORS)[number];

/** How the host made sure who asks, apart from the session that carries the request. */
export interface RequesterProof {
  /** Whom it proves: must be the one whose right is exercised. */
  readonly subject: SubjectId;
  readonly factors: readonly RequesterFactor[];
  /** When the person proved it, ms since the epoch. */
  readonly at: EpochMs;
}

/**
 * How long a proof is good for, ms: 5 minutes. No law gives a number; a session that is stolen later than that gives
 * nothing out. GDPR Art. 12(6), Recital 64 and 11 CCR §7060 ask for measures in proportion to the harm, and biometric data
 * are at the top of that scale.
 */
export const PROOF_VALID_MS = 5 * 60_000;
/** A proof dated so far ahead is a clock that is a little fast, ms. */
const AHEAD_MS = 5_000;

/** What a proof is checked against. */
export interface ProofCheck {
  readonly subject: SubjectId;
  /** ms that a proof is good for; {@link PROOF_VALID_MS} unless told. */
  readonly validMs?: number;
}

/**
 * R27: whether who asks was verified: just now, as this very subject, and by at least one factor that is not biometric. A
 * session alone is none, and neither is a signature, a face or a voice alone: whoever can pass the comparison must not be
 * able to take or destroy the data that it compares with.
 *
 * @returns the factors that count, without repeats.
 * @throws AsignioError `ASIGNIO_REQUESTER_UNVERIFIED` saying what is missing.
 * @example
 * ```ts
 * checkRequester({ subject, factors: ['password'], at: now }, { subject }, now); // ['password']
 * checkRequester({ subject, factors: ['signature'], at: now }, { subject }, now); // throws
 * checkRequester(undefined, { subject }, now); // throws
 * ```
 */
export function checkRequester(
  proof: RequesterProof | undefined,
  { subject, validMs = PROOF_VALID_MS }: ProofCheck,
  now: EpochMs,
): readonly RequesterFactor[] {
  if (typeof proof !== 'object' || proof === null) throw unverified('Being signed in is not enough for this');
  if (proof.subject !== subject) throw unverified('That proves somebody else');
  if (!Number.isSafeInteger(proof.at) || !Number.isSafeInteger(now) || proof.at > now + AHEAD_MS)
    throw unverified('It cannot be told when that was proved');
  if (now - proof.at >= validMs) throw unverified('That was proved too long ago');
  if (!Array.isArray(proof.factors)) throw unverified('It is not said how that was proved');
  const factors = REQUESTER_FACTORS.filter((factor) => proof.factors.includes(factor));
  if (!factors.some((factor) => OTHER.some((other) => other === factor)))
    throw unverified('Something other than a biometric comparison is needed');
  return factors;
}

function unverified(detail: string): AsignioError {
  return new AsignioError('ASIGNIO_REQUESTER_UNVERIFIED', detail);
}
