import { AsignioError, MODALITIES, PURPOSES } from '@asignio/contracts';
import { isOf, isPrintable, isText } from '../checks.ts';
import { PII_TYPES } from '../purposes.ts';
import { CONSENT_ENTITIES, CONSENT_EVENT_STATES } from './event.ts';
import { CONSENT_SCHEMA, ERASED } from './record.ts';
import type { ConsentRecord } from './record.ts';

const ID = /^[A-Za-z0-9_-]{1,64}$/;
const SHA256 = /^[0-9a-f]{64}$/;
const MAX_NAME = 256;
const MAX_LINE = 300;
const MAX_TEXT = 20_000;
const MAX_EVIDENCE = 100_000;
const MAX_ENTRIES = 100;
/** Times that a JavaScript date can hold (ECMA-262, "Time Values and Time Range"). */
const MAX_TIME = 8.64e15;

type Check = (value: unknown) => boolean;

const text: Check = (value) => isText(value, MAX_TEXT);
const name: Check = (value) => isText(value, MAX_NAME);
const line: Check = (value) => isPrintable(value, 1, MAX_LINE);
const time: Check = (value) => Number.isSafeInteger(value) && Math.abs(value as number) <= MAX_TIME;
const flag: Check = (value) => typeof value === 'boolean';
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const oneOf =
  (known: readonly unknown[]): Check =>
  (value) =>
    known.includes(value);
const list =
  (check: Check, min = 0): Check =>
  (value) =>
    Array.isArray(value) && value.length >= min && value.length <= MAX_ENTRIES && value.every(check);
const shape =
  (fields: Readonly<Record<string, Check>>, optional: readonly string[] = []): Check =>
  (value) =>
    complaintOf(value, fields, optional) === undefined;

const CONTROLLER = shape({ name: line, contact: line, address: line }, ['address']);
const SIGNATURE = shape({
  method: oneOf(['typed-name']),
  signedAt: time,
  evidence: (value) => typeof value === 'string' && value.length <= MAX_EVIDENCE,
});
const EVENT = shape({
  time,
  validUntil: orNull(time),
  entity: oneOf(CONSENT_ENTITIES),
  type: oneOf(['explicit', 'notice-change', 'term']),
  state: oneOf(CONSENT_EVENT_STATES),
});

const FIELDS = {
  schemaVersion: oneOf([CONSENT_SCHEMA]),
  id: (value) => isOf(ID, value),
  tenant: name,
  subject: name,
  noticeVersion: name,
  noticeSha256: (value) => isOf(SHA256, value),
  language: name,
  purpose: oneOf(PURPOSES),
  modality: oneOf(MODALITIES),
  lawfulBasis: oneOf(['consent']),
  what: text,
  piiTypes: list(oneOf(PII_TYPES), 1),
  specialCategory: flag,
  optional: flag,
  why: text,
  service: orNull(text),
  collectionMethod: text,
  processingMethod: text,
  storageLocations: text,
  processingLocations: orNull(text),
  geographicRestrictions: orNull(text),
  retentionPeriod: text,
  recipients: text,
  jurisdiction: orNull(text),
  withdrawalMethod: text,
  privacyRights: text,
  codesOfConduct: orNull(text),
  impactAssessment: orNull(text),
  authority: orNull(text),
  agreements: list(name),
  controller: CONTROLLER,
  guardian: orNull(name),
  type: oneOf(['explicit']),
  state: oneOf(['granted', 'withdrawn']),
  grantedAt: time,
  withdrawnAt: orNull(time),
  validUntil: orNull(time),
  signature: SIGNATURE,
  supersededBy: orNull((value) => isOf(ID, value)),
  hold: orNull(name),
  events: list(EVENT, 1),
} as const satisfies Record<keyof ConsentRecord, Check>;

/**
 * Checks a consent record as a whole: every field of the schema is there and of its kind, and nothing else is. For what
 * comes from outside: an import, a migration, a backup.
 *
 * @throws AsignioError `ASIGNIO_CONSENT_INVALID` naming the field, never its value.
 * @example
 * ```ts
 * const consent = checkConsentRecord(JSON.parse(text));
 * ```
 */
export function checkConsentRecord(value: unknown): ConsentRecord {
  const complaint = complaintOf(value, FIELDS, []) ?? contradiction(value as ConsentRecord);
  if (complaint !== undefined) throw new AsignioError('ASIGNIO_CONSENT_INVALID', complaint);
  return value as ConsentRecord;
}

function complaintOf(
  value: unknown,
  fields: Readonly<Record<string, Check>>,
  optional: readonly string[],
): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'the record is no object';
  const given = value as Readonly<Record<string, unknown>>;
  const stray = Object.keys(given).some((key) => !Object.hasOwn(fields, key));
  if (stray) return 'the record has a field that the schema does not know';
  for (const [key, check] of Object.entries(fields)) {
    const missing = !Object.hasOwn(given, key) || given[key] === undefined;
    if (missing ? !optional.includes(key) : !check(given[key])) return `${key}: it is not as the schema has it`;
  }
  return undefined;
}

/** What each field alone cannot tell. */
function contradiction({
  state,
  grantedAt,
  withdrawnAt,
  subject,
  guardian,
  events,
}: ConsentRecord): string | undefined {
  if ((state === 'withdrawn') !== (withdrawnAt !== null)) return 'withdrawnAt: it does not fit the state';
  if (withdrawnAt !== null && withdrawnAt < grantedAt) return 'withdrawnAt: it is before the consent was given';
  if (guardian !== null && guardian === subject && guardian !== ERASED) return 'guardian: nobody is their own guardian';
  if (events[0]?.state !== 'granted') return 'events: the history begins with the grant';
  const ordered = events.every((event, index) => index === 0 || event.time >= (events[index - 1]?.time as number));
  return ordered ? undefined : 'events: they are not in the order of their times';
}
