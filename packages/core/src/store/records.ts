import type {
  BesideSample,
  CeremonyKind,
  Decision,
  EpochMs,
  ErrorCode,
  Factor,
  Modality,
  StoragePlugin,
  WrappedKey,
} from '@asignio/contracts';
import { upgradeConsent } from '@asignio/policy';
import type { Claim, Confirmation, ConsentRecord, Region, Scope, Standing } from '@asignio/policy';
import type { AuthenticatorProof } from '../assurance.ts';
import type { Effect } from '../effects/effect.ts';
import { Repository } from './repository.ts';

/*
 * What the core keeps. A subject is named by pseudonym in every record; the host's own id of a subject stands only in a
 * ceremony, sealed, for the minutes that it lives.
 */

/** A subject whose data are held. Made at the first consent, gone with the last datum. */
export interface SubjectRecord {
  /** Random; names this life of the data. Who comes back after an erasure begins another. */
  readonly life: string;
  readonly createdAt: EpochMs;
  /** R7: moved by the subject's own doing alone. */
  readonly lastInteraction: EpochMs;
  /** R6: when the sweep destroys, from the retention rules. */
  readonly due: EpochMs;
  readonly rule: string;
  /** R6: where the subject is, ISO 3166: the laws of these places count beside the rules for everybody. */
  readonly places?: readonly Region[];
  /** R6: since when the data have served their purpose; absent as long as they serve it. */
  readonly purposeEndedAt?: EpochMs;
  /** R21, R23, R34: what stands between consent and a permit; absent in records of before there was such a thing. */
  readonly standing?: Standing;
  /** When the subject last asked for each change of standing, so that none is undone by an older one. */
  readonly askedAt?: { readonly [aspect: string]: EpochMs };
  /** R8: what is not destroyed for now. Absent: nothing. */
  readonly holds?: readonly HoldMark[];
  /** Destructions that were ordered and are not done: by them, and by `holds`, what destroys and what keeps agree. */
  readonly orders?: readonly OrderMark[];
  /** What is being destroyed elsewhere at the moment, by itself. */
  readonly takings?: readonly { readonly id: string; readonly modality: Modality | null }[];
  /** What the last changes of this record still owe. */
  readonly effects?: readonly Effect[];
}

/** A hold, as far as a destruction must know it. */
export interface HoldMark {
  /** Of the record that says who asked for it. */
  readonly id: string;
  readonly scope: Scope;
}

/** A destruction that was ordered. */
export interface OrderMark {
  /** Of the record that says why, and how far it is. */
  readonly id: string;
  readonly scope: Scope;
  /** What it takes now; from then on no hold stops it. `null`: it waits for the end of a hold. */
  readonly claim: Claim | null;
  /** Grows with each claim. */
  readonly turn: number;
  /** What an earlier claim left; `null` before the first was done. */
  readonly rest: readonly Modality[] | null;
}

/** A consent with the follow-ups that its last change still owes. */
export interface StoredConsent {
  readonly consent: ConsentRecord;
  /** The subject's pseudonym; `null` once the subject is erased and only the evidence of compliance stays. */
  readonly subject: string | null;
  readonly effects: readonly Effect[];
}

/** A wrapped data key: kept apart, destroyed to destroy what it seals. */
export interface KeyRecord {
  readonly wrapped: WrappedKey;
  /** Pseudonym of the subject, `null` for the tenant's own. */
  readonly subject: string | null;
  readonly modality: Modality | null;
  readonly createdAt: EpochMs;
  /**
   * Digests of the sealed references that it may open; any, where there are none. Authenticated by the key's wrapping, so
   * that an earlier reference of the same enrolment cannot be put back.
   */
  readonly opens?: readonly string[];
}

/** A sealed reference. */
export interface ReferenceRecord {
  readonly subject: string;
  readonly modality: Modality;
  readonly variant: string;
  readonly consent: string;
  /** Id of its key record. */
  readonly key: string;
  readonly sealed: Uint8Array;
  /** Grows with each adaptation; part of the associated data. */
  readonly generation: number;
  readonly samples: number;
  readonly established: boolean;
  readonly createdAt: EpochMs;
  readonly model: { readonly name: string; readonly version: string };
  /** Ceremonies whose probe was added. */
  readonly adaptations: readonly string[];
  /** When a newer one took its place, though a hold keeps it (R8, R19): it is never compared with again. */
  readonly revokedAt?: EpochMs;
}

/** Features of an accepted probe, sealed, kept for a while so that its replay is recognised. */
export interface ProbeRecord {
  readonly subject: string;
  readonly reference: string;
  readonly generation: number;
  readonly sealed: Uint8Array;
  readonly expiresAt: EpochMs;
  /** When the sweep looks again at one that is too old and under hold. */
  readonly lookAt?: EpochMs;
}

/** Consecutive failures of one subject id, whether it exists or not. */
export interface AttemptsRecord {
  readonly failures: number;
  readonly lastAt: EpochMs;
  readonly inFlight: readonly { readonly ceremony: string; readonly until: EpochMs }[];
  /** Ceremonies that were counted, newest last. */
  readonly counted: readonly string[];
  readonly keepUntil: EpochMs;
}

/** What became of a verification sample. */
export interface SampleResult {
  readonly status: 'comparing' | 'compared' | 'not-acquired' | 'denied' | 'not-enrolled' | 'failed';
  /** A `comparing` older than this was interrupted. */
  readonly until: EpochMs;
  /** Sealed {@link ComparisonOutcome}; only when compared. */
  readonly outcome: Uint8Array | null;
  /** Why not, by code. */
  readonly reason: string | null;
  readonly reference: string | null;
  readonly generation: number | null;
  /** The probe's features, sealed by the engine under the reference's key. */
  readonly probe: Uint8Array | null;
}

/** Prompts of one modality, as far as they are drawn. */
export interface ChallengeRecord {
  /** base64url. */
  readonly nonce: string;
  readonly steps: readonly {
    readonly prompt: string;
    readonly shownAt: EpochMs;
    /** base64url; `null` while the prompt is open. */
    readonly commitment: string | null;
    readonly heldAt: EpochMs | null;
  }[];
  /** Challenges begun for this sample. */
  readonly tries: number;
  /** The modality of which a sample is made in the last step, and what was said of it; absent where none is. */
  readonly beside?: { readonly modality: Modality; readonly sample: BesideSample | null };
}

/** One ceremony. */
export interface CeremonyRecord {
  readonly kind: CeremonyKind;
  readonly state: 'open' | 'deciding' | 'decided' | 'redeemed';
  readonly modalities: readonly Modality[];
  readonly subject: string;
  readonly sealedSubject: Uint8Array;
  readonly signedIn: boolean;
  readonly origin: string;
  /** SHA-256 of the binding secret. */
  readonly binding: Uint8Array;
  readonly assurance: string;
  /** What was asked for has the samples made in one sitting, one while another modality looks on. */
  readonly together?: true;
  /** What the host verified when it began; absent in records of before there was such a thing. */
  readonly authenticator?: AuthenticatorProof | null;
  readonly createdAt: EpochMs;
  readonly expiresAt: EpochMs;
  /** Enrolment: id of the data key and the sealed parts so far. */
  readonly key: string | null;
  readonly consent: string | null;
  readonly parts: readonly Uint8Array[];
  readonly submissions: number;
  /** Verification: by modality. */
  readonly results: { readonly [M in Modality]?: SampleResult };
  /** Of modalities that prompt, by modality; absent in records of before there was such a thing. */
  readonly challenges?: { readonly [M in Modality]?: ChallengeRecord };
  readonly decision: Decision | null;
  readonly reasons: readonly string[];
  readonly decidedAt: EpochMs | null;
  readonly factors: readonly Factor[];
  readonly satisfied: readonly string[];
  readonly effects: readonly Effect[];
}

/** A destruction under way or done. */
export interface DestructionRecord {
  readonly subject: string;
  /** One modality's references, or all that is held. */
  readonly scope: Scope;
  readonly reason: string;
  /** When it was ordered. */
  readonly startedAt: EpochMs;
  /** `held`: nothing, or not all, may be destroyed before the end of a hold. */
  readonly state: 'running' | 'held' | 'done';
  /** Records found when a claim began, by step; one entry a turn. */
  readonly inventories: { readonly [turn: string]: { readonly [step: string]: number } };
  /** What others said of their copies. */
  readonly confirmations: readonly Confirmation[];
  readonly certificate: string | null;
  /** Failures since the last success, and the code of the last one. */
  readonly attempts: number;
  readonly lastError: ErrorCode | null;
  /** When the sweep tries again. */
  readonly retryAt: EpochMs;
  /** Whether it takes back what the subject agreed to, as the subject's own request does. */
  readonly withdraws: boolean;
  /** Audit entries that are owed once all is destroyed. */
  readonly effects: readonly Effect[];
}

/** A legal hold (R8), as evidence: it outlives what it held, by pseudonym. */
export interface HoldRecord {
  readonly subject: string;
  readonly scope: Scope;
  /** Authority and reference, sealed under the tenant's key: they may name a person. */
  readonly sealed: Uint8Array;
  readonly reviewAt: EpochMs;
  readonly placedAt: EpochMs;
  /** Pseudonym of the operator, or `host`. */
  readonly placedBy: string;
  readonly releasedAt: EpochMs | null;
  readonly releasedBy: string | null;
}

/** All repositories over one storage plugin. */
export interface Repositories {
  readonly subjects: Repository<SubjectRecord>;
  readonly consents: Repository<StoredConsent>;
  readonly keys: Repository<KeyRecord>;
  readonly references: Repository<ReferenceRecord>;
  readonly probes: Repository<ProbeRecord>;
  readonly attempts: Repository<AttemptsRecord>;
  readonly ceremonies: Repository<CeremonyRecord>;
  readonly destructions: Repository<DestructionRecord>;
  readonly holds: Repository<HoldRecord>;
}

/** A record whose follow-ups are not done is due at once, so that the next sweep finds it. */
export const OVERDUE = 0;

/** The end of a hold wakes what waits for it; in case nobody did, the sweep looks at it after this, ms: 30 days. */
export const HELD_LOOK_MS = 30 * 86_400_000;

/** Expiry of a ceremony that a withdrawal put an end to: before every time. */
export const CANCELLED = 0;

/** How long a decided ceremony stays readable, ms. */
export const DECIDED_KEPT_MS = 10 * 60_000;

export function createRepositories(storage: StoragePlugin): Repositories {
  return {
    subjects: new Repository(storage, 'subject', (value, id) => ({ subject: id, ...subjectDue(value) })),
    consents: new Repository(
      storage,
      'consent',
      (value) => ({
        ...(value.subject === null ? {} : { subject: value.subject }),
        ...(value.effects.length === 0 ? {} : { due: OVERDUE }),
      }),
      (value) => ({ ...value, consent: upgradeConsent(value.consent) }),
    ),
    keys: new Repository(storage, 'key', (value) => (value.subject === null ? {} : { subject: value.subject })),
    references: new Repository(storage, 'reference', (value) => ({ subject: value.subject })),
    probes: new Repository(storage, 'probe', (value) => ({
      subject: value.subject,
      due: value.lookAt ?? value.expiresAt,
    })),
    attempts: new Repository(storage, 'attempts', (value, id) => ({ subject: id, due: value.keepUntil })),
    ceremonies: new Repository(storage, 'ceremony', (value) => ({
      subject: value.subject,
      due:
        value.effects.length > 0
          ? OVERDUE
          : value.decidedAt === null
            ? value.expiresAt
            : value.decidedAt + DECIDED_KEPT_MS,
    })),
    holds: new Repository(storage, 'hold', (value) => ({
      subject: value.subject,
      ...(value.releasedAt === null ? { due: value.reviewAt } : {}),
    })),
    destructions: new Repository(storage, 'destruction', (value) => ({
      subject: value.subject,
      ...(value.state === 'done' ? {} : { due: value.retryAt }),
    })),
  };
}

/** One whose data wait for the end of a hold, or are being destroyed, is found by the order and not again by its date. */
function subjectDue({ due, orders = [], effects = [] }: SubjectRecord): { readonly due?: EpochMs } {
  if (effects.length > 0) return { due: OVERDUE };
  return orders.some(({ scope }) => scope === 'all') ? {} : { due };
}
