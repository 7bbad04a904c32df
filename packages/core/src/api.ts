import type {
  BesideSample,
  CeremonyId,
  CeremonyKind,
  ConsentId,
  Decision,
  EngineStats,
  EpochMs,
  Factor,
  Modality,
  Purpose,
  QualityFinding,
  RawSample,
  RecordKind,
  SubjectId,
  TenantId,
} from '@asignio/contracts';
import type { AgeStatement, ConsentRecord, Notice, Region, ScheduleRow } from '@asignio/policy';
import type { AuthenticatorProof } from './assurance.ts';
import type { AssuranceProfile } from './assurance/profile.ts';
import type { Audit } from './audit/api.ts';
import type { Cabinet } from './bridge/api.ts';
import type { Governance } from './governance/api.ts';
import type { Locations } from './location/api.ts';
import type { Messages } from './message/api.ts';
import type { Holds } from './hold/api.ts';
import type { DestructionView, Retention } from './retention/api.ts';
import type { DestructionState } from './subject/destruction.ts';
import type { Guardians, Reviews, Rights } from './rights/api.ts';

/** Where a ceremony stands. `deciding` lasts for the length of a comparison. */
export type CeremonyState = 'open' | 'deciding' | 'decided' | 'redeemed' | 'expired';

/** Begins a ceremony. */
export interface BeginCeremony {
  readonly tenant: TenantId;
  readonly kind: CeremonyKind;
  readonly modalities: readonly Modality[];
  /** Whom it is about: the signed-in subject for an enrolment or a step-up, the id typed for a sign-in. */
  readonly subject: SubjectId;
  /** Whether the host has signed this subject in. Enrolment needs it; refusals may then say why. */
  readonly signedIn: boolean;
  /** `https://app.example`: the page that runs the ceremony. */
  readonly origin: string;
  /** Name of an assurance profile; the system's default unless told. */
  readonly assurance?: string;
  /** A physical authenticator that the host has just verified for this subject. */
  readonly authenticator?: AuthenticatorProof;
}

/** A ceremony as its browser may see it: never a score, never whether the subject exists. */
export interface CeremonyView {
  readonly id: CeremonyId;
  readonly kind: CeremonyKind;
  readonly state: CeremonyState;
  readonly modalities: readonly Modality[];
  readonly samples: { readonly [M in Modality]?: { readonly needed: number; readonly received: number } };
  /**
   * The assurance asked for takes its samples in one sitting alone: begin the challenge of the modality that prompts with
   * `beside`. One after the other is refused with `ASIGNIO_TOGETHER_REQUIRED`.
   */
  readonly together?: true;
  readonly expiresAt: EpochMs;
  /** Once decided. A verification shows `accepted` or `rejected`, nothing between. */
  readonly decision?: Decision;
}

/** What was captured for a prompt, by hash alone. */
export interface PromptAnswer {
  /** From 0. */
  readonly step: number;
  /** SHA-256 over `commitmentInput` of the contracts, base64url. */
  readonly commitment: string;
  /** Of a step in which a sample of another modality was made: what it is. That sample is sent afterwards, as it was then. */
  readonly sample?: BesideSample;
}

/** Begins a challenge. */
export interface PromptBegin {
  /** Another modality of the ceremony, of which the sample is made while this one looks on, in a last step. */
  readonly beside?: Modality;
}

/** The prompt that a ceremony is at. */
export interface PromptView {
  /** What commitments bind; base64url, 32 bytes. Another one with each challenge. */
  readonly nonce: string;
  readonly step: number;
  /** How many there are. */
  readonly steps: number;
  /** `null`: all are answered, send the sample. */
  readonly prompt: string | null;
  /** An answer that comes earlier or later than this after its prompt, ms, voids the challenge. */
  readonly leastMs: number;
  readonly mostMs: number;
}

/** Names a ceremony together with the secret that its browser holds, so that nobody else can go on with it. */
export interface CeremonyHandle {
  readonly tenant: TenantId;
  readonly id: CeremonyId;
  /** The value of the binding cookie; any text. */
  readonly binding: string;
  readonly origin: string;
  /** Who the host says is signed in now. A ceremony begun by a signed-in subject goes on only with the same one. */
  readonly requester?: SubjectId;
}

/** What a verified ceremony proves to the host, once. */
export interface Proof {
  readonly tenant: TenantId;
  readonly subject: SubjectId;
  readonly ceremony: CeremonyId;
  /** Authentication context class of the assurance profile that was asked for. */
  readonly acr: string;
  /** Authentication methods (RFC 8176 where it has a value; `signature` is ours, documented). */
  readonly amr: readonly string[];
  readonly factors: readonly Factor[];
  /** Names of all assurance profiles that the decision satisfies. */
  readonly assurance: readonly string[];
  /** Whether the samples were made in one sitting, one while another modality looked on. */
  readonly together: boolean;
  /** When it was decided. */
  readonly at: EpochMs;
}

/** Ceremonies: the only way to touch a sample. Every method needs the binding of the browser that began. */
export interface Ceremonies {
  /**
   * @returns the view, and the binding to hand to the browser (a cookie) and to nobody else.
   * @throws AsignioError `ASIGNIO_CONSENT_REQUIRED`, `ASIGNIO_CONSENT_STALE` (signed-in subjects only),
   * `ASIGNIO_ATTEMPTS_WAIT`, `ASIGNIO_ATTEMPTS_DISABLED`, `ASIGNIO_SIGN_IN_REQUIRED`, `ASIGNIO_MODALITY_UNAVAILABLE`,
   * `ASIGNIO_REQUEST_INVALID`, `ASIGNIO_ASSURANCE_UNAVAILABLE`; `ASIGNIO_CEREMONY_EXPIRED` when consent was withdrawn in the same moment.
   * @example
   * ```ts
   * const { view, binding } = await core.ceremonies.begin({
   *   tenant, kind: 'verification', modalities: ['signature'], subject, signedIn: false, origin: 'https://app.example',
   * });
   * const handle = { tenant, id: view.id, binding, origin: 'https://app.example' };
   * await core.ceremonies.submit(handle, 'signature', { mediaType: 'application/json', bytes });
   * await core.ceremonies.complete(handle);
   * const proof = await core.ceremonies.redeem(handle);
   * ```
   */
  begin(request: BeginCeremony): Promise<{ readonly view: CeremonyView; readonly binding: string }>;
  /** @throws AsignioError `ASIGNIO_CEREMONY_UNKNOWN` also for another browser's. */
  view(handle: CeremonyHandle): Promise<CeremonyView>;
  /**
   * Gives the first prompt of a challenge, or takes a commitment to what was captured for the open one and gives the next.
   * The next prompt is drawn in that moment. Asking for the first again begins a new challenge. In a verification it takes
   * a place among the attempts, which counts as failed if nothing follows. With `beside` the challenge ends with a step in
   * which the sample of another modality of the ceremony is made while this one looks on.
   * @throws AsignioError as {@link submit}; `ASIGNIO_REQUEST_INVALID` for a modality that does not prompt,
   * `ASIGNIO_PROMPT_TIMING` for an answer out of its time, `ASIGNIO_TOGETHER_REQUIRED` without `beside` where the
   * assurance asked for takes both samples in one sitting.
   * @example
   * ```ts
   * let at = await core.ceremonies.prompt(handle, 'face');
   * while (at.prompt !== null) at = await core.ceremonies.prompt(handle, 'face', { step: at.step, commitment: await capture(at) });
   * ```
   */
  prompt(handle: CeremonyHandle, modality: Modality, answer?: PromptAnswer | PromptBegin): Promise<PromptView>;
  /**
   * Takes one sample. In an enrolment it is assessed at once (`ASIGNIO_QUALITY_...`, `ASIGNIO_SAMPLE_INVALID`); in a
   * verification it is compared at once and the answer is always the same.
   * @throws AsignioError `ASIGNIO_CEREMONY_UNKNOWN`, `ASIGNIO_CEREMONY_USED`, `ASIGNIO_CEREMONY_EXPIRED`,
   * `ASIGNIO_CEREMONY_ORDER`, `ASIGNIO_TOGETHER_REQUIRED`, `ASIGNIO_ATTEMPTS_WAIT`, `ASIGNIO_ATTEMPTS_DISABLED`,
   * `ASIGNIO_ENGINE_...` (nothing was compared or counted: try again); in an enrolment also `ASIGNIO_CONSENT_...`.
   */
  submit(
    handle: CeremonyHandle,
    modality: Modality,
    sample: RawSample,
  ): Promise<{ readonly needed: number; readonly received: number }>;
  /**
   * Decides. Resolves for `accepted`; otherwise throws `ASIGNIO_NOT_VERIFIED` or `ASIGNIO_ENROLMENT_REFUSED` (with
   * findings), and what {@link submit} throws.
   */
  complete(handle: CeremonyHandle): Promise<CeremonyView>;
  /**
   * Exchanges an accepted verification for its proof: once, within a minute.
   * @throws AsignioError `ASIGNIO_CEREMONY_UNKNOWN`, `ASIGNIO_CEREMONY_USED`, `ASIGNIO_CEREMONY_EXPIRED`,
   * `ASIGNIO_CEREMONY_ORDER`, `ASIGNIO_NOT_VERIFIED`, `ASIGNIO_CONSENT_...`; `ASIGNIO_ASSURANCE_REQUIRED` where the profile
   * asks for an authenticator and none was proved, now or at the beginning: the proof is still there to be redeemed.
   */
  redeem(handle: CeremonyHandle, authenticator?: AuthenticatorProof): Promise<Proof>;
}

/** A signed release as the person gave it. */
export interface GrantRequest {
  readonly tenant: TenantId;
  readonly subject: SubjectId;
  readonly modality: Modality;
  readonly purposes: readonly Purpose[];
  readonly noticeVersion: string;
  readonly noticeSha256: string;
  readonly language: string;
  readonly signature: {
    readonly method: 'typed-name';
    readonly name: string;
    /** When it was signed, where the host knows better; now unless told. Refused if it is not of now, give or take minutes. */
    readonly signedAt?: EpochMs;
  };
  /** R34: what the host knows of the subject's age, from its own records and never from the release. */
  readonly age?: AgeStatement;
  /**
   * R6: where the subject is, ISO 3166 (`US-IL`), as the host knows: the law whose clock counts too. What the option
   * `regions.placeOf` says unless told.
   */
  readonly place?: Region;
}

/** A consent as its subject sees it. */
export interface ConsentView {
  readonly id: ConsentId;
  readonly modality: Modality;
  readonly purpose: Purpose;
  readonly state: 'granted' | 'withdrawn' | 'stale' | 'expired';
  readonly noticeVersion: string;
  readonly grantedAt: EpochMs;
  readonly withdrawnAt?: EpochMs;
}

/** What is held about a subject. */
export interface HeldData {
  readonly subject: SubjectId;
  readonly enrolments: readonly {
    readonly id: string;
    readonly modality: Modality;
    /** Kind of device, e.g. `finger`. */
    readonly variant: string;
    readonly createdAt: EpochMs;
    readonly samples: number;
    /** `false`: made of one sitting, provisional. */
    readonly established: boolean;
    /** Features of recent probes kept to recognise replays. */
    readonly recentProbes: number;
  }[];
  readonly consents: readonly ConsentView[];
  readonly retention: { readonly due: EpochMs; readonly rule: string; readonly sentence: string } | null;
  readonly lastInteraction: EpochMs | null;
  /** Where the subject is, as far as the laws about keeping data go; ISO 3166. */
  readonly places: readonly Region[];
  /** Destructions that are under way, or wait for the end of a legal hold; newest last. */
  readonly destructions: readonly Omit<DestructionView, 'subject' | 'certificate'>[];
  readonly failedAttempts: number;
  /** Nobody, until a vendor agreement and a consent say otherwise. */
  readonly recipients: readonly string[];
}

/** Forms of a consent receipt, with the same facts in each. */
export type ReceiptFormat = 'jws' | 'json-ld';

/** R3: what is held about somebody, confirmed to them in writing. */
export interface WrittenConfirmation {
  readonly issuedAt: EpochMs;
  /** `en`, `es` or `ar`. */
  readonly language: string;
  /** For people. */
  readonly text: string;
  /** The same facts and the text, signed (JWS compact, `application/jose`, `typ` `asignio-confirmation+jws`). */
  readonly jws: string;
}

/** Notices, agreements and what is held: what being signed in is enough for. What gives out or destroys is in `Rights`. */
export interface Subjects {
  /** The notice in force, in the language or the default one. Serving it is audited. */
  notice(tenant: TenantId, language?: string): Promise<Notice & { readonly sha256: string }>;
  /**
   * Records a signed release, one consent a purpose, after finishing any destruction that is under way. A refusal is on
   * record, and changes nothing.
   * @throws AsignioError `ASIGNIO_CONSENT_INVALID` naming the field, `ASIGNIO_NOTICE_UNKNOWN`, `ASIGNIO_PURPOSE_FORBIDDEN`.
   */
  grant(
    request: GrantRequest,
  ): Promise<{ readonly consents: readonly ConsentView[]; readonly receipts: readonly string[] }>;
  consents(tenant: TenantId, subject: SubjectId): Promise<readonly ConsentView[]>;
  /**
   * The receipt of one of the subject's consents: signed (JWS compact, `application/jose`), or as linked data in the W3C's
   * Data Privacy Vocabulary (`application/ld+json`, with the signed form in it).
   * @param options.format `'jws'` unless told
   * @throws AsignioError `ASIGNIO_NOT_FOUND`, also for another's; `ASIGNIO_REQUEST_INVALID` for another format.
   */
  receipt(
    tenant: TenantId,
    subject: SubjectId,
    consent: ConsentId,
    options?: { readonly format?: ReceiptFormat },
  ): Promise<string>;
  /**
   * Blocks the next verification at once and destroys what the consent alone supported.
   * @throws AsignioError `ASIGNIO_NOT_FOUND`, also for another's and for one that is being erased.
   */
  withdraw(
    tenant: TenantId,
    subject: SubjectId,
    consent: ConsentId,
  ): Promise<{
    readonly consent: ConsentView;
    /** `state`: whether what it supported is destroyed, under hold (R8), or being destroyed; `none` when nothing hung on it. */
    readonly destruction: { readonly due: EpochMs; readonly state: DestructionState };
    readonly certificate?: string;
  }>;
  /** @param language of the sentence about when data go; English unless told, and for others than Spanish and Arabic */
  held(tenant: TenantId, subject: SubjectId, language?: string): Promise<HeldData>;
  /**
   * R3: confirms in writing what is held, as the store has it in one moment. It says what there is, and holds no sample and no
   * reference. Giving one is audited (`confirmation.issued`).
   * @param language English unless told, and for others than Spanish and Arabic
   * @throws AsignioError `ASIGNIO_STORAGE_CONFLICT` while it is changed again and again: try again.
   * @example
   * ```ts
   * const { text, jws } = await core.subjects.confirmation(tenant, subject, 'es');
   * ```
   */
  confirmation(tenant: TenantId, subject: SubjectId, language?: string): Promise<WrittenConfirmation>;
  /** Published retention schedule: the sweep's own rules. */
  retentionSchedule(): readonly ScheduleRow[];
}

/** How a sweep is to run. */
export interface SweepOptions {
  /** Says what would be done, and changes nothing. */
  readonly dryRun?: boolean;
  /**
   * Only what retention asks for: destructions, due dates, probes and counts that are too old. For a process that does not
   * know the notices and the plugins of the system, such as a command.
   */
  readonly only?: 'retention';
  /** An operator's word that the clock is right, however far it is from that of the last sweep. */
  readonly confirmClock?: boolean;
  /** Told after each record of a kind; counting them first takes a second look at what is due. */
  readonly onProgress?: (progress: {
    readonly kind: RecordKind;
    readonly done: number;
    readonly total: number;
  }) => void;
  /** Told of each subject whose data are destroyed, or kept by a hold; in a dry run, of all that would be done. */
  readonly onItem?: (item: SweepItem) => void;
}

/** Something that a sweep does, or would do. */
export interface SweepItem {
  readonly tenant: TenantId;
  readonly kind: RecordKind;
  /** Of a subject, the pseudonym. */
  readonly id: string;
  /** `hold`: it is due, and a legal hold keeps it. `finish`: it is owed, or was left half done. */
  readonly action: 'destroy' | 'hold' | 'expire' | 'finish';
  /** Id of the retention rule; `null` for what has none. */
  readonly rule: string | null;
  readonly due: EpochMs;
}

/** What a sweep did, or would do. */
export interface SweepReport {
  /** `false`: another process holds the lease. */
  readonly ran: boolean;
  readonly dryRun: boolean;
  /**
   * What the clock is to be thought of (`ASIGNIO_CLOCK_SUSPECT`): `behind` or `ahead` of the last sweep by too much, nothing
   * is destroyed because of its date.
   */
  readonly clock: 'right' | 'behind' | 'ahead';
  readonly finished: number;
  readonly interrupted: number;
  readonly expired: number;
  readonly destroyed: number;
  /** Destructions that were due, and wait for the end of a hold. */
  readonly held: number;
  /** Subjects whose due date moved with the rules, or with the end of the purpose. */
  readonly recounted: number;
  /** Records that wait because the clock cannot be right. */
  readonly waiting: number;
  /** Records that could not be handled: they stay due, and the others were not kept waiting. */
  readonly failed: number;
}

/** How surely people are recognised here. */
export interface AssuranceLevels {
  readonly profiles: readonly AssuranceProfile[];
  /** Why nobody can satisfy a profile with the models that are installed; empty where somebody can. */
  obstacles(name: string): readonly string[];
}

/** The system that adapters talk to. */
export interface AsignioCore {
  readonly ceremonies: Ceremonies;
  readonly subjects: Subjects;
  readonly audit: Audit;
  readonly governance: Governance;
  readonly messages: Messages;
  readonly locations: Locations;
  readonly rights: Rights;
  readonly holds: Holds;
  readonly reviews: Reviews;
  readonly guardians: Guardians;
  readonly retention: Retention;
  /** Where adapters keep codes, grants and sessions. */
  readonly cabinet: Cabinet;
  readonly assurance: AssuranceLevels;
  /** Modalities that are installed. */
  readonly modalities: readonly Modality[];
  /** Public keys (JWKS) that receipts and certificates of a tenant verify with. */
  publicKeys(tenant: TenantId): Promise<{ readonly keys: readonly Record<string, unknown>[] }>;
  /** Finishes what a crash left, expires ceremonies, destroys what is due. Safe to run anywhere at any time. */
  sweep(options?: SweepOptions): Promise<SweepReport>;
  /** Rejects when the store cannot be reached. */
  ready(): Promise<void>;
  stats(): EngineStats;
  /** Stops scheduled work, drains the engine, closes the plugins. */
  close(): Promise<void>;
}

export type { ConsentRecord, DestructionState, QualityFinding };
export type * from './audit/api.ts';
