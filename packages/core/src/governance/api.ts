import type { EpochMs, Modality, ModelId, PluginKind, RawSample, SubjectId, TenantId } from '@asignio/contracts';
import type {
  Agreement,
  AgreementInput,
  DataClass,
  EgressPurpose,
  Ground,
  RoleGrant,
  StaffRole,
  StaffRules,
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

/** What a company answers for beside the single person: staff, agreements, disclosures, registers. */
export interface Governance {
  readonly staff: Staff;
  readonly agreements: Agreements;
  readonly disclosures: Disclosures;
  readonly vendors: Vendors;
}
