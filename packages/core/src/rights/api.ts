import type { ConsentId, EpochMs, Modality, Purpose, SubjectId, TenantId } from '@asignio/contracts';
import type {
  AgeBand,
  AgeStatement,
  DecisionKind,
  ErasureException,
  GuardianEvidence,
  GuardianRelation,
  Regulator,
  RequesterFactor,
  RequesterProof,
  RequestLaw,
  RequestOutcome,
  RequestType,
  SaleStatus,
  ScheduleRow,
  SummaryCategory,
} from '@asignio/policy';
import type { ConsentView, GrantRequest, HeldData } from '../api.ts';
import type { Operator, Page, PageQuery } from '../governance/api.ts';

/** Who asks about their own data. */
export interface Requester {
  readonly tenant: TenantId;
  /** Whom the host has signed in. */
  readonly subject: SubjectId;
  /**
   * How the host made sure just now who asks (R27). Methods that give out or destroy data, or loosen what the person had
   * tightened, need it; being signed in is enough for the others, so that saying no is never harder than saying yes.
   */
  readonly proof?: RequesterProof | undefined;
}

/** A request as its person, or an operator, sees it. */
export interface RequestView {
  /** 16 random bytes, base64url; also the ticket's number. */
  readonly id: string;
  readonly type: RequestType;
  readonly law: RequestLaw;
  readonly state: 'open' | 'closed';
  readonly openedAt: EpochMs;
  /** By when it must be answered. */
  readonly due: EpochMs;
  /** The text that the deadline follows. */
  readonly dueSource: string;
  readonly overdue: boolean;
  readonly extension: { readonly at: EpochMs; readonly reason: string | null } | null;
  readonly closedAt: EpochMs | null;
  readonly outcome: RequestOutcome | null;
  /** What the person wrote; `null` where nothing, or once it is erased. */
  readonly statement: string | null;
  /** What was answered; `null` where nothing, or once it is erased. */
  readonly answer: string | null;
  /** Why not everything was done. */
  readonly exceptions: readonly ErasureException[];
  /** The contested decision. */
  readonly decision: string | null;
  /** Certificate of the destruction (JWS compact), where there was one. */
  readonly certificate: string | null;
}

/** A request as an operator sees it. */
export interface CaseView extends RequestView {
  /** Pseudonym of the person. */
  readonly subject: string;
  /** Pseudonym of who answered it; `null` while it is open, and for what the system did by itself. */
  readonly answeredBy: string | null;
}

/** A decision that went against the person. No score is in it. */
export interface DecisionView {
  readonly id: string;
  readonly kind: DecisionKind;
  readonly at: EpochMs;
  /** Codes, as in the audit chain. */
  readonly reasons: readonly string[];
  readonly modalities: readonly Modality[];
  /** What compared, `name@version`. */
  readonly model: string;
  /** The assurance profile and the false match rate that its threshold was set for. */
  readonly threshold: { readonly assurance: string; readonly fmr: number };
  /** Until when it can be contested. */
  readonly contestableUntil: EpochMs;
  /** The request that contests it. */
  readonly contest: string | null;
  readonly review: { readonly outcome: 'upheld' | 'overridden'; readonly at: EpochMs } | null;
}

/** Attributes that can be kept of a person, beside what is biometric. */
export interface Attributes {
  readonly name?: string;
  readonly email?: string;
  readonly phone?: string;
}

/** Everything that is held about a person (GDPR Art. 15), by the store's own kinds. */
export interface AccessReport {
  readonly format: 'asignio-access/1';
  readonly createdAt: EpochMs;
  readonly subject: SubjectId;
  /** Stands for the person in records and in the audit chain. */
  readonly pseudonym: string;
  readonly held: HeldData;
  readonly attributes: Attributes;
  /** Where the data are from. */
  readonly source: string;
  readonly purposes: readonly {
    readonly purpose: Purpose;
    readonly modality: Modality;
    readonly state: ConsentView['state'];
    readonly lawfulBasis: string;
    readonly why: string;
    readonly what: string;
    readonly recipients: string;
    readonly retention: string;
  }[];
  /** To whom data were given, from the disclosure records. */
  readonly recipients: readonly string[];
  readonly retention: { readonly due: EpochMs; readonly rule: string; readonly sentence: string } | null;
  readonly retentionSchedule: readonly ScheduleRow[];
  readonly standing: StandingView;
  readonly decisions: readonly DecisionView[];
  readonly requests: readonly RequestView[];
  /**
   * Every record that the store finds for the person, of every kind: field by field, where bytes (sealed references, keys)
   * are named by their length and never given out.
   */
  readonly records: readonly {
    readonly kind: string;
    readonly id: string;
    readonly value: unknown;
  }[];
  /** Entries of the audit chain about the person. */
  readonly log: readonly { readonly at: EpochMs; readonly event: string; readonly data: object }[];
  /** How decisions are made without a human (GDPR Art. 15(1)(h)). */
  readonly automatedDecisions: string;
  readonly rights: readonly string[];
  /** What may stay when the person asks for an erasure, and on what grounds. */
  readonly exceptions: readonly ErasureException[];
  readonly regulators: readonly Regulator[];
}

/** What stands between the person's consents and any use. */
export interface StandingView {
  readonly restrictedAt: EpochMs | null;
  readonly objections: readonly Purpose[];
  /** `null`: nobody said. */
  readonly ageBand: AgeBand | null;
  /** Under 16, without a guardian's agreement. */
  readonly minorAlone: boolean;
}

/** A portable export: one canonical JSON text (RFC 8785), signed, that `importData` takes. */
export interface PortableFile {
  /** `application/json`; follows the schema `asignio-portable-1.schema.json` of `@asignio/policy`. */
  readonly text: string;
  /** File name to save it under. */
  readonly name: string;
  /** Modalities whose references are in it, sealed under the passphrase. */
  readonly references: readonly Modality[];
}

/** CCPA's summary (Cal. Civ. Code §1798.110): categories, never biometric data themselves. */
export interface CcpaSummary {
  readonly format: 'asignio-ccpa-summary/1';
  readonly createdAt: EpochMs;
  readonly periodMonths: 12;
  readonly categories: readonly SummaryCategory[];
  readonly sale: SaleStatus;
  /** How many more can be asked for, and from when the next one if none. */
  readonly remaining: number;
  readonly next: EpochMs | null;
}

/** Told to whoever answers requests: a week before a deadline, at it, and daily once it has passed. */
export interface RequestReminder {
  readonly tenant: TenantId;
  readonly id: string;
  readonly type: RequestType;
  readonly due: EpochMs;
  readonly overdue: boolean;
}

/** Options of `createCore`, for people's rights. */
export interface RightsOptions {
  /** R27: how long a requester's proof is good for, ms; 5 minutes unless told, an hour at most. */
  readonly proofValidMs?: number;
  /** Told by the sweep of requests that wait for an answer. */
  /** R34: whether nobody agrees whose age the host does not state with the release. Nobody is asked unless told. */
  readonly requireAge?: boolean;
  /** R22: public keys (JWK) of other systems whose exports are taken here. None unless told. */
  readonly trustedExports?: readonly { readonly [member: string]: unknown }[];
  readonly onReminder?: (reminder: RequestReminder) => void;
}

/**
 * What a person may ask for about their own data. Each request is on record with its deadline. Errors of all methods:
 * `ASIGNIO_REQUEST_INVALID` naming the field; of those marked *proof*: `ASIGNIO_REQUESTER_UNVERIFIED` (R27), which is on
 * record and changes nothing.
 */
export interface Rights {
  /**
   * Whether the proof is one that the methods marked *proof* would take: for a page that has to ask for it first.
   * @throws AsignioError `ASIGNIO_REQUESTER_UNVERIFIED` saying what is missing.
   */
  check(who: Requester): { readonly factors: readonly RequesterFactor[]; readonly until: EpochMs };

  /** The person's requests, newest first, with deadlines and answers. */
  requests(who: Requester): Promise<readonly RequestView[]>;
  /** @throws AsignioError `ASIGNIO_NOT_FOUND`, also for another's. */
  request(who: Requester, id: string): Promise<RequestView>;
  standing(who: Requester): Promise<StandingView>;

  /** R18. *Proof.* */
  access(who: Requester): Promise<{ readonly request: RequestView; readonly report: AccessReport }>;
  /**
   * R22. *Proof.* Without a passphrase (15-200 characters) no biometric reference is in it.
   * @throws AsignioError `ASIGNIO_NOT_FOUND` when nothing is held; `ASIGNIO_ENGINE_...`.
   */
  exportData(
    who: Requester,
    input?: { readonly passphrase?: string },
  ): Promise<{ readonly request: RequestView; readonly file: PortableFile }>;
  /**
   * R22. *Proof.* Takes an export back: attributes; consents as evidence, never as consent; references only with the
   * passphrase, and only where the person has agreed here afresh. An export of this tenant must be of this very person;
   * one of another system is taken if the operator trusts its key.
   * @throws AsignioError `ASIGNIO_EXPORT_INVALID` (any changed byte, wrong passphrase), `ASIGNIO_EXPORT_UNTRUSTED`,
   * `ASIGNIO_CONSENT_...` for references without an agreement here; in all cases nothing is changed.
   */
  importData(
    who: Requester,
    input: { readonly text: string; readonly passphrase?: string },
  ): Promise<{
    readonly request: RequestView;
    readonly attributes: readonly string[];
    readonly consents: number;
    readonly references: readonly Modality[];
  }>;

  /** R19. *Proof.* Sets attributes; `null` removes one. */
  rectify(
    who: Requester,
    input: { readonly [K in keyof Attributes]?: string | null },
  ): Promise<{ readonly request: RequestView; readonly attributes: Attributes }>;
  /**
   * R19. *Proof.* Revokes an enrolled reference at once, key first; it never compares again. To replace it, enrol.
   * @throws AsignioError `ASIGNIO_NOT_FOUND`, also for another's.
   */
  revokeReference(who: Requester, input: { readonly enrolment: string }): Promise<RequestView>;
  /** R21. From now on kept and not processed. */
  restrict(who: Requester): Promise<{ readonly request: RequestView; readonly standing: StandingView }>;
  /** R21. *Proof.* Lifts a restriction. */
  resume(who: Requester): Promise<{ readonly request: RequestView; readonly standing: StandingView }>;
  /** R23. Stops the purposes at once; unless told, all but authentication. */
  object(
    who: Requester,
    input?: { readonly purposes?: readonly Purpose[] },
  ): Promise<{ readonly request: RequestView; readonly standing: StandingView }>;
  /** R23. *Proof.* Takes objections back. */
  retractObjection(
    who: Requester,
    input: { readonly purposes: readonly Purpose[] },
  ): Promise<{ readonly request: RequestView; readonly standing: StandingView }>;

  /**
   * R20. *Proof.* Destroys everything that is held; or names the exception, stops all use at once, and destroys when the
   * exception ends. The request's `outcome` and `certificate` say which.
   * @throws AsignioError `ASIGNIO_NOT_FOUND` when nothing is held.
   */
  erase(who: Requester): Promise<RequestView>;

  /**
   * R25. *Proof.* Two in any twelve months.
   * @throws AsignioError `ASIGNIO_SUMMARY_LIMIT` whose message names the next date, with `retryAfterMs`.
   */
  ccpaSummary(who: Requester): Promise<{ readonly request: RequestView; readonly summary: CcpaSummary }>;
  /** R26. *Proof.* As {@link erase}, under CCPA. The service stays as it was: same ways in, same terms. */
  ccpaDelete(who: Requester): Promise<RequestView>;
  /** R26. Whether data are sold or shared. */
  sale(): SaleStatus;

  /** R24. Decisions that went against the person, newest first. For whoever is signed in by another way. */
  decisions(who: Requester): Promise<readonly DecisionView[]>;
  /**
   * R24. Asks for a person to look at a decision.
   * @throws AsignioError `ASIGNIO_NOT_FOUND`, also for another's; `ASIGNIO_NOT_CONTESTABLE`.
   */
  contest(who: Requester, input: { readonly decision: string; readonly statement: string }): Promise<RequestView>;
  /** R38. Opens a ticket with a deadline. @param input.region ISO 3166, `'IE'` or `'US-IL'` */
  complain(
    who: Requester,
    input: { readonly statement: string; readonly region?: string },
  ): Promise<{ readonly request: RequestView; readonly regulators: readonly Regulator[] }>;
}

/** What operators do about requests. Each method checks the operator's role; errors as in {@link Rights}. */
export interface Reviews {
  /** Requests of a tenant, by id. For reviewers, privacy officers, auditors. */
  list(
    tenant: TenantId,
    operator: Operator,
    query?: PageQuery & { readonly state?: 'open' | 'overdue' | 'closed'; readonly type?: RequestType },
  ): Promise<Page<CaseView>>;
  /** @throws AsignioError `ASIGNIO_NOT_FOUND`. */
  read(
    tenant: TenantId,
    operator: Operator,
    id: string,
  ): Promise<{ readonly request: CaseView; readonly decision: DecisionView | null }>;
  /**
   * Opens a request that came by letter or in person. For privacy officers.
   * @param input.receivedAt from when its deadline runs; not in the future
   */
  open(
    tenant: TenantId,
    operator: Operator,
    input: {
      readonly subject: SubjectId;
      readonly type: RequestType;
      readonly law?: RequestLaw;
      readonly receivedAt: EpochMs;
      readonly statement?: string;
    },
  ): Promise<CaseView>;
  /** Extends a deadline once, with its reason. @throws AsignioError `ASIGNIO_EXTENSION_REFUSED`, `ASIGNIO_CASE_CLOSED`. */
  extend(
    tenant: TenantId,
    operator: Operator,
    input: { readonly id: string; readonly reason: string },
  ): Promise<CaseView>;
  /**
   * R24. Decides a contested decision. Overridden, the person's failures are forgotten, so that they can try again; no
   * ceremony becomes an accepted one. @throws AsignioError `ASIGNIO_CASE_CLOSED`, `ASIGNIO_NOT_FOUND`.
   */
  decide(
    tenant: TenantId,
    operator: Operator,
    input: { readonly id: string; readonly outcome: 'upheld' | 'overridden'; readonly reason: string },
  ): Promise<CaseView>;
  /** Answers a complaint, or a request that was opened by an operator. For privacy officers. */
  answer(
    tenant: TenantId,
    operator: Operator,
    input: { readonly id: string; readonly outcome: 'done' | 'answered' | 'exception'; readonly answer: string },
  ): Promise<CaseView>;
  /**
   * R34. Records that somebody was verified to be the parent or guardian of a person under 16. For privacy officers.
   * Only `reference` says where the evidence is kept; the evidence itself is not.
   */
  verifyGuardian(
    tenant: TenantId,
    operator: Operator,
    input: {
      readonly guardian: SubjectId;
      readonly child: SubjectId;
      readonly relation: GuardianRelation;
      readonly evidence: GuardianEvidence;
      readonly reference: string;
    },
  ): Promise<GuardianshipView>;
  /** R34. Ends a guardianship: what the guardian agreed to for the child is withdrawn. */
  endGuardianship(
    tenant: TenantId,
    operator: Operator,
    input: { readonly child: SubjectId },
  ): Promise<GuardianshipView>;
  /** R34. A subject turns out to be under 16: blocked at once, and destroyed, unless a guardian has agreed. */
  reportMinor(
    tenant: TenantId,
    operator: Operator,
    input: { readonly subject: SubjectId; readonly age: AgeStatement },
  ): Promise<MinorReport>;
}

/** Who agrees for a person under 16. */
export interface GuardianshipView {
  readonly state: 'verified' | 'signed' | 'ended';
  readonly relation: GuardianRelation;
  readonly evidence: GuardianEvidence;
  readonly verifiedAt: EpochMs;
  readonly signedAt: EpochMs | null;
  readonly ageBand: AgeBand | null;
}

/** What followed from learning that somebody is under 16. */
export interface MinorReport {
  readonly blocked: boolean;
  /** Certificate of the destruction; `null` when nothing was held, or it is under way. */
  readonly certificate: string | null;
}

/**
 * What a parent or guardian does for a person under 16 (R34). `who` is the guardian. Errors: `ASIGNIO_GUARDIAN_UNVERIFIED`
 * for a guardian of nobody, of another child, or whom nobody verified; and those of {@link Rights}.
 */
export interface Guardians {
  /** Whom the guardian stands for. */
  wards(who: Requester): Promise<readonly (GuardianshipView & { readonly child: SubjectId })[]>;
  /** *Proof.* Signs the release for the child. It lasts twelve months, and never beyond the age of 16. */
  agree(
    who: Requester,
    input: Omit<GrantRequest, 'tenant' | 'subject' | 'age'> & { readonly child: SubjectId; readonly age: AgeStatement },
  ): Promise<{ readonly consents: readonly ConsentView[]; readonly receipts: readonly string[] }>;
  /** *Proof.* What is held about the child. */
  review(who: Requester, input: { readonly child: SubjectId }): Promise<HeldData>;
  /** Takes back one agreement for the child, as easily as it was given. */
  withdraw(
    who: Requester,
    input: { readonly child: SubjectId; readonly consent: ConsentId },
  ): Promise<{ readonly consent: ConsentView; readonly certificate?: string }>;
  /** *Proof.* Tells that the child is under 16, or not any more; as `Reviews.reportMinor`. */
  tell(who: Requester, input: { readonly child: SubjectId; readonly age: AgeStatement }): Promise<MinorReport>;
  /** *Proof.* Destroys all that is held about the child, and ends the agreement. */
  remove(who: Requester, input: { readonly child: SubjectId }): Promise<RequestView>;
  /**
   * What the host knows of somebody's age, at sign-up or later: only the band is stored. A minor without a guardian's
   * agreement is blocked at once and what is held is destroyed; somebody of 16 or more is no longer blocked, agrees for
   * themselves from now on, and what a guardian agreed to ends. For the host's own code, never for a request from outside.
   */
  stateAge(tenant: TenantId, input: { readonly subject: SubjectId; readonly age: AgeStatement }): Promise<MinorReport>;
}
