import { randomBytes, timingSafeEqual } from 'node:crypto';
import { AsignioError } from '@asignio/contracts';
import type { ConsentId, EpochMs, Modality, Purpose, SubjectId, TenantId } from '@asignio/contracts';
import { noticeSha256 } from './notices.ts';
import type { Notice, NoticePurpose, NoticeRegister } from './notices.ts';
import { checkPurpose } from './purposes.ts';

/**
 * A consent to one purpose and modality, in the structure of ISO/IEC TS 27560:2023 (header, processing, party, event)
 * with what biometrics add: modality, the notice's hash, the signature under the release. Plain JSON.
 */
export interface ConsentRecord {
  // Header
  readonly schemaVersion: 'ISO/IEC TS 27560:2023 asignio/1';
  readonly id: ConsentId;
  readonly tenant: TenantId;
  /** PII principal. */
  readonly subject: string;
  // Processing
  readonly noticeVersion: string;
  readonly noticeSha256: string;
  readonly language: string;
  readonly purpose: Purpose;
  readonly modality: Modality;
  readonly lawfulBasis: 'consent';
  readonly what: string;
  readonly why: string;
  readonly retentionPeriod: string;
  readonly recipients: string;
  readonly collectionMethod: string;
  readonly processingMethod: string;
  readonly storageLocations: string;
  readonly withdrawalMethod: string;
  readonly privacyRights: string;
  // Party
  readonly controller: { readonly name: string; readonly contact: string };
  // Event
  readonly state: 'granted' | 'withdrawn';
  readonly grantedAt: EpochMs;
  readonly withdrawnAt: EpochMs | null;
  readonly validUntil: EpochMs | null;
  readonly signature: {
    readonly method: 'typed-name';
    readonly signedAt: EpochMs;
    /** Opaque to this package: the caller's sealed form of what was signed. */
    readonly evidence: string;
  };
  readonly supersededBy: ConsentId | null;
}

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
}

/** A signature dated further from now than this is not of now, ms. */
const SIGNED_WITHIN_MS = 5 * 60_000;
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;

/**
 * Makes one record per purpose (R5), or refuses the release as a whole.
 *
 * The typed name is checked here and stands in no record: the caller seals it and sets `signature.evidence`.
 * @throws AsignioError `ASIGNIO_CONSENT_INVALID` naming the field, `ASIGNIO_NOTICE_UNKNOWN`, `ASIGNIO_PURPOSE_FORBIDDEN`.
 */
export function grantConsent(request: ConsentRequest, now: EpochMs): readonly ConsentRecord[] {
  const { notices, modality, signature } = request;
  const notice = notices.find(request.noticeVersion, request.language);
  if (notices.current(now, request.language).version !== notice.version)
    throw invalid('noticeVersion: the notice has been replaced; show the current one');
  if (!sameHash(request.noticeSha256, noticeSha256(notice)))
    throw invalid('noticeSha256: it is not the hash of that notice; show the notice again');
  checkSignature(signature, now);
  const purposes = checkPurposes(request.purposes, notice, modality);
  return purposes.map((item) => record(request, notice, item, now));
}

/** The same consent, withdrawn. A clock that was set back does not date it before it was given. */
export function withdrawConsent(consent: ConsentRecord, now: EpochMs): ConsentRecord {
  return consent.state === 'withdrawn'
    ? consent
    : { ...consent, state: 'withdrawn', withdrawnAt: Math.max(now, consent.grantedAt) };
}

/** How a consent stands at a moment. Only `granted` permits anything. */
export function consentState(
  consent: ConsentRecord,
  notices: NoticeRegister,
  at: EpochMs,
): 'granted' | 'withdrawn' | 'stale' | 'expired' {
  if (consent.state !== 'granted' || consent.supersededBy !== null) return 'withdrawn';
  if (consent.validUntil !== null && at >= consent.validUntil) return 'expired';
  return notices.holds(consent.noticeVersion, at) ? 'granted' : 'stale';
}

function record(request: ConsentRequest, notice: Notice, item: NoticePurpose, now: EpochMs): ConsentRecord {
  const { tenant, subject, modality, language, signature } = request;
  return {
    schemaVersion: 'ISO/IEC TS 27560:2023 asignio/1',
    id: randomBytes(16).toString('base64url') as ConsentId,
    tenant,
    subject,
    noticeVersion: notice.version,
    noticeSha256: noticeSha256(notice),
    language,
    purpose: item.purpose,
    modality,
    lawfulBasis: 'consent',
    what: item.what,
    why: item.why,
    retentionPeriod: item.howLong,
    recipients: item.withWhom,
    collectionMethod: 'drawn by the subject in the browser',
    processingMethod: 'automated 1:1 comparison',
    storageLocations: 'the controller’s own store, encrypted',
    withdrawalMethod: 'at any time, on the page “My data”, as easily as it was given',
    privacyRights: 'access, receipt, withdrawal, erasure',
    controller: notice.controller,
    state: 'granted',
    grantedAt: now,
    withdrawnAt: null,
    validUntil: null,
    signature: { method: signature.method, signedAt: signature.signedAt, evidence: '' },
    supersededBy: null,
  };
}

function checkPurposes(asked: readonly Purpose[], notice: Notice, modality: Modality): readonly NoticePurpose[] {
  if (asked.length === 0) throw invalid('purposes: name at least one');
  if (new Set(asked).size !== asked.length) throw invalid('purposes: name each once');
  return asked.map((value) => {
    const purpose = checkPurpose(value);
    const item = notice.purposes.find((known) => known.purpose === purpose && known.modalities.includes(modality));
    if (item === undefined) throw invalid(`purposes: the notice does not ask for ${purpose} by ${modality}`);
    return item;
  });
}

function checkSignature({ method, name, signedAt }: ConsentRequest['signature'], now: EpochMs): void {
  if (method !== 'typed-name') throw invalid('signature.method: only typed-name is known');
  const length = typeof name === 'string' ? name.trim().length : 0;
  if (length < 2 || length > 200 || UNPRINTABLE.test(name))
    throw invalid('signature.name: type your full name, 2-200 printable characters');
  if (!Number.isSafeInteger(signedAt) || Math.abs(now - signedAt) > SIGNED_WITHIN_MS)
    throw invalid('signature.signedAt: a release is signed now, neither before nor after');
}

function sameHash(given: string, real: string): boolean {
  const a = Buffer.from(given, 'utf8');
  const b = Buffer.from(real, 'utf8');
  return a.length === b.length && timingSafeEqual(a, b);
}

function invalid(detail: string): AsignioError {
  return new AsignioError('ASIGNIO_CONSENT_INVALID', detail);
}
