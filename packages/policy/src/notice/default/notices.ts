import type { Modality } from '@asignio/contracts';
import { DEFAULT_RETENTION, RETENTION_STARTS } from '../../retention/rules.ts';
import type { RetentionRule, RetentionStart } from '../../retention/rules.ts';
import { strictestRules } from '../../retention/schedule.ts';
import type { Controller, Notice, NoticeParticulars, NoticePurpose } from '../notice.ts';
import { ARABIC } from './arabic.ts';
import { ENGLISH } from './english.ts';
import { SPANISH } from './spanish.ts';
import { lengthOf } from './words.ts';
import type { Words } from './words.ts';

/*
 * A text that was published does not change: whoever edits the words gives them a new version and date, and says whether
 * the change is material. A consent to words that are no longer registered is stale.
 */
const VERSION = '2026-01-01';
const EFFECTIVE_AT = Date.UTC(2026, 0, 1);
/** The same with face beside it: a minor change, for who agreed to signature alone agreed to nothing else. */
const FACE_VERSION = '2026-01-02-face';
const FACE_EFFECTIVE_AT = Date.UTC(2026, 0, 2);

const OF_THE_SUBJECT = RETENTION_STARTS.filter((start) => start !== 'capture');
/** A withdrawn consent is kept as evidence until the rest goes. */
const OF_THE_EVIDENCE: readonly RetentionStart[] = ['last-interaction', 'enrolment', 'written-request'];

/**
 * The notice for signing in by signature, in English, Spanish and Arabic; with `modalities` that name face a second version
 * of it that asks for face too, as a question of its own. How long data are kept is written from the
 * retention rules, so the promise and the sweep cannot differ (R10). A lawyer should read it before you rely on it; your
 * own replaces it by the option `notices`.
 *
 * @param options.controller - who is asking, and how to reach them
 * @param options.modalities - what is compared; signature alone unless told
 * @param options.retention - the rules that the system runs with; the default ones unless told
 * @throws AsignioError `ASIGNIO_RETENTION_INVALID`.
 * @example
 * ```ts
 * const [english] = defaultNotices({ controller: { name: 'Acme', contact: 'privacy@acme.example' } });
 * english.purposes[0].withWhom; // 'Nobody but Acme.'
 * ```
 */
export function defaultNotices(options: {
  readonly controller: Controller;
  readonly retention?: readonly RetentionRule[];
  readonly particulars?: NoticeParticulars;
  readonly modalities?: readonly Modality[];
}): readonly Notice[] {
  const { controller, retention = DEFAULT_RETENTION, particulars, modalities = ['signature'] } = options;
  const rules = strictestRules(retention);
  return [ENGLISH, SPANISH, ARABIC].flatMap((words) => {
    const howLong = retentionText(words, rules);
    const notice: Notice = {
      version: VERSION,
      language: words.language,
      title: words.title,
      sections: words.sections({
        controller: controller.name,
        contact: controller.contact,
        howLong,
        nameKept: nameText(words, rules),
      }),
      purposes: [
        {
          purpose: 'authentication',
          modalities: ['signature'],
          required: true,
          what: words.what,
          why: words.why,
          howLong,
          withWhom: words.withWhom(controller.name),
        },
      ],
      controller,
      ...(particulars === undefined ? {} : { particulars }),
      effectiveAt: EFFECTIVE_AT,
      material: true,
    };
    return modalities.includes('face') ? [notice, withFace(notice, words)] : [notice];
  });
}

function withFace(notice: Notice, { face }: Words): Notice {
  const [first, ...purposes] = notice.purposes as [NoticePurpose, ...NoticePurpose[]];
  const [asks, keeps, ...sections] = notice.sections as [NoticeSection, NoticeSection, ...NoticeSection[]];
  const { what, why, section, changed } = face;
  return {
    ...notice,
    version: FACE_VERSION,
    sections: [asks, keeps, section, ...sections],
    purposes: [first, { ...first, modalities: ['face'], required: true, what, why }, ...purposes],
    effectiveAt: FACE_EFFECTIVE_AT,
    material: false,
    supersedes: notice.version,
    whatChanged: changed,
  };
}

type NoticeSection = Notice['sections'][number];

function retentionText(words: Words, rules: readonly RetentionRule[]): string {
  const probes = clauses(words, rules, ['capture']);
  return [
    words.destroyed(clauses(words, rules, OF_THE_SUBJECT)),
    ...(probes === '' ? [] : [words.probesDestroyed(probes)]),
  ].join(' ');
}

function nameText(words: Words, rules: readonly RetentionRule[]): string {
  return words.nameDestroyed(clauses(words, rules, OF_THE_EVIDENCE));
}

function clauses(words: Words, rules: readonly RetentionRule[], starts: readonly RetentionStart[]): string {
  return rules
    .filter(({ from }) => starts.includes(from))
    .map((rule) => words.retention[rule.from](lengthOf(rule)))
    .join(words.separator);
}
