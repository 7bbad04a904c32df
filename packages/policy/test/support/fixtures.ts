import { AsignioError, subjectId, tenantId } from '@asignio/contracts';
import type { Clock, EpochMs, Purpose } from '@asignio/contracts';
import { createNoticeRegister, defaultNotices, grantConsent, noticeSha256, withEvidence } from '@asignio/policy';
import type { ConsentRecord, ConsentRequest, Notice, NoticeRegister } from '@asignio/policy';

export const TENANT = tenantId('acme');
/** A pseudonym, as the core names subjects. */
export const ADA = subjectId('q0H0mJ3xJ2VbC0dY1mPz7w');
export const CONTROLLER = { name: 'Acme', contact: 'privacy@acme.example' };
export const NOW = Date.UTC(2026, 5, 15, 12);
export const HOUR = 3_600_000;

/** A clock that stands still until it is set. */
export function stoppedClock(at: EpochMs = NOW): Clock & { set(at: EpochMs): void; advance(ms: number): void } {
  let now = at;
  return {
    now: () => now,
    set: (to) => {
      now = to;
    },
    advance: (ms) => {
      now += ms;
    },
  };
}

export const ENGLISH = defaultNotices({ controller: CONTROLLER })[0] as Notice;

/** The English notice with something changed. */
export function notice(changes: Partial<Notice> = {}): Notice {
  return { ...ENGLISH, ...changes };
}

/** A notice that asks for purposes beside signing in. */
export function askingFor(...purposes: Purpose[]): Notice {
  const [first] = ENGLISH.purposes as [Notice['purposes'][number]];
  return notice({ purposes: purposes.map((purpose) => ({ ...first, purpose })) });
}

export const NOTICES = createNoticeRegister([ENGLISH]);

/** A right release of the notice in force, with something changed. */
export function release(changes: Partial<ConsentRequest> = {}, now: EpochMs = NOW): ConsentRequest {
  const notices: NoticeRegister = changes.notices ?? NOTICES;
  const shown = notices.current(now, 'en');
  return {
    tenant: TENANT,
    subject: ADA,
    modality: 'signature',
    purposes: ['authentication'],
    noticeVersion: shown.version,
    noticeSha256: noticeSha256(shown),
    language: shown.language,
    signature: { method: 'typed-name', name: 'Ada Lovelace', signedAt: now },
    notices,
    ...changes,
  };
}

/** A consent as the core stores it: granted, and its signature sealed. */
export function consent(changes: Partial<ConsentRequest> = {}, now: EpochMs = NOW): ConsentRecord {
  return withEvidence(grantConsent(release(changes, now), now)[0] as ConsentRecord, 'c2VhbGVk');
}

/** The refusal that something ends in; fails when it does not throw one of ours. */
export function refusalOf(deed: () => unknown): AsignioError {
  try {
    deed();
  } catch (error) {
    if (error instanceof AsignioError) return error;
    throw error;
  }
  throw new Error('It was not refused');
}

export function codeOf(deed: () => unknown): string {
  return refusalOf(deed).code;
}

/** As {@link codeOf}, and `passed` where nothing was refused. */
export function outcomeOf(deed: () => unknown): string {
  try {
    deed();
    return 'passed';
  } catch (error) {
    return error instanceof AsignioError ? error.code : String(error);
  }
}
