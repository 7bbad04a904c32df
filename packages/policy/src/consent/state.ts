import type { EpochMs } from '@asignio/contracts';
import type { NoticeRegister } from '../notice/register.ts';
import { withEvent } from './event.ts';
import type { ConsentEntity } from './event.ts';
import { ERASED, isOfTheSame } from './record.ts';
import type { ConsentRecord } from './record.ts';

/** How a consent stands. Only `granted` permits anything. */
export type ConsentState = 'granted' | 'withdrawn' | 'stale' | 'expired';

/** The same consent, withdrawn. A clock that was set back does not date it before it was given. */
export function withdrawConsent(consent: ConsentRecord, now: EpochMs, by: ConsentEntity = 'subject'): ConsentRecord {
  if (consent.state === 'withdrawn') return consent;
  const time = Math.max(now, consent.grantedAt);
  return {
    ...consent,
    state: 'withdrawn',
    withdrawnAt: time,
    events: withEvent(consent.events, { time, validUntil: null, entity: by, type: 'explicit', state: 'withdrawn' }),
  };
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
export function supersedeConsent(
  consent: ConsentRecord,
  by: Pick<ConsentRecord, 'id' | 'grantedAt' | 'guardian'>,
): ConsentRecord {
  if (consent.supersededBy !== null || consent.id === by.id) return consent;
  return {
    ...consent,
    supersededBy: by.id,
    events: withEvent(consent.events, {
      time: by.grantedAt,
      validUntil: null,
      entity: by.guardian === null ? 'subject' : 'guardian',
      type: 'explicit',
      state: 'superseded',
    }),
  };
}

/**
 * R33: the same consent with what has become of it since noted in its history: stale since a material change of the notice
 * came into force, or ended by its term. One of which nothing has become is returned as it is.
 */
export function noteConsentState(consent: ConsentRecord, notices: NoticeRegister, at: EpochMs): ConsentRecord {
  const state = consentState(consent, notices, at);
  if (state === 'granted' || state === 'withdrawn' || consent.supersededBy !== null) return consent;
  const since = state === 'stale' ? (notices.staleSince(consent, at) ?? at) : (consent.validUntil ?? at);
  const events = withEvent(consent.events, {
    time: since,
    validUntil: null,
    entity: 'controller',
    type: state === 'stale' ? 'notice-change' : 'term',
    state,
  });
  return events === consent.events ? consent : { ...consent, events };
}

/** The consent as evidence of one whose subject is erased (R9): its facts stay, and nobody can be found by them. */
export function forgetSubject(consent: ConsentRecord): ConsentRecord {
  return { ...consent, subject: ERASED, guardian: consent.guardian === null ? null : ERASED };
}

/** The same consent, with the legal hold that keeps what it supported (R8), or without one. */
export function holdConsent(consent: ConsentRecord, hold: string | null): ConsentRecord {
  return consent.hold === hold ? consent : { ...consent, hold };
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
