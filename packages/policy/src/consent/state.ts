import type { ConsentId, EpochMs } from '@asignio/contracts';
import type { NoticeRegister } from '../notice/register.ts';
import { isOfTheSame } from './record.ts';
import type { ConsentRecord } from './record.ts';

/** How a consent stands. Only `granted` permits anything. */
export type ConsentState = 'granted' | 'withdrawn' | 'stale' | 'expired';

/** The same consent, withdrawn. A clock that was set back does not date it before it was given. */
export function withdrawConsent(consent: ConsentRecord, now: EpochMs): ConsentRecord {
  return consent.state === 'withdrawn'
    ? consent
    : { ...consent, state: 'withdrawn', withdrawnAt: Math.max(now, consent.grantedAt) };
}

/**
 * Every consent that goes when this one is withdrawn: all to the same, since a person who takes back an agreement does
 * not mean the latest of its copies (R4). The one itself is among them if it is among those given.
 */
export function withdrawnTogether(
  consent: ConsentRecord,
  consents: readonly ConsentRecord[],
): readonly ConsentRecord[] {
  return consents.filter((other) => other.state !== 'withdrawn' && isOfTheSame(other, consent));
}

/** The same consent, replaced by a later one to the same: a renewed agreement, or one to a new notice. */
export function supersedeConsent(consent: ConsentRecord, by: ConsentId): ConsentRecord {
  return consent.supersededBy !== null || consent.id === by ? consent : { ...consent, supersededBy: by };
}

/**
 * How a consent stands at a moment: `withdrawn` by the person, `expired` by its term or a later consent, `stale` since the
 * notice was changed (R33), or `granted`.
 */
export function consentState(consent: ConsentRecord, notices: NoticeRegister, at: EpochMs): ConsentState {
  const { state, supersededBy, validUntil } = consent;
  if (state !== 'granted') return 'withdrawn';
  // Asked the other way round, a time that is no number would not end it.
  const valid = validUntil === null || at < validUntil;
  if (!valid || supersededBy !== null) return 'expired';
  return notices.holds(consent, at) ? 'granted' : 'stale';
}
