import type { AuditEventName, EpochMs, Modality, RecordKind } from '@asignio/contracts';
import type { Region, Scope } from '@asignio/policy';
import type { AuditData } from '../audit/entry.ts';
import type { DecisionFacts } from '../rights/decision-log.ts';
import type { HoldRecord, ReferenceRecord } from '../store/records.ts';

/**
 * A follow-up of a decision, written in the same compare-and-set as the decision itself and done afterwards. Each can be
 * done any number of times with the effect of once, so that whoever finds it after a crash finishes it.
 */
export type Effect =
  | {
      readonly type: 'audit';
      /** Unique in the chain. */
      readonly id: string;
      readonly event: AuditEventName;
      readonly subject: string | null;
      readonly at: EpochMs;
      readonly data: AuditData;
    }
  | {
      readonly type: 'attempt';
      readonly subject: string;
      readonly ceremony: string;
      readonly success: boolean;
      readonly at: EpochMs;
      /** R24: what is kept of a lockout that this failure brings about. */
      readonly decision?: DecisionFacts;
    }
  /** R24: why somebody was not let in. */
  | { readonly type: 'decision'; readonly decision: DecisionFacts }
  | { readonly type: 'attempts-reset'; readonly subject: string; readonly at: EpochMs }
  | { readonly type: 'interaction'; readonly subject: string; readonly at: EpochMs }
  /** A consent is held of the subject, so there is a subject whose data have a due date. */
  | {
      readonly type: 'start';
      readonly subject: string;
      readonly at: EpochMs;
      /** Where the subject is. */
      readonly places?: readonly Region[];
    }
  /** R33: how to reach the person, as a consent told it. */
  | {
      readonly type: 'contact';
      readonly subject: string;
      /** The host's id of the person, sealed under a key of theirs. */
      readonly sealed: Uint8Array;
      readonly key: string;
      readonly language: string;
      readonly at: EpochMs;
    }
  /** R33: whoever agrees to a notice that is about to change is told at once. */
  | { readonly type: 'announce'; readonly subject: string; readonly at: EpochMs }
  /** R31: consent to location was taken back. */
  | { readonly type: 'forget-places'; readonly subject: string; readonly at: EpochMs }
  /** Older consents to the same are replaced by a newer one. */
  | { readonly type: 'supersede-consents'; readonly subject: string; readonly by: string }
  /** Who takes back an agreement takes back every copy of it (R4). */
  | { readonly type: 'withdraw-copies'; readonly subject: string; readonly of: string; readonly at: EpochMs }
  /** R9: what vendors hold under a consent that is gone. */
  | { readonly type: 'destroy-copies'; readonly subject: string; readonly modality: Modality }
  | { readonly type: 'activate'; readonly id: string; readonly reference: ReferenceRecord }
  /** R19: the subject's own wish, `by` the request for it. */
  | { readonly type: 'revoke'; readonly reference: string; readonly at: EpochMs; readonly by: string }
  | { readonly type: 'discard-key'; readonly key: string }
  | {
      readonly type: 'probe';
      readonly subject: string;
      readonly id: string;
      readonly reference: string;
      readonly generation: number;
      readonly sealed: Uint8Array;
      readonly at: EpochMs;
    }
  | {
      readonly type: 'adapt';
      readonly subject: string;
      readonly ceremony: string;
      readonly modality: Modality;
      readonly reference: string;
      readonly probe: Uint8Array;
      readonly generation: number;
      readonly at: EpochMs;
    }
  | {
      readonly type: 'cancel-ceremonies';
      readonly subject: string;
      readonly modality: Modality | 'all';
      readonly at: EpochMs;
    }
  | {
      readonly type: 'destroy';
      readonly id: string;
      readonly subject: string;
      readonly scope: Scope;
      readonly reason: string;
      readonly at: EpochMs;
      /** The life of the data that it is about; of another it destroys nothing. */
      readonly life?: string;
      /** Whether it takes back what the subject agreed to, as a request of their own does. */
      readonly withdraws?: boolean;
      /** Whether it is also about somebody who never agreed to anything, and of whom there is no record as a subject. */
      readonly anybody?: boolean;
      /** Audit entries that follow once all is destroyed. */
      readonly owed?: readonly Extract<Effect, { type: 'audit' }>[];
    }
  /** A few records of a subject, destroyed because they are too old or replaced; not while they are under hold. */
  | {
      readonly type: 'remove';
      readonly id: string;
      readonly subject: string;
      readonly modality: Modality | null;
      readonly records: readonly { readonly kind: RecordKind; readonly id: string }[];
    }
  /** The record that says who asked for a hold, and why. */
  | { readonly type: 'hold'; readonly id: string; readonly hold: HoldRecord }
  | { readonly type: 'release'; readonly id: string; readonly at: EpochMs; readonly by: string }
  /** A hold has ended: what waited for it goes on. */
  | { readonly type: 'resume'; readonly id: string; readonly subject: string; readonly at: EpochMs };

/** The audit entries among effects, in their order. */
export function auditOf(effects: readonly Effect[]): readonly Extract<Effect, { type: 'audit' }>[] {
  return effects.filter((effect) => effect.type === 'audit');
}
