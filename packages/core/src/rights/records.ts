import type { EpochMs, Modality, Purpose, StoragePlugin } from '@asignio/contracts';
import { decisionKeptUntil, nextReminder, requestKeptUntil } from '@asignio/policy';
import type { DecisionKind, ErasureException, RequestLaw, RequestOutcome, RequestType } from '@asignio/policy';
import type { Effect } from '../effects/effect.ts';
import type { AttributeName } from './attributes.ts';
import { Repository } from '../store/repository.ts';

/** What a request has done, beside what any decision can. Each can be done any number of times with the effect of once. */
export type RightsEffect =
  | Effect
  | { readonly type: 'restrict'; readonly subject: string; readonly on: boolean; readonly at: EpochMs }
  | {
      readonly type: 'object';
      readonly subject: string;
      readonly purposes: readonly Purpose[];
      readonly on: boolean;
      readonly at: EpochMs;
    }
  | {
      readonly type: 'attributes';
      readonly subject: string;
      readonly changes: { readonly [K in AttributeName]?: Uint8Array | null };
      readonly at: EpochMs;
    }
  | { readonly type: 'end-custody'; readonly child: string; readonly guardian: string; readonly at: EpochMs }
  | { readonly type: 'forget-minor'; readonly subject: string; readonly at: EpochMs }
  | { readonly type: 'contested'; readonly decision: string; readonly contest: string }
  | {
      readonly type: 'reviewed';
      readonly decision: string;
      readonly outcome: 'upheld' | 'overridden';
      readonly at: EpochMs;
    }
  | {
      readonly type: 'erase';
      readonly subject: string;
      readonly order: string;
      readonly at: EpochMs;
      /** The life of the data that it is about. */
      readonly life?: string;
      /** Id of what asks for it, as certificates name it; a request of the person's own unless told. */
      readonly reason?: string;
    };

/** A text of a case, sealed under the case's own key. */
export type CaseText = 'statement' | 'answer' | 'reason' | 'imported';

/** A request with its deadline, and what its last change still owes. */
export interface CaseRecord {
  /** Pseudonym. */
  readonly subject: string;
  readonly type: RequestType;
  readonly law: RequestLaw;
  readonly state: 'open' | 'closed';
  readonly openedAt: EpochMs;
  readonly due: EpochMs;
  readonly extendedAt: EpochMs | null;
  readonly closedAt: EpochMs | null;
  readonly outcome: RequestOutcome | null;
  readonly exceptions: readonly ErasureException['id'][];
  /** What was written, sealed: gone when the person's keys are. */
  readonly texts: { readonly [K in CaseText]?: Uint8Array };
  readonly decision: string | null;
  /** The destruction that it ordered. */
  readonly order: string | null;
  /** Pseudonym of the operator who opened it; `null` when the person did. */
  readonly openedBy: string | null;
  readonly answeredBy: string | null;
  /** Which of the numbered summaries it is. */
  readonly slot: number | null;
  /** When operators were last reminded of it. */
  readonly remindedAt: EpochMs | null;
  readonly effects: readonly RightsEffect[];
}

/** A decision that went against somebody: what R24 needs for a person to look at it. No score. */
export interface DecisionRecord {
  readonly subject: string;
  readonly kind: DecisionKind;
  readonly at: EpochMs;
  readonly reasons: readonly string[];
  readonly modalities: readonly Modality[];
  readonly model: string;
  readonly assurance: string;
  readonly fmr: number;
  /** Id of the case that contests it. */
  readonly contest: string | null;
  readonly review: { readonly outcome: 'upheld' | 'overridden'; readonly at: EpochMs } | null;
}

/** One attribute of a person; `null` where it was removed. */
export interface AttributeRecord {
  readonly subject: string;
  readonly sealed: Uint8Array | null;
  /** When the person asked for it to be so. */
  readonly at: EpochMs;
}

/** What rights keep. */
export interface RightsRecords {
  readonly cases: Repository<CaseRecord>;
  readonly decisions: Repository<DecisionRecord>;
  readonly attributes: Repository<AttributeRecord>;
}

/** What owes something is due at once, so that the next sweep finds it. */
const OVERDUE = 0;

export function createRightsRecords(storage: StoragePlugin): RightsRecords {
  return {
    cases: new Repository(storage, 'case', (value) => ({ subject: value.subject, due: caseDue(value) })),
    attributes: new Repository(storage, 'attribute', ({ subject }) => ({ subject })),
    decisions: new Repository(storage, 'decision', (value) => ({ subject: value.subject, ...decisionDue(value) })),
  };
}

function caseDue(value: CaseRecord): EpochMs {
  if (value.effects.length > 0) return OVERDUE;
  if (value.closedAt !== null) return requestKeptUntil(value.closedAt);
  // It is closed as soon as the destruction that it ordered is done.
  return value.order === null ? reminderDue(value) : OVERDUE;
}

/** When operators are to be reminded of an open case. */
export function reminderDue({ due, remindedAt, openedAt }: CaseRecord): EpochMs {
  return nextReminder(due, remindedAt ?? openedAt);
}

/** While it is contested and not reviewed, it stays. */
function decisionDue({ at, contest, review }: DecisionRecord): { readonly due?: EpochMs } {
  if (review !== null) return { due: requestKeptUntil(review.at) };
  return contest === null ? { due: decisionKeptUntil(at) } : {};
}
