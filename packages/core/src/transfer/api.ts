import type { EpochMs, TenantId } from '@asignio/contracts';

/**
 * What an export file holds: all records and logs but the wrapped data keys, or these alone. They are two files, so that
 * the first can be kept as long as one likes: it brings back nothing whose key was destroyed.
 */
export type ExportPart = 'records' | 'keys';

/** How far an export or import is. */
export interface TransferProgress {
  readonly step: 'counting' | 'exporting' | 'verifying' | 'importing';
  readonly done: number;
  /** 0 where it is not known yet. */
  readonly total: number;
}

export interface ExportRequest {
  readonly part: ExportPart;
  /** How long keys may be imported, ms. @default a day */
  readonly validMs?: number;
  /** What an earlier run left of the file; it is gone on with where that is whole. */
  readonly begun?: AsyncIterable<Uint8Array>;
  readonly onProgress?: (progress: TransferProgress) => void;
}

/** An export that is under way. */
export interface Export {
  /** Names the export in the audit chain. */
  readonly id: string;
  /** Bytes of what an earlier run left that stay; what is behind them is to be cut off. */
  readonly kept: number;
  /** What follows, in pieces of whole lines, made as they are taken. */
  readonly lines: AsyncIterable<string>;
  /** What was exported; to be called when all lines were taken. */
  summary(): ExportSummary;
}

export interface ExportSummary {
  readonly export: string;
  readonly part: ExportPart;
  readonly at: EpochMs;
  /** Until when keys may be imported; `null` for records. */
  readonly until: EpochMs | null;
  readonly tenants: number;
  readonly records: number;
  readonly entries: number;
  /** Whether it went on where an earlier run had stopped. */
  readonly resumed: boolean;
}

/** A file that can be read from any place, more than once. */
export interface ExportFile {
  /** For the progress, in bytes; 0 where it is not known. */
  readonly size: number;
  read(from: number): AsyncIterable<Uint8Array>;
}

export interface ImportRequest {
  readonly records: ExportFile;
  /** Keys of the same store, of the same time or later. */
  readonly keys: ExportFile;
  /** Looks whether it could be imported, and changes nothing. */
  readonly dryRun?: boolean;
  readonly onProgress?: (progress: TransferProgress) => void;
}

export interface ImportSummary {
  readonly export: string;
  /** When the records were exported. */
  readonly at: EpochMs;
  readonly records: number;
  readonly entries: number;
  readonly keys: number;
  /** Whether it went on where an earlier run had stopped. */
  readonly resumed: boolean;
  /** Whether each tenant's audit chain is whole; none on a dry run. */
  readonly chains: readonly { readonly tenant: TenantId; readonly entries: number; readonly whole: boolean }[];
}
