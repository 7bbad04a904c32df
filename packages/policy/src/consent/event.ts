import type { EpochMs } from '@asignio/contracts';

/** Where a consent goes through in its life. */
export const CONSENT_EVENT_STATES = ['granted', 'withdrawn', 'superseded', 'stale', 'expired'] as const;
export type ConsentEventState = (typeof CONSENT_EVENT_STATES)[number];

/**
 * Whose doing an event was: by role, so that a record which is kept as evidence after an erasure still names nobody. The
 * record says who was in the role.
 */
export const CONSENT_ENTITIES = ['subject', 'guardian', 'controller'] as const;
export type ConsentEntity = (typeof CONSENT_ENTITIES)[number];

/** One event of a consent, as ISO/IEC TS 27560:2023 §6.3.7 has it. */
export interface ConsentEvent {
  readonly time: EpochMs;
  /** Until when the state lasts by itself; `null` where no end is set. */
  readonly validUntil: EpochMs | null;
  readonly entity: ConsentEntity;
  readonly type: 'explicit' | 'notice-change' | 'term';
  readonly state: ConsentEventState;
}

/**
 * The history with one more event. A clock that was set back does not date it before the last one; the same state twice
 * in a row is one event.
 */
export function withEvent(history: readonly ConsentEvent[], event: ConsentEvent): readonly ConsentEvent[] {
  const last = history.at(-1);
  if (last?.state === event.state) return history;
  return [...history, { ...event, time: Math.max(event.time, last?.time ?? event.time) }];
}
