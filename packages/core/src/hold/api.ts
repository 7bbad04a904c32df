import type { EpochMs, SubjectId, TenantId } from '@asignio/contracts';
import type { HoldTerms, Scope } from '@asignio/policy';
import type { Operator, Page, PageQuery } from '../governance/api.ts';

/** A legal hold as an operator sees it. */
export interface HoldView {
  readonly id: string;
  /** Pseudonym. */
  readonly subject: string;
  readonly scope: Scope;
  readonly authority: string;
  readonly reference: string;
  readonly reviewAt: EpochMs;
  readonly placedAt: EpochMs;
  /** Pseudonym of the operator, or `host`. */
  readonly placedBy: string;
  readonly released: { readonly at: EpochMs; readonly by: string } | null;
}

/**
 * Legal holds (R8): they pause the destruction of what they cover and never allow its processing. A hold ends by release
 * alone; its review date only says when somebody must ask whether it is still needed. Placing, reviewing and releasing are
 * a privacy officer's, or the host application's own (`'host'`, never a request from outside); auditors may list.
 *
 * Errors of all methods: `ASIGNIO_REQUEST_INVALID`, `ASIGNIO_ROLE_REQUIRED`. A refusal is on record as `hold.refused`.
 */
export interface Holds {
  /**
   * @throws AsignioError `ASIGNIO_HOLD_INVALID` naming what is missing; `ASIGNIO_NOT_FOUND` when nothing is held of the
   * subject; `ASIGNIO_DESTRUCTION_BEGUN` when the destruction of what it would cover can no longer be stopped.
   * @example
   * ```ts
   * await core.holds.place(tenant, { id: 'grace', role: 'privacy-officer' }, {
   *   subject, authority: 'Circuit Court of Cook County', reference: '2026-L-001234', scope: 'all', reviewAt,
   * });
   * ```
   */
  place(tenant: TenantId, by: Operator | 'host', input: HoldTerms & { readonly subject: SubjectId }): Promise<HoldView>;
  /** Sets the next review date. @throws AsignioError `ASIGNIO_HOLD_INVALID`; `ASIGNIO_NOT_FOUND`, also for one released. */
  review(
    tenant: TenantId,
    by: Operator | 'host',
    input: { readonly id: string; readonly reviewAt: EpochMs },
  ): Promise<HoldView>;
  /**
   * Ends a hold, and goes on at once with what waited for it. Released again, it stays as it was.
   * @throws AsignioError `ASIGNIO_NOT_FOUND`.
   */
  release(tenant: TenantId, by: Operator | 'host', input: { readonly id: string }): Promise<HoldView>;
  /**
   * Holds of a tenant, of one subject or of all; a page of `open` or `overdue` ones may be short, or empty, before the last.
   * @param query.state `overdue`: to be reviewed by now
   */
  list(
    tenant: TenantId,
    by: Operator | 'host',
    query?: PageQuery & { readonly subject?: SubjectId; readonly state?: 'open' | 'overdue' | 'released' | 'all' },
  ): Promise<Page<HoldView>>;
}
