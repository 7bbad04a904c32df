import type {
  DocumentImage,
  EpochMs,
  IdentityCheckResult,
  Modality,
  ModelId,
  PluginKind,
  RawSample,
  SubjectId,
  TenantId,
} from '@asignio/contracts';
import type {
  Agreement,
  AgreementInput,
  AssessmentKind,
  Attribute,
  Attributes,
  DataClass,
  DocumentKind,
  EgressPurpose,
  Ground,
  IncidentDeadline,
  IncidentFacts,
  LegalDisclosure,
  PrivacyClass,
  ResearchDataset,
  RoleGrant,
  SignalList,
  StaffRole,
  StaffRules,
  TransferMechanism,
} from '@asignio/policy';

/**
 * Who acts, as the host's own sign-in says. Every method of an operator checks it: a role that was not granted, or whose
 * holder did not acknowledge the privacy rules, is refused with `ASIGNIO_ROLE_REQUIRED`, and the refusal is on record.
 */
export interface Operator {
  /** The host's own id of the member of staff; 1-256 printable characters. */
  readonly id: string;
  /** The one role in which they act now. */
  readonly role: StaffRole;
}

/** An operator who was checked: what records and audit entries name. */
export interface Actor {
  /** A keyed hash of tenant and operator id; never equal to a subject's. */
  readonly pseudonym: string;
  readonly role: StaffRole;
}

/** Which part of a listing. */
export interface PageQuery {
  /** 1-1000; 100 unless told. */
  readonly limit?: number;
  /** `next` of the page before. */
  readonly after?: string;
}

/** One page of a listing; `next` is absent on the last. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

/** A member of staff as an administrator sees them. */
export interface StaffView {
  readonly id: string;
  readonly pseudonym: string;
  readonly acknowledged: { readonly version: string; readonly at: EpochMs; readonly until: EpochMs } | null;
  readonly grants: readonly RoleGrant[];
}

/** Who may act as what (R29, R42). Errors of all methods: `ASIGNIO_REQUEST_INVALID`, `ASIGNIO_ROLE_REQUIRED`. */
export interface Staff {
  /** The rules to acknowledge, and the hash that an acknowledgement repeats. */
  rules(): StaffRules & { readonly sha256: string };
  /** Records that somebody read and accepted the rules, as worded now. */
  acknowledge(tenant: TenantId, input: { readonly id: string; readonly sha256: string }): Promise<StaffView>;
  /**
   * Gives a role to somebody who acknowledged the rules. The first administrator is made by the host application itself
   * (`'host'`), never by a request from outside. Nobody gives themselves a role.
   */
  grant(
    tenant: TenantId,
    by: Operator | 'host',
    input: { readonly id: string; readonly role: StaffRole; readonly until?: EpochMs },
  ): Promise<StaffView>;
  /** Takes a role away, at once. @throws AsignioError `ASIGNIO_NOT_FOUND`. */
  revoke(
    tenant: TenantId,
    by: Operator | 'host',
    input: { readonly id: string; readonly role: StaffRole },
  ): Promise<StaffView>;
  /** For administrators and auditors. */
  list(tenant: TenantId, operator: Operator, page?: PageQuery): Promise<Page<StaffView>>;
  /**
   * The check that every method of an operator begins with.
   * @example
   * ```ts
   * const actor = await staff.require(tenant, operator, 'privacy-officer');
   * await audit.append(tenant, { ...fact, data: { operator: actor.pseudonym } });
   * ```
   */
  require(tenant: TenantId, operator: Operator, ...roles: readonly [StaffRole, ...StaffRole[]]): Promise<Actor>;
}

/** An agreement as recorded. */
export interface AgreementView extends Agreement {
  readonly recordedAt: EpochMs;
  /** When it was ended before its term. */
  readonly endedAt: EpochMs | null;
  readonly endedBecause: string | null;
}

/**
 * Data-processing agreements with vendors (R12). Whoever is called works under one that is recorded here, under the id
 * that the plugin names in its metadata. Errors of all methods: `ASIGNIO_REQUEST_INVALID`, `ASIGNIO_ROLE_REQUIRED`.
 */
export interface Agreements {
  /**
   * Records a signed agreement; the same again is the same. For privacy officers.
   * @throws AsignioError `ASIGNIO_PURPOSE_FORBIDDEN` for a purpose that cannot be (R11).
   */
  record(tenant: TenantId, operator: Operator, input: AgreementInput): Promise<AgreementView>;
  /** Ends one before its term, at once. @throws AsignioError `ASIGNIO_NOT_FOUND`. */
  end(
    tenant: TenantId,
    operator: Operator,
    input: { readonly id: string; readonly reason: string },
  ): Promise<AgreementView>;
  /** For privacy officers and auditors. */
  list(tenant: TenantId, operator: Operator, page?: PageQuery): Promise<Page<AgreementView>>;
}

/** One row of the ledger of what left (R13). */
export interface DisclosureView {
  readonly id: string;
  /** Pseudonym. */
  readonly subject: string;
  readonly at: EpochMs;
  readonly recipient: { readonly name: string; readonly region: string; readonly plugin: string | null };
  readonly data: readonly DataClass[];
  /** Names of what left, never the values. */
  readonly fields: readonly string[];
  readonly purpose: EgressPurpose;
  readonly basis: { readonly ground: Ground; readonly reference: string };
  readonly agreement: string | null;
  /** How the transfer was found to be lawful (R32). */
  readonly transfer: { readonly by: string; readonly id: string | null };
  /** `leaving` and `unanswered`: it may have arrived. */
  readonly state: 'leaving' | 'sent' | 'unanswered' | 'not-sent';
  /** Whether the recipient keeps something that is destroyed with the data here; `null` where it keeps nothing. */
  readonly copy: 'held' | 'destroyed' | null;
}

/** The ledger of what left (R13). */
export interface Disclosures {
  /** For privacy officers and auditors; oldest first. @throws AsignioError `ASIGNIO_REQUEST_INVALID`, `ASIGNIO_ROLE_REQUIRED`. */
  list(
    tenant: TenantId,
    operator: Operator,
    query?: PageQuery & { readonly subject?: SubjectId },
  ): Promise<Page<DisclosureView>>;
}

/** A plugin through which something can leave. */
export interface VendorView {
  readonly name: string;
  readonly version: string;
  readonly kind: PluginKind;
  readonly data: readonly string[];
  readonly region: string;
  readonly agreement: string | null;
}

/** What a vendor's comparison gives. */
export interface VendorComparison {
  /** Log-likelihood ratio, natural log, by the calibration that the plugin states; > 0 favours "same person". */
  readonly score: number;
  readonly model: ModelId;
}

/**
 * Vendors' matchers (R12). Nothing is sent before purpose, agreement, consent to `vendor-comparison` and region were
 * checked and the ledger has its row. Errors of `enrol` and `compare`: `ASIGNIO_REQUEST_INVALID`, `ASIGNIO_NOT_FOUND` (no
 * such plugin, or no copy there), `ASIGNIO_MODALITY_UNAVAILABLE`, `ASIGNIO_AGREEMENT_REQUIRED`, `ASIGNIO_CONSENT_...`,
 * `ASIGNIO_PROCESSING_RESTRICTED`, `ASIGNIO_TRANSFER_REFUSED`, `ASIGNIO_PLUGIN_INVALID` (no calibration),
 * `ASIGNIO_SAMPLE_INVALID`, `ASIGNIO_VENDOR_UNAVAILABLE`.
 */
export interface Vendors {
  /** Plugins that are installed. */
  list(): readonly VendorView[];
  /** Has the vendor keep a copy, which is destroyed there when the data are destroyed here. */
  enrol(
    tenant: TenantId,
    input: {
      readonly vendor: string;
      readonly subject: SubjectId;
      readonly modality: Modality;
      readonly samples: readonly RawSample[];
    },
  ): Promise<void>;
  /** Has the vendor compare a probe with its copy. */
  compare(
    tenant: TenantId,
    input: {
      readonly vendor: string;
      readonly subject: SubjectId;
      readonly modality: Modality;
      readonly sample: RawSample;
    },
  ): Promise<VendorComparison>;
}

/** Whom a person signs in to by way of us. */
export interface RelyingParty {
  /** Stable: of its client id, entity id or origin. */
  readonly id: string;
  /** As the person was shown it. */
  readonly name: string;
  /** Where it is, as the person was shown: ISO 3166. */
  readonly region: string;
}

/** What a person released to a relying party. */
export interface ReleaseView {
  readonly party: RelyingParty;
  /** May be none: then the party is told an identifier alone. */
  readonly attributes: readonly Attribute[];
  readonly grantedAt: EpochMs;
  readonly withdrawnAt: EpochMs | null;
}

/**
 * What people release to relying parties (R14). The caller has verified who asks. Errors of all methods:
 * `ASIGNIO_ID_INVALID`, `ASIGNIO_REQUEST_INVALID`, `ASIGNIO_NOT_FOUND` (nothing is held about the person).
 */
export interface Releases {
  /** Keeps name, e-mail, phone as the host knows them, sealed; they go with the person's data. */
  keep(tenant: TenantId, subject: SubjectId, attributes: Attributes): Promise<void>;
  list(tenant: TenantId, subject: SubjectId): Promise<readonly ReleaseView[]>;
  /** The person agrees that a party is told these; in place of an earlier release to it. */
  grant(
    tenant: TenantId,
    subject: SubjectId,
    input: { readonly party: RelyingParty; readonly attributes: readonly Attribute[] },
  ): Promise<ReleaseView>;
  /** From now on the party is told nothing. `party` is its id. */
  withdraw(tenant: TenantId, subject: SubjectId, party: string): Promise<ReleaseView>;
}

/** All that a relying party is told. */
export interface Assertion {
  /** Names the person to this party and to no other. */
  readonly subject: string;
  readonly attributes: Attributes;
}

/** Coarse signals to risk engines (R15). */
export interface Signals {
  /** The allow-list: names, each with its values. */
  allowed(): SignalList;
  /**
   * Tells a risk engine, under an agreement.
   * @throws AsignioError `ASIGNIO_REQUEST_INVALID`, `ASIGNIO_NOT_FOUND` (no such plugin), `ASIGNIO_SIGNAL_REFUSED`,
   * `ASIGNIO_AGREEMENT_REQUIRED`, `ASIGNIO_TRANSFER_REFUSED`, `ASIGNIO_PROCESSING_RESTRICTED`, `ASIGNIO_VENDOR_UNAVAILABLE`.
   */
  share(
    tenant: TenantId,
    input: {
      readonly vendor: string;
      readonly subject: SubjectId;
      readonly signals: Readonly<Record<string, string>>;
    },
  ): Promise<void>;
}

/** What an officer asks for. */
export interface LegalInput {
  readonly disclosure: LegalDisclosure;
  /** 1-1000 persons. */
  readonly subjects: readonly SubjectId[];
  /** What makes the transfer lawful, where the recipient is in another country. */
  readonly mechanism?: TransferMechanism;
  /** Of a merger: the notice by which the persons were told. */
  readonly notice?: { readonly version: string; readonly language: string };
}

/** A disclosure by legal process or merger. */
export interface LegalOrderView {
  readonly id: string;
  readonly disclosure: LegalDisclosure;
  readonly mechanism: TransferMechanism | null;
  readonly notice: { readonly version: string; readonly language: string } | null;
  readonly persons: number;
  /** `approved`: it is being carried out, or whoever did so died at it and must approve again. */
  readonly state: 'requested' | 'approved' | 'disclosed' | 'refused';
  readonly requestedAt: EpochMs;
  /** Pseudonym. */
  readonly requestedBy: string;
  readonly decidedAt: EpochMs | null;
  readonly decidedBy: string | null;
  readonly refusedBecause: string | null;
  /** Persons of whom something was disclosed; the others did not agree, or nothing is held about them. */
  readonly disclosed: number;
}

/**
 * Disclosures that no processor and no person asked for (R16): two persons, a reference, a scope. Errors of all methods:
 * `ASIGNIO_REQUEST_INVALID`, `ASIGNIO_ROLE_REQUIRED`, `ASIGNIO_LEGAL_REFUSED` (naming what is missing), `ASIGNIO_NOT_FOUND`,
 * `ASIGNIO_TRANSFER_REFUSED`. This system writes the rows and lets the officer go ahead; the data are read out by them.
 */
export interface Legal {
  /** For privacy officers and administrators. */
  request(tenant: TenantId, operator: Operator, input: LegalInput): Promise<LegalOrderView>;
  /** By another of them than the one who asked. Biometric data of a merger go of those alone who agreed to `transfer`. */
  approve(tenant: TenantId, operator: Operator, input: { readonly id: string }): Promise<LegalOrderView>;
  refuse(
    tenant: TenantId,
    operator: Operator,
    input: { readonly id: string; readonly reason: string },
  ): Promise<LegalOrderView>;
  list(tenant: TenantId, operator: Operator, page?: PageQuery): Promise<Page<LegalOrderView>>;
}

/** An assessment that was made. */
export interface AssessmentInput {
  readonly kind: AssessmentKind;
  readonly title: string;
  /** Who made it. */
  readonly by: string;
  readonly date: EpochMs;
  /** SHA-256 of the report, hex: the report itself is kept elsewhere. */
  readonly sha256: string;
  readonly nextDue: EpochMs;
  /** Findings that are open. */
  readonly findings: number;
}

export interface AssessmentView extends AssessmentInput {
  readonly id: string;
  readonly recordedAt: EpochMs;
  readonly recordedBy: string;
  /** Whether the next one should have been made by now. */
  readonly overdue: boolean;
}

/** Assessments leave evidence (R30). Errors: `ASIGNIO_REQUEST_INVALID`, `ASIGNIO_ROLE_REQUIRED`. */
export interface Assessments {
  /** For security and privacy officers. */
  record(tenant: TenantId, operator: Operator, input: AssessmentInput): Promise<AssessmentView>;
  list(tenant: TenantId, operator: Operator, page?: PageQuery): Promise<Page<AssessmentView>>;
}

/** A report of a compromise. */
export interface IncidentInput extends IncidentFacts {
  /** What happened, without naming anybody. */
  readonly summary: string;
  readonly data: readonly PrivacyClass[];
}

export interface IncidentView extends IncidentInput {
  readonly id: string;
  readonly deadlines: readonly (IncidentDeadline & {
    readonly doneAt: EpochMs | null;
    readonly reference: string | null;
  })[];
  readonly openedAt: EpochMs;
  readonly openedBy: string;
  readonly closedAt: EpochMs | null;
  readonly closedBecause: string | null;
  /** Rules whose deadline is past and that nobody has met. */
  readonly overdue: readonly string[];
}

/** Compromises, with what the laws ask for by when (R30). Errors: `ASIGNIO_REQUEST_INVALID`, `ASIGNIO_ROLE_REQUIRED`. */
export interface Incidents {
  /** By a security or privacy officer, or by the host application itself that noticed it. */
  open(tenant: TenantId, operator: Operator | 'host', input: IncidentInput): Promise<IncidentView>;
  /** Notes that who must be told was told. @throws AsignioError `ASIGNIO_NOT_FOUND`. */
  notify(
    tenant: TenantId,
    operator: Operator,
    input: { readonly id: string; readonly rule: string; readonly reference: string },
  ): Promise<IncidentView>;
  /** @throws AsignioError `ASIGNIO_NOT_FOUND`. */
  close(
    tenant: TenantId,
    operator: Operator,
    input: { readonly id: string; readonly reason: string },
  ): Promise<IncidentView>;
  list(tenant: TenantId, operator: Operator, page?: PageQuery): Promise<Page<IncidentView>>;
}

/** A data set as it is stated. */
export interface DatasetInput extends ResearchDataset {
  readonly class: PrivacyClass;
}

export interface DatasetView extends DatasetInput {
  readonly id: string;
  /** Names of what it was combined from. */
  readonly parts: readonly string[];
  readonly registeredAt: EpochMs;
  readonly registeredBy: string;
}

/** Data sets for research and development (R36, R39). Errors: `ASIGNIO_REQUEST_INVALID`, `ASIGNIO_ROLE_REQUIRED`. */
export interface Datasets {
  /** For privacy officers. */
  register(tenant: TenantId, operator: Operator, input: DatasetInput): Promise<DatasetView>;
  /**
   * Registers what registered sets were combined into, under the class of the strictest part.
   * @param input.with - classes of what is combined beside registered sets
   * @param input.identifies - whether together they single out a person
   * @throws AsignioError `ASIGNIO_DATASET_UNREGISTERED`.
   */
  combine(
    tenant: TenantId,
    operator: Operator,
    input: ResearchDataset & {
      readonly parts: readonly string[];
      readonly with?: readonly PrivacyClass[];
      readonly identifies?: boolean;
    },
  ): Promise<DatasetView>;
  list(tenant: TenantId, operator: Operator, page?: PageQuery): Promise<Page<DatasetView>>;
}

/** An identity document as it is handed in. */
export interface DocumentInput {
  readonly document: DocumentKind;
  /** ISO 3166-1 alpha-2 of who issued it. */
  readonly country: string;
  /** 1-3 images, one a side; JPEG or PNG; 3 MiB in all unless told. */
  readonly images: readonly DocumentImage[];
  /** The person's own consent to just this, or the law that asks for it. */
  readonly basis:
    | { readonly ground: 'consent'; readonly signedName: string }
    | { readonly ground: 'legal-obligation'; readonly reference: string };
}

/** What is known of a stored document, without what is on it. */
export interface DocumentView {
  readonly id: string;
  readonly class: 'government-id';
  readonly document: DocumentKind;
  readonly country: string;
  readonly purpose: 'identity-verification';
  readonly ground: 'consent' | 'legal-obligation';
  readonly sides: readonly DocumentImage['side'][];
  readonly storedAt: EpochMs;
  /** When it is purged at the latest; no sign-in moves it. */
  readonly due: EpochMs;
}

/**
 * Images of identity documents (R37). The caller has verified who asks. Errors of all methods: `ASIGNIO_ID_INVALID`,
 * `ASIGNIO_REQUEST_INVALID`, `ASIGNIO_NOT_FOUND` (also another's).
 */
export interface Documents {
  /** @throws AsignioError `ASIGNIO_TOO_LARGE`, `ASIGNIO_MEDIA_TYPE`, `ASIGNIO_TRANSFER_REFUSED`. */
  store(tenant: TenantId, subject: SubjectId, input: DocumentInput): Promise<DocumentView>;
  /** The person's own. */
  list(tenant: TenantId, subject: SubjectId): Promise<readonly DocumentView[]>;
  /** Destroys one before its time, with what a vendor was sent of it. */
  purge(tenant: TenantId, subject: SubjectId, input: { readonly id: string }): Promise<void>;
  /**
   * Has a vendor check it, under an agreement for this class of data. Once it is verified or refused its purpose is met,
   * and it is destroyed here and there.
   * @throws AsignioError `ASIGNIO_AGREEMENT_REQUIRED`, `ASIGNIO_TRANSFER_REFUSED`, `ASIGNIO_PROCESSING_RESTRICTED`,
   * `ASIGNIO_VENDOR_UNAVAILABLE`.
   */
  check(
    tenant: TenantId,
    subject: SubjectId,
    input: { readonly id: string; readonly vendor: string },
  ): Promise<IdentityCheckResult>;
  /** For reviewers and privacy officers: the images, on record before they are opened. @throws AsignioError `ASIGNIO_ROLE_REQUIRED`. */
  open(
    tenant: TenantId,
    operator: Operator,
    input: {
      readonly id: string;
      readonly purpose: 'identity-verification' | 'legal-process';
      readonly reason: string;
    },
  ): Promise<readonly DocumentImage[]>;
  /** For reviewers, privacy officers and auditors; `subject` is a pseudonym. @throws AsignioError `ASIGNIO_ROLE_REQUIRED`. */
  listAll(
    tenant: TenantId,
    operator: Operator,
    page?: PageQuery,
  ): Promise<Page<DocumentView & { readonly subject: string }>>;
}

/** What a company answers for beside the single person: staff, agreements, disclosures, registers. */
export interface Governance {
  readonly staff: Staff;
  readonly agreements: Agreements;
  readonly disclosures: Disclosures;
  readonly vendors: Vendors;
  readonly releases: Releases;
  /**
   * What a relying party is told of a person: what they released to it of name, e-mail and phone, and an identifier for
   * this party alone; never a template or a score (R14). What is asked for beside is as if it had not been.
   * @throws AsignioError `ASIGNIO_REQUEST_INVALID`, `ASIGNIO_CONSENT_REQUIRED` (nothing is released to the party),
   * `ASIGNIO_PROCESSING_RESTRICTED`, `ASIGNIO_MINOR_BLOCKED`, `ASIGNIO_TRANSFER_REFUSED`.
   */
  assertion(
    tenant: TenantId,
    subject: SubjectId,
    relyingParty: string,
    requested: readonly string[],
  ): Promise<Assertion>;
  readonly signals: Signals;
  readonly legal: Legal;
  readonly assessments: Assessments;
  readonly incidents: Incidents;
  readonly datasets: Datasets;
  readonly documents: Documents;
}
