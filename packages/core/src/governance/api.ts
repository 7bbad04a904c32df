import type { EpochMs, TenantId } from '@asignio/contracts';
import type { RoleGrant, StaffRole, StaffRules } from '@asignio/policy';

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

/** What a company answers for beside the single person: staff, agreements, disclosures, registers. */
export interface Governance {
  readonly staff: Staff;
}
