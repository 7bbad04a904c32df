import type { EpochMs, SubjectId, TenantId } from '@asignio/contracts';
import type { Nearness, Place, Position } from '@asignio/policy';

/** A place as its person sees it. */
export interface KeptPlace extends Place {
  readonly at: EpochMs;
  /** When it is destroyed. */
  readonly until: EpochMs;
}

/**
 * R31: where sign-ins are from, for people who agreed to just that (purpose `location`). Nothing else asks for it, and
 * whoever says no loses nothing. A position is rounded to about ten kilometres before anything is done with it. For the
 * host's own code, which knows where its requests are from.
 *
 * Errors of all methods but {@link Locations.list}: `ASIGNIO_CONSENT_REQUIRED`, `ASIGNIO_CONSENT_STALE`,
 * `ASIGNIO_PURPOSE_OBJECTED`, `ASIGNIO_PROCESSING_RESTRICTED`, `ASIGNIO_MINOR_BLOCKED`, which are on record: nothing was
 * stored, read or told; `ASIGNIO_REQUEST_INVALID` for what is no position.
 *
 * @example
 * ```ts
 * const { nearness } = await core.locations.compare(tenant, { subject, position }).catch(() => ({ nearness: 'unknown' }));
 * ```
 */
export interface Locations {
  /** Keeps the place of a sign-in that has succeeded, for the lifetime that places have. */
  keep(
    tenant: TenantId,
    input: { readonly subject: SubjectId; readonly position: Position },
  ): Promise<{ readonly place: Place; readonly until: EpochMs }>;
  /** How a place lies to those of earlier sign-ins, in a word. */
  compare(
    tenant: TenantId,
    input: { readonly subject: SubjectId; readonly position: Position },
  ): Promise<{ readonly nearness: Nearness }>;
  /** The newest place that is kept, for somebody else who is to be told of it; what may leave is checked elsewhere. */
  latest(tenant: TenantId, input: { readonly subject: SubjectId; readonly recipient: string }): Promise<Place | null>;
  /** The person's own places, newest first; none without a consent. */
  list(tenant: TenantId, subject: SubjectId): Promise<readonly KeptPlace[]>;
}
