import { AsignioError } from '@asignio/contracts';
import type { EpochMs } from '@asignio/contracts';
import { canonicalJson } from '../canonical.ts';
import { deepFreeze } from '../checks.ts';
import { checkNotice, invalidNotice } from './check.ts';
import { noticeSha256 } from './notice.ts';
import type { Notice } from './notice.ts';

/** What a consent says of the notice that it was given under. */
export interface NoticeReference {
  readonly noticeVersion: string;
  readonly language: string;
  readonly noticeSha256: string;
}

/** Every notice there is and was. */
export interface NoticeRegister {
  /** The newest in force, in the language or one that it is a kind of (RFC 4647 lookup), or the first registered. */
  current(at: EpochMs, language?: string): Notice;
  /** @throws AsignioError `ASIGNIO_NOTICE_UNKNOWN`. */
  find(version: string, language: string): Notice;
  /**
   * A version in the language, one that it is a kind of, or the first registered.
   * @throws AsignioError `ASIGNIO_NOTICE_UNKNOWN`.
   */
  read(version: string, language: string): Notice;
  /** Whether this version is the one in force. */
  isCurrent(version: string, at: EpochMs): boolean;
  /**
   * Whether a consent to this notice still holds: it is registered, word for word as it was agreed to, and no material
   * version has come into force since (R33). An edit without a new version ends the consents that it would rewrite.
   */
  holds(reference: NoticeReference, at: EpochMs): boolean;
  /** Since when a consent to this notice no longer holds; `undefined` where it does, or where nothing tells the time. */
  staleSince(reference: NoticeReference, at: EpochMs): EpochMs | undefined;
  /** Every version, the earliest first. */
  versions(): readonly NoticeVersion[];
}

/** One version of the notice, in all its languages. */
export interface NoticeVersion {
  readonly version: string;
  readonly effectiveAt: EpochMs;
  readonly material: boolean;
  /** Languages, with the hash of the notice in each. */
  readonly languages: readonly { readonly language: string; readonly sha256: string }[];
}

/** One version in all its languages. */
interface Version {
  readonly version: string;
  readonly effectiveAt: EpochMs;
  readonly material: boolean;
  readonly notices: Map<string, { readonly notice: Notice; readonly sha256: string }>;
}

/**
 * Checks, copies, freezes and orders the notices.
 *
 * @throws AsignioError `ASIGNIO_OPTION_INVALID` for none, one that lacks something, two of one version and language, a
 * version whose languages disagree on date, materiality or what is asked, two versions of one date, and one
 * that supersedes what is not registered or not older. `ASIGNIO_PURPOSE_FORBIDDEN` for a purpose that cannot be.
 * @example
 * ```ts
 * const notices = createNoticeRegister(defaultNotices({ controller: { name: 'Acme', contact: 'privacy@acme.example' } }));
 * notices.current(Date.now(), 'es-MX').language; // 'es'
 * ```
 */
export function createNoticeRegister(notices: readonly Notice[]): NoticeRegister {
  const [first] = notices;
  if (first === undefined) throw new AsignioError('ASIGNIO_OPTION_INVALID', 'notices: give at least one notice');
  const versions = new Map<string, Version>();
  for (const given of notices) add(versions, given);
  const order = [...versions.values()].sort((a, b) => a.effectiveAt - b.effectiveAt);
  checkOrder(order, notices);
  const defaultLanguage = tag(first.language);

  function inForce(at: EpochMs): Version {
    // Before the first date the first notice holds: a clock that is wrong must not leave nobody informed.
    return order.findLast(({ effectiveAt }) => effectiveAt <= at) ?? (order[0] as Version);
  }

  function isRegistered({ noticeVersion, language, noticeSha256: agreed }: NoticeReference): boolean {
    return versions.get(noticeVersion)?.notices.get(tag(language))?.sha256 === agreed;
  }

  /** The first material version after another that is in force. */
  function materialSince(version: string, at: EpochMs): Version | undefined {
    const index = order.findIndex((known) => known.version === version);
    return order.slice(index + 1).find(({ material, effectiveAt }) => material && effectiveAt <= at);
  }

  function inLanguage({ notices: translations }: Version, language: string): Notice {
    for (let range = tag(language); range !== ''; range = shorter(range)) {
      const found = translations.get(range);
      if (found !== undefined) return found.notice;
    }
    const fallback = translations.get(defaultLanguage) ?? [...translations.values()][0];
    return (fallback as NonNullable<typeof fallback>).notice;
  }

  return {
    current(at, language = defaultLanguage) {
      return inLanguage(inForce(at), language);
    },
    read(version, language) {
      const found = versions.get(version);
      if (found === undefined) throw new AsignioError('ASIGNIO_NOTICE_UNKNOWN');
      return inLanguage(found, language);
    },
    find(version, language) {
      const found = versions.get(version)?.notices.get(tag(language));
      if (found === undefined) throw new AsignioError('ASIGNIO_NOTICE_UNKNOWN');
      return found.notice;
    },
    isCurrent(version, at) {
      return inForce(at).version === version;
    },
    holds(reference, at) {
      return isRegistered(reference) && materialSince(reference.noticeVersion, at) === undefined;
    },
    staleSince(reference, at) {
      return isRegistered(reference) ? materialSince(reference.noticeVersion, at)?.effectiveAt : undefined;
    },
    versions() {
      return order.map(({ version, effectiveAt, material, notices: translations }) => ({
        version,
        effectiveAt,
        material,
        languages: [...translations.values()].map(({ notice, sha256 }) => ({ language: notice.language, sha256 })),
      }));
    },
  };
}

function add(versions: Map<string, Version>, given: Notice): void {
  checkNotice(given);
  const notice = deepFreeze(structuredClone(given));
  const { version, effectiveAt, material } = notice;
  const known = versions.get(version) ?? { version, effectiveAt, material, notices: new Map() };
  const [sibling] = known.notices.values();
  if (known.notices.has(tag(notice.language)))
    throw invalidNotice(version, `has the language ${notice.language} twice`);
  if (sibling !== undefined && terms(sibling.notice) !== terms(notice))
    throw invalidNotice(version, 'must have the same date, materiality, predecessor and purposes in all languages');
  known.notices.set(tag(notice.language), { notice, sha256: noticeSha256(notice) });
  versions.set(version, known);
}

/** What translation does not change. */
function terms({ effectiveAt, material, supersedes, purposes }: Notice): string {
  const asked = purposes.map(({ purpose, modalities, required, validMonths }) => [
    purpose,
    [...modalities].sort(),
    required,
    validMonths,
  ]);
  return canonicalJson({ effectiveAt, material, supersedes, asked });
}

function checkOrder(order: readonly Version[], notices: readonly Notice[]): void {
  const dates = new Map(order.map(({ version, effectiveAt }) => [version, effectiveAt]));
  order.forEach(({ version, effectiveAt }, index) => {
    if (order[index + 1]?.effectiveAt === effectiveAt)
      throw invalidNotice(version, `has the same date as ${order[index + 1]?.version}: which one is in force?`);
  });
  for (const { version, supersedes } of notices) {
    if (supersedes === undefined) continue;
    const earlier = dates.get(supersedes);
    if (earlier === undefined) throw invalidNotice(version, `supersedes ${supersedes}, which is not registered`);
    if (earlier >= (dates.get(version) as number))
      throw invalidNotice(version, `supersedes ${supersedes}, which is not older`);
  }
}

/** Longer than any registered language; what is longer matches none. */
const MAX_TAG = 64;

function tag(language: unknown): string {
  // Of what is no text, no text is made: an object's own `toString` may be anything.
  return typeof language === 'string' ? language.slice(0, MAX_TAG).toLowerCase() : '';
}

/** RFC 4647 §3.4: the range without its last subtag. */
function shorter(range: string): string {
  return range.slice(0, Math.max(0, range.lastIndexOf('-'))).replace(/-[a-z0-9]$/, '');
}
