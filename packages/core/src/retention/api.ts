import type { EpochMs, ErrorCode, SubjectId, TenantId } from '@asignio/contracts';
import type { Region, ScheduleRow, Scope } from '@asignio/policy';
import type { Operator, Page, PageQuery } from '../governance/api.ts';

/** The public retention schedule (R10) in one language: the rules that the sweep goes by. */
export interface PublishedSchedule {
  /** `en`, `es` or `ar`. */
  readonly language: string;
  /** Of the rules, whatever the language. */
  readonly sha256: string;
  readonly rows: readonly ScheduleRow[];
  readonly text: string;
  /** One `<section>` to stand in a page. */
  readonly html: string;
}

/** How a destruction stands. */
export interface DestructionView {
  readonly id: string;
  /** Pseudonym. */
  readonly subject: string;
  readonly scope: Scope;
  /** Id of the retention rule, or of the request. */
  readonly reason: string;
  readonly orderedAt: EpochMs;
  /** `held`: it waits, wholly or in part, for the end of a legal hold. */
  readonly state: 'running' | 'held' | 'done';
  /** Failures since it last went on, and the code of the last one. */
  readonly attempts: number;
  readonly lastError: ErrorCode | null;
  /** JWS compact; `null` until it is done. */
  readonly certificate: string | null;
}

/** Whom the purpose has ended for. */
export type PurposeEnding = { readonly subject: SubjectId } | { readonly everybody: true };

/**
 * How long data are kept (R6, R7, R10). What changes it is a privacy officer's, or the host application's own (`'host'`,
 * never a request from outside); auditors may look. Errors of methods with `by`: `ASIGNIO_REQUEST_INVALID`,
 * `ASIGNIO_ROLE_REQUIRED`.
 */
export interface Retention {
  /** The public schedule; English where the language is not known. */
  schedule(language?: string): PublishedSchedule;
  /** The same, for who asks for it from outside: that this schedule was published is on record once a tenant. */
  publish(tenant: TenantId, language?: string): Promise<PublishedSchedule>;
  /**
   * Says where a subject is, in place of what was known: the laws of these places count beside the rules for everybody, and
   * of all that apply the earliest date wins.
   * @throws AsignioError `ASIGNIO_NOT_FOUND` when nothing is held.
   * @example
   * ```ts
   * await core.retention.setPlaces(tenant, 'host', { subject, places: ['US-CO'] });
   * ```
   */
  setPlaces(
    tenant: TenantId,
    by: Operator | 'host',
    input: { readonly subject: SubjectId; readonly places: readonly Region[] },
  ): Promise<{ readonly places: readonly Region[]; readonly due: EpochMs; readonly rule: string }>;
  /**
   * Says that the purpose of the data of a subject, or of everybody of a tenant, is met: the clock of `purpose-ended` rules
   * starts. Of everybody, the sweep writes it into their records; who agrees afterwards is not meant.
   * @throws AsignioError `ASIGNIO_NOT_FOUND` when nothing is held of the subject.
   */
  endPurpose(tenant: TenantId, by: Operator | 'host', input: PurposeEnding): Promise<{ readonly endedAt: EpochMs }>;
  /** Destructions that are not done, or all of one subject. */
  destructions(
    tenant: TenantId,
    by: Operator | 'host',
    query?: PageQuery & { readonly subject?: SubjectId },
  ): Promise<Page<DestructionView>>;
}
