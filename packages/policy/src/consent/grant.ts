import { randomBytes, timingSafeEqual } from 'node:crypto';
import { AsignioError, MODALITIES } from '@asignio/contracts';
import type { ConsentId, EpochMs, Modality, Purpose, SubjectId, TenantId } from '@asignio/contracts';
import { addPeriod } from '../calendar.ts';
import { isPrintable, isText } from '../checks.ts';
import { noticeSha256 } from '../notice/notice.ts';
import type { Notice, NoticePurpose } from '../notice/notice.ts';
import type { NoticeRegister } from '../notice/register.ts';
import { checkSubjectPurpose, purposeRule } from '../purposes.ts';
import { checkConsentRecord } from './check.ts';
import { CONSENT_SCHEMA } from './record.ts';
import type { ConsentRecord } from './record.ts';

/** A signed release. */
export interface ConsentRequest {
  readonly tenant: TenantId;
  readonly subject: string | SubjectId;
  readonly modality: Modality;
  readonly purposes: readonly Purpose[];
  readonly noticeVersion: string;
  readonly noticeSha256: string;
  readonly language: string;
  readonly signature: { readonly method: 'typed-name'; readonly name: string; readonly signedAt: EpochMs };
  readonly notices: NoticeRegister;
  /**
   * Consents that the subject gave before. A new one is dated after every withdrawal among them, so that a clock that
   * was set back does not make it void.
   */
  readonly earlier?: readonly ConsentRecord[];
  /** R34: pseudonym of the guardian who signs in the subject's place. */
  readonly guardian?: string;
  /** R34: when the agreement ends at the latest, where the notice gives no earlier end. */
  readonly until?: EpochMs;
  /** R12: ids of the agreements under which a recipient that the notice names gets the data. */
  readonly agreements?: readonly string[];
}

/** A signature dated further from now than this is not of now, ms: five minutes, for the clock of a phone. */
const SIGNED_WITHIN_MS = 5 * 60_000;
const MAX_ID = 256;
const MAX_EVIDENCE = 100_000;
const MAX_AGREEMENTS = 100;
const COLLECTED: Readonly<Record<Modality, string>> = {
  signature: 'drawn by the subject on the surface of the sign-in page',
  face: 'recorded by the camera of the subject’s device',
  voice: 'recorded by the microphone of the subject’s device',
};
const LOCATED = 'told by the subject’s device at a sign-in, rounded before it is kept';

/** What a person can do about their data, in the words of a consent record. */
export const PRIVACY_RIGHTS = [
  'access',
  'receipt',
  'withdrawal',
  'rectification',
  'restriction',
  'objection',
  'portability',
  'erasure',
  'complaint',
] as const;

/**
 * Makes one record per purpose (R5), or refuses the release as a whole.
 *
 * The typed name is checked here and stands in no record: the caller seals it and keeps it with the record
 * ({@link withEvidence}); until then no permit rests on it.
 *
 * @throws AsignioError `ASIGNIO_CONSENT_INVALID` naming the field, `ASIGNIO_NOTICE_UNKNOWN`, `ASIGNIO_PURPOSE_FORBIDDEN`.
 * @example
 * ```ts
 * const notice = notices.current(now, 'en');
 * const [record] = grantConsent({
 *   tenant, subject, modality: 'signature', purposes: ['authentication'],
 *   noticeVersion: notice.version, noticeSha256: noticeSha256(notice), language: notice.language,
 *   signature: { method: 'typed-name', name: 'Ada Lovelace', signedAt: now }, notices,
 * }, now);
 * ```
 */
export function grantConsent(request: ConsentRequest, now: EpochMs): readonly ConsentRecord[] {
  checkFacts(request, now);
  const { notices, modality, noticeVersion } = request;
  const notice = notices.find(noticeVersion, request.language);
  if (!notices.isCurrent(notice.version, now))
    throw invalid(
      notice.effectiveAt > now
        ? 'noticeVersion: the notice is not yet in force; show the current one'
        : 'noticeVersion: the notice has been replaced; show the current one',
    );
  if (!sameHash(request.noticeSha256, noticeSha256(notice)))
    throw invalid('noticeSha256: it is not the hash of that notice; show the notice again');
  checkSignature(request.signature, now);
  const purposes = checkPurposes(request.purposes, notice, modality);
  return purposes.map((item) => record(request, notice, item, now));
}

/**
 * The record with the evidence of its signature: the caller's sealed form of what was signed.
 * @throws AsignioError `ASIGNIO_CONSENT_INVALID` when there is none.
 */
export function withEvidence(consent: ConsentRecord, evidence: string): ConsentRecord {
  if (!isText(evidence, MAX_EVIDENCE)) throw invalid('signature.evidence: keep what was signed');
  return { ...consent, signature: { ...consent.signature, evidence } };
}

function record(request: ConsentRequest, notice: Notice, item: NoticePurpose, now: EpochMs): ConsentRecord {
  const {
    tenant,
    subject,
    modality,
    signature,
    earlier = [],
    guardian = null,
    agreements = [],
    until = Infinity,
  } = request;
  const { particulars = {} } = notice;
  const { pii, processing } = purposeRule(item.purpose);
  const grantedAt = earlier
    .filter((other) => other.tenant === tenant && other.subject === subject)
    .reduce((latest, { withdrawnAt }) => Math.max(latest, withdrawnAt ?? now), now);
  const term = item.validMonths === undefined ? Infinity : addPeriod(grantedAt, { months: item.validMonths, days: 0 });
  const end = Math.min(term, until);
  const validUntil = end === Infinity ? null : end;
  return checkConsentRecord({
    schemaVersion: CONSENT_SCHEMA,
    id: randomBytes(16).toString('base64url') as ConsentId,
    tenant,
    subject,
    noticeVersion: notice.version,
    noticeSha256: noticeSha256(notice),
    language: notice.language,
    purpose: item.purpose,
    modality,
    lawfulBasis: 'consent',
    what: item.what,
    piiTypes: [pii],
    specialCategory: pii === 'biometric',
    optional: !item.required,
    why: item.why,
    service: particulars.service ?? null,
    collectionMethod: pii === 'location' ? LOCATED : COLLECTED[modality],
    processingMethod: processing,
    storageLocations: particulars.storageLocations ?? 'the controller’s own store, encrypted',
    processingLocations: particulars.processingLocations ?? null,
    geographicRestrictions: particulars.geographicRestrictions ?? null,
    retentionPeriod: item.howLong,
    recipients: item.withWhom,
    jurisdiction: particulars.jurisdiction ?? null,
    withdrawalMethod: 'at any time, on the page that shows what is held, as easily as it was given',
    privacyRights: PRIVACY_RIGHTS.join(', '),
    codesOfConduct: particulars.codesOfConduct ?? null,
    impactAssessment: particulars.impactAssessment ?? null,
    authority: particulars.authority ?? null,
    agreements,
    controller: notice.controller,
    guardian,
    type: 'explicit',
    state: 'granted',
    grantedAt,
    withdrawnAt: null,
    validUntil,
    signature: { method: signature.method, signedAt: signature.signedAt, evidence: '' },
    supersededBy: null,
    hold: null,
    events: [
      {
        time: grantedAt,
        validUntil,
        entity: guardian === null ? 'subject' : 'guardian',
        type: 'explicit',
        state: 'granted',
      },
    ],
  } satisfies ConsentRecord);
}

function checkFacts({ tenant, subject, modality, guardian, agreements = [] }: ConsentRequest, now: EpochMs): void {
  if (!isText(tenant, MAX_ID)) throw invalid('tenant: name the controller’s tenant');
  if (!isText(subject, MAX_ID)) throw invalid('subject: name the subject');
  if (!MODALITIES.includes(modality)) throw invalid(`modality: it is one of ${MODALITIES.join(', ')}`);
  if (!Number.isSafeInteger(now)) throw invalid('now: there is no time');
  if (guardian !== undefined && (!isText(guardian, MAX_ID) || guardian === subject))
    throw invalid('guardian: name somebody other than the subject');
  if (!Array.isArray(agreements) || agreements.length > MAX_AGREEMENTS || !agreements.every((id) => isText(id, MAX_ID)))
    throw invalid(`agreements: name 0-${MAX_AGREEMENTS} agreements by their ids`);
}

function checkPurposes(asked: readonly Purpose[], notice: Notice, modality: Modality): readonly NoticePurpose[] {
  if (!Array.isArray(asked) || asked.length === 0) throw invalid('purposes: name at least one');
  if (new Set(asked).size !== asked.length) throw invalid('purposes: name each once');
  return asked.map((value: Purpose) => {
    const purpose = checkSubjectPurpose(value);
    const item = notice.purposes.find((known) => known.purpose === purpose && known.modalities.includes(modality));
    if (item === undefined) throw invalid(`purposes: the notice does not ask for ${purpose} by ${modality}`);
    return item;
  });
}

function checkSignature(signature: ConsentRequest['signature'], now: EpochMs): void {
  const { method, name, signedAt } = signature ?? {};
  if (method !== 'typed-name') throw invalid('signature.method: only typed-name is known');
  if (!isPrintable(name, 2, 200)) throw invalid('signature.name: type your full name, 2-200 printable characters');
  if (!Number.isSafeInteger(signedAt) || Math.abs(now - signedAt) > SIGNED_WITHIN_MS)
    throw invalid('signature.signedAt: a release is signed now, neither before nor after');
}

function sameHash(given: unknown, real: string): boolean {
  const a = Buffer.from(typeof given === 'string' ? given.slice(0, 2 * real.length) : '', 'utf8');
  const b = Buffer.from(real, 'utf8');
  return a.length === b.length && timingSafeEqual(a, b);
}

function invalid(detail: string): AsignioError {
  return new AsignioError('ASIGNIO_CONSENT_INVALID', detail);
}
