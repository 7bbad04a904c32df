import type { AuditEventName, EpochMs, TenantId } from '@asignio/contracts';
import type { KeySet } from './checkpoint.ts';

/** One entry of the audit chain, as written. */
export interface AuditEntry {
  readonly sequence: number;
  readonly id: string;
  readonly at: EpochMs;
  readonly event: string;
  readonly subject: string | null;
  readonly data: { readonly [key: string]: string | number | boolean | null };
  /** SHA-256 of the entry before, hex; 64 zeros for the first. */
  readonly previous: string;
  readonly hash: string;
}

/**
 * What is wrong with a chain.
 * - `malformed`: there is something that is no entry.
 * - `edited`: an entry is not what its hash says.
 * - `missing`: entries were taken out.
 * - `out-of-order`: an entry stands where another belongs: moved, doubled or put in.
 * - `unlinked`: an entry does not follow the one before it: one of the two was replaced, its hash made anew.
 * - `rewritten`: the chain fits together, and is not the one that a signed checkpoint saw.
 * - `truncated`: entries that a signed checkpoint saw are gone from the end.
 * - `checkpoint`: a checkpoint is missing from the second place, forged, or contradicts another.
 */
export type AuditFaultKind =
  | 'malformed'
  | 'edited'
  | 'missing'
  | 'out-of-order'
  | 'unlinked'
  | 'rewritten'
  | 'truncated'
  | 'checkpoint';

/** One thing that is wrong, and where. */
export interface AuditFault {
  readonly kind: AuditFaultKind;
  /** First sequence of the chain that it is about. */
  readonly sequence: number;
  /** Last one, where it is about several. */
  readonly upTo?: number;
  /** In a sentence. */
  readonly detail: string;
}

/** What a verification found. */
export interface AuditReport {
  /** Sequence of the last entry. */
  readonly entries: number;
  /** Its hash; 64 zeros without one. */
  readonly head: string;
  readonly whole: boolean;
  /** The first hundred, by place. */
  readonly faults: readonly AuditFault[];
  readonly faultCount: number;
  /** `null` where there was no second place to look at: a chain cut at its end or rewritten as a whole would not show. */
  readonly checkpoints: {
    readonly count: number;
    /** Up to here the chain is what was signed; what follows is proved by its own hashes alone. */
    readonly upTo: number;
    /** When the newest was signed. */
    readonly at: EpochMs | null;
  } | null;
}

/** How to verify. */
export interface InspectOptions {
  /** Told now and then how many entries are done, of how many. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Checkpoints kept elsewhere. @default those of the system's second place */
  readonly checkpoints?: AsyncIterable<string>;
  /** Public keys kept elsewhere. @default the tenant's own */
  readonly keys?: KeySet;
  /** The checkpoints are an older copy: newer ones that the chain names need not be among them. @default false */
  readonly partial?: boolean;
}

/** Which entries to export; all that are given must fit. */
export interface AuditFilter {
  /** Not before, ms since the epoch. */
  readonly from?: EpochMs;
  /** Before, ms since the epoch. */
  readonly to?: EpochMs;
  /** One of these. */
  readonly events?: readonly AuditEventName[];
  /** Of this subject, by pseudonym. */
  readonly subject?: string;
}

/** How to export. */
export interface ExportOptions extends AuditFilter {
  /** `jsonl` can be verified again; `csv` is for spreadsheets. */
  readonly format: 'jsonl' | 'csv';
  readonly onProgress?: (done: number, total: number) => void;
}

/** The audit chain: what happened to whose data, by pseudonym, in a form that nobody can change unseen. */
export interface Audit {
  read(tenant: TenantId, from?: number, limit?: number): Promise<readonly AuditEntry[]>;
  /**
   * Verifies the chain from its first entry to its last, and against the checkpoints of the second place where there is one.
   * @throws AsignioError `ASIGNIO_AUDIT_BROKEN`, whose message says where and what.
   */
  verify(tenant: TenantId): Promise<Pick<AuditReport, 'entries' | 'head' | 'checkpoints'>>;
  /**
   * As {@link verify}, and says everything that is wrong instead of throwing. Reads page by page, so that a chain of any
   * length fits.
   * @example
   * ```ts
   * const report = await core.audit.inspect(tenant, { onProgress: (done, total) => bar.show(done, total) });
   * for (const { sequence, detail } of report.faults) console.error(sequence, detail);
   * ```
   */
  inspect(tenant: TenantId, options?: InspectOptions): Promise<AuditReport>;
  /** The chain or a part of it as text, piece by piece. */
  export(tenant: TenantId, options: ExportOptions): AsyncIterable<string>;
  /**
   * Signs a checkpoint now, unless nothing was added since the last one. The part of the chain since then is verified
   * first: what is broken is not signed.
   * @returns the newest checkpoint (JWS compact), or `undefined` for a tenant without entries.
   * @throws AsignioError `ASIGNIO_AUDIT_BROKEN`, `ASIGNIO_CHECKPOINT_UNAVAILABLE` (also without a second place).
   */
  checkpoint(tenant: TenantId): Promise<string | undefined>;
}
