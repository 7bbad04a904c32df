import type { ConsentEvent } from './event.ts';
import { CONSENT_SCHEMA } from './record.ts';
import type { ConsentRecord } from './record.ts';

const FIRST_SCHEMA = 'ISO/IEC TS 27560:2023 asignio/1';

/** What the first form of the record had not. */
type Added =
  | 'schemaVersion'
  | 'piiTypes'
  | 'specialCategory'
  | 'optional'
  | 'agreements'
  | 'guardian'
  | 'hold'
  | 'events';

/** A record of the first form. */
type FirstConsentRecord = Omit<ConsentRecord, Added> & { readonly schemaVersion: typeof FIRST_SCHEMA };

/**
 * A stored record in the form of now; one that is so already, or is of no known form, is returned as it is
 * ({@link checkConsentRecord} tells). What the first form did not say is made of what it did: its history of its dates; it
 * knew neither guardians nor agreements nor holds. Whether the service could be had without was not kept: it counts as
 * optional, which asks least of the person.
 */
export function upgradeConsent(value: ConsentRecord): ConsentRecord {
  const given = value as ConsentRecord | FirstConsentRecord;
  if (given.schemaVersion !== FIRST_SCHEMA) return given;
  const pii = given.purpose === 'location' ? 'location' : 'biometric';
  return {
    ...given,
    schemaVersion: CONSENT_SCHEMA,
    piiTypes: [pii],
    specialCategory: pii === 'biometric',
    optional: true,
    agreements: [],
    guardian: null,
    hold: null,
    events: historyOf(given),
  };
}

function historyOf({ grantedAt, withdrawnAt, validUntil }: FirstConsentRecord): readonly ConsentEvent[] {
  const own = { entity: 'subject', type: 'explicit' } as const;
  const granted: ConsentEvent = { ...own, time: grantedAt, validUntil, state: 'granted' };
  return withdrawnAt === null
    ? [granted]
    : [granted, { ...own, time: withdrawnAt, validUntil: null, state: 'withdrawn' }];
}
