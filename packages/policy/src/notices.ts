import { createHash } from 'node:crypto';
import { AsignioError } from '@asignio/contracts';
import type { EpochMs, Modality, Purpose } from '@asignio/contracts';
import { canonicalJson } from './canonical.ts';
import { checkPurpose } from './purposes.ts';

/** One purpose as a person reads it: each can be agreed to apart. */
export interface NoticePurpose {
  readonly purpose: Purpose;
  readonly modalities: readonly Modality[];
  /** Without it the service cannot be had in this form; the other way in remains. */
  readonly required: boolean;
  readonly what: string;
  readonly why: string;
  readonly howLong: string;
  readonly withWhom: string;
}

/** A privacy notice: one version in one language. */
export interface Notice {
  readonly version: string;
  /** BCP 47. */
  readonly language: string;
  readonly title: string;
  readonly sections: readonly { readonly heading: string; readonly text: string }[];
  readonly purposes: readonly NoticePurpose[];
  readonly controller: { readonly name: string; readonly contact: string };
  readonly effectiveAt: EpochMs;
  /** Whether consents to the version before go stale with it (R33). */
  readonly material: boolean;
  readonly supersedes?: string;
}

/** Every notice there is and was. */
export interface NoticeRegister {
  /** The newest in force, in the language, or its base language, or the first that was registered. */
  current(at: EpochMs, language?: string): Notice;
  /** @throws AsignioError `ASIGNIO_NOTICE_UNKNOWN`. */
  find(version: string, language: string): Notice;
  /** Whether a consent to this version still holds: no material version has come into force since. */
  holds(version: string, at: EpochMs): boolean;
}

/** SHA-256, hex, of the notice's canonical JSON: what a consent refers to. */
export function noticeSha256(notice: Notice): string {
  return createHash('sha256').update(canonicalJson(notice), 'utf8').digest('hex');
}

/**
 * Checks and orders the notices.
 * @throws AsignioError `ASIGNIO_OPTION_INVALID` for two of one version and language, a version whose languages disagree
 * on date or materiality, or none.
 */
export function createNoticeRegister(notices: readonly Notice[]): NoticeRegister {
  const [first] = notices;
  if (first === undefined) throw new AsignioError('ASIGNIO_OPTION_INVALID', 'notices: give at least one notice');
  const versions = new Map<string, Map<string, Notice>>();
  for (const notice of notices) {
    checkNotice(notice);
    const languages = versions.get(notice.version) ?? new Map<string, Notice>();
    const [sibling] = languages.values();
    if (languages.has(notice.language)) throw invalid(notice, `has the language ${notice.language} twice`);
    if (sibling !== undefined && (sibling.effectiveAt !== notice.effectiveAt || sibling.material !== notice.material))
      throw invalid(notice, 'must have one date and one materiality in all languages');
    versions.set(notice.version, languages.set(notice.language, notice));
  }
  const order = [...versions.values()]
    .map((languages) => [...languages.values()] as [Notice, ...Notice[]])
    .sort((a, b) => a[0].effectiveAt - b[0].effectiveAt);

  function inForce(at: EpochMs): readonly Notice[] {
    // Before the first date the first notice holds: a clock set wrong must not leave nobody informed.
    return order.findLast(([notice]) => notice.effectiveAt <= at) ?? (order[0] as readonly Notice[]);
  }

  return {
    current(at, language = first.language) {
      const candidates = inForce(at);
      const base = language.split('-')[0];
      return (
        candidates.find((notice) => notice.language === language) ??
        candidates.find((notice) => notice.language === base) ??
        candidates.find((notice) => notice.language === first.language) ??
        (candidates[0] as Notice)
      );
    },
    find(version, language) {
      const notice = versions.get(version)?.get(language);
      if (notice === undefined) throw new AsignioError('ASIGNIO_NOTICE_UNKNOWN');
      return notice;
    },
    holds(version, at) {
      const index = order.findIndex(([notice]) => notice.version === version);
      if (index === -1) return false;
      return !order.slice(index + 1).some(([notice]) => notice.material && notice.effectiveAt <= at);
    },
  };
}

function checkNotice(notice: Notice): void {
  for (const field of ['version', 'language', 'title'] as const)
    if (typeof notice[field] !== 'string' || notice[field] === '') throw invalid(notice, `lacks ${field}`);
  if (!Number.isSafeInteger(notice.effectiveAt)) throw invalid(notice, 'lacks effectiveAt, in ms');
  if (typeof notice.material !== 'boolean') throw invalid(notice, 'must say whether it is a material change');
  if (notice.purposes.length === 0) throw invalid(notice, 'lists no purpose');
  for (const { purpose, what, why, howLong, withWhom } of notice.purposes) {
    checkPurpose(purpose);
    if ([what, why, howLong, withWhom].some((text) => text.trim() === ''))
      throw invalid(notice, `must say what, why, how long and with whom for ${purpose}`);
  }
}

function invalid(notice: Notice, complaint: string): AsignioError {
  return new AsignioError('ASIGNIO_OPTION_INVALID', `notices: version ${notice.version} ${complaint}`);
}
