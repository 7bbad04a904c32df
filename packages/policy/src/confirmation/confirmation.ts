import type { EpochMs, Modality, Purpose, RecordKind } from '@asignio/contracts';
import { confirmationWords } from './words.ts';
import type { ConfirmationWords } from './words.ts';

/** What is held about somebody, as a confirmation states it (R3). Times are ms since the epoch. */
export interface ConfirmationFacts {
  /** As the host names the person. */
  readonly subject: string;
  /** Who holds it. */
  readonly controller: { readonly name: string; readonly contact: string };
  readonly issuedAt: EpochMs;
  readonly enrolments: readonly {
    readonly modality: Modality;
    readonly variant: string;
    readonly createdAt: EpochMs;
    readonly samples: number;
    readonly established: boolean;
    readonly recentProbes: number;
  }[];
  readonly consents: readonly {
    readonly purpose: Purpose;
    readonly modality: Modality;
    readonly state: 'granted' | 'withdrawn' | 'stale' | 'expired';
    readonly noticeVersion: string;
    readonly grantedAt: EpochMs;
    readonly withdrawnAt?: EpochMs;
  }[];
  /** `sentence`: when that is, to follow "Your data are destroyed", in the language of the confirmation. */
  readonly retention: { readonly due: EpochMs; readonly rule: string; readonly sentence: string } | null;
  /** Destructions that are under way, or wait for the end of a legal hold. */
  readonly destructions: readonly { readonly orderedAt: EpochMs; readonly state: 'running' | 'held' | 'done' }[];
  /** Names of all to whom something may have gone. */
  readonly recipients: readonly string[];
  /** How many records of each kind there are; kinds without any are left out. */
  readonly records: { readonly [kind in RecordKind]?: number };
}

/**
 * The written confirmation (R3) as text, in English, Spanish or Arabic; English for other languages. It says what is held
 * and holds nothing of it: no drawing, no number of one.
 * @example
 * ```ts
 * confirmationText(facts, 'es-MX').split('\n')[0]; // 'Confirmación de lo que guardamos sobre usted'
 * ```
 */
export function confirmationText(facts: ConfirmationFacts, language?: string): string {
  const words = confirmationWords(language);
  const blocks = [
    [words.title],
    [
      words.madeFor(facts.subject, moment(facts.issuedAt)),
      words.madeBy(facts.controller.name, facts.controller.contact),
    ],
    [
      words.enrolments,
      ...listed(
        facts.enrolments.map((one) => enrolmentLine(one, words)),
        words.noEnrolment,
      ),
    ],
    [
      words.consents,
      ...listed(
        facts.consents.map((one) => consentLine(one, words)),
        words.noConsent,
      ),
    ],
    [words.retention, ...retentionLines(facts, words)],
    [words.recipients, ...listed(facts.recipients, words.nobody)],
    [words.records, ...listed(recordLines(facts, words), words.noRecord)],
    [words.notKept],
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** To the minute in UTC, in a form that no language reads in another way. */
function moment(at: EpochMs): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function day(at: EpochMs): string {
  return new Date(at).toISOString().slice(0, 10);
}

function listed(items: readonly string[], none: string): readonly string[] {
  return items.length === 0 ? [`- ${none}`] : items.map((item) => `- ${item}`);
}

function enrolmentLine(one: ConfirmationFacts['enrolments'][number], words: ConfirmationWords): string {
  const { modality, variant, createdAt, samples, established, recentProbes } = one;
  return [
    words.enrolment(words.modalities[modality], words.variants[variant] ?? variant, day(createdAt), samples),
    ...(established ? [] : [words.provisional]),
    ...(recentProbes === 0 ? [] : [words.probes(recentProbes)]),
  ].join(words.separator);
}

function consentLine(one: ConfirmationFacts['consents'][number], words: ConfirmationWords): string {
  const { purpose, modality, state, noticeVersion, grantedAt, withdrawnAt } = one;
  return [
    words.consent(words.purposes[purpose], words.modalities[modality], day(grantedAt), noticeVersion),
    withdrawnAt === undefined ? words.states[state] : words.withdrawn(day(withdrawnAt)),
  ].join(words.separator);
}

function retentionLines(facts: ConfirmationFacts, words: ConfirmationWords): readonly string[] {
  const { retention, destructions } = facts;
  return listed(
    [
      ...(retention === null ? [] : [words.due(day(retention.due), retention.sentence)]),
      ...destructions.map(({ orderedAt, state }) => words.destruction[state](day(orderedAt))),
    ],
    words.noDate,
  );
}

function recordLines({ records }: ConfirmationFacts, words: ConfirmationWords): readonly string[] {
  return Object.entries(records).map(([kind, count]) => `${words.kinds[kind as RecordKind]}: ${count}`);
}
