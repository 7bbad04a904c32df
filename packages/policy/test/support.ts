import { subjectId, tenantId } from '@asignio/contracts';
import type { Clock } from '@asignio/contracts';
import { createNoticeRegister, defaultNotices, grantConsent, noticeSha256 } from '@asignio/policy';
import type { ConsentRequest, Notice, NoticeRegister } from '@asignio/policy';

export const TENANT = tenantId('acme');
export const ADA = subjectId('ada');
export const NOW = Date.UTC(2027, 0, 1);
export const NOTICES = defaultNotices({ controller: { name: 'Acme', contact: 'privacy@acme.example' } });
export const ENGLISH = NOTICES.find(({ language }) => language === 'en') as Notice;
export const REGISTER = createNoticeRegister(NOTICES);

export function clockAt(start = NOW): Clock & { at: number } {
  const clock = { at: start, now: () => clock.at };
  return clock;
}

/** A release that is right in every field. */
export function release(changes: Partial<ConsentRequest> = {}): ConsentRequest {
  return {
    tenant: TENANT,
    subject: ADA,
    modality: 'signature',
    purposes: ['authentication'],
    noticeVersion: ENGLISH.version,
    noticeSha256: noticeSha256(ENGLISH),
    language: 'en',
    signature: { method: 'typed-name', name: 'Ada Lovelace', signedAt: NOW },
    notices: REGISTER,
    ...changes,
  };
}

export function consent(notices: NoticeRegister = REGISTER) {
  const [record] = grantConsent(release({ notices }), NOW);
  if (record === undefined) throw new Error('No consent was made');
  return record;
}

/** The notice after the English one: `after` ms later. */
export function successor(after: number, material: boolean): Notice {
  return {
    ...ENGLISH,
    version: `next-${after}`,
    material,
    supersedes: ENGLISH.version,
    effectiveAt: NOW + after,
  };
}

/** The code that a function throws. */
export function codeOf(work: () => unknown): string {
  try {
    work();
    return 'returned';
  } catch (error) {
    return String((error as { code?: unknown }).code);
  }
}
