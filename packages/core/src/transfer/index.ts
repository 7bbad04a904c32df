import { systemClock } from '@asignio/contracts';
import type { Clock, KeyProvider, StoragePlugin } from '@asignio/contracts';
import { CHECKPOINT_EVERY } from '../audit/book.ts';
import { createAudit, createChain } from '../audit/office.ts';
import { NO_SIGNER } from '../audit/open.ts';
import { checkPlugin } from '../options.ts';
import type { Export, ExportRequest, ImportRequest, ImportSummary } from './api.ts';
import { exportStore } from './export.ts';
import { importStore } from './import.ts';

export interface TransferOptions {
  /** Not opened. */
  readonly storage: StoragePlugin;
  /** Of the store that is exported, for both: what is exported is sealed, and opens with no others. */
  readonly keys: KeyProvider;
  readonly clock?: Clock;
}

/** Carries the content of a store to another one, of whatever making. */
export interface Transfer {
  /**
   * Begins the export of a part: its lines are made as they are taken, and the last one only when the store did not move.
   * @throws AsignioError `ASIGNIO_STORAGE_CONFLICT` (from the lines) when it was written to meanwhile;
   * `ASIGNIO_STORAGE_SCHEMA` for a store of a newer version, `ASIGNIO_IMPORT_UNFINISHED` for a part of one.
   */
  export(request: ExportRequest): Promise<Export>;
  /**
   * Imports an export into a store that is empty.
   * @throws AsignioError `ASIGNIO_EXPORT_DAMAGED`, `ASIGNIO_EXPORT_EXPIRED`, `ASIGNIO_EXPORT_UNFIT`, `ASIGNIO_STORAGE_SCHEMA` and
   * `ASIGNIO_KEY_REFUSED` before the store is opened; `ASIGNIO_STORE_NOT_EMPTY`; `ASIGNIO_IMPORT_UNFINISHED` where another
   * import has stopped half way.
   */
  import(request: ImportRequest): Promise<ImportSummary>;
  /** Closes the plugins. */
  close(): Promise<void>;
}

/**
 * Opens a store to carry its content elsewhere, or to carry into it what another held (R28: what was sealed stays sealed).
 *
 * @throws AsignioError `ASIGNIO_PLUGIN_INVALID`, and what the key provider's `open` throws.
 * @example
 * ```ts
 * const transfer = await openTransfer({ storage: storageLmdb({ path: './data/store' }), keys });
 * const { lines } = await transfer.export({ part: 'records' });
 * for await (const text of lines) process.stdout.write(text);
 * await transfer.close();
 * ```
 */
export async function openTransfer({ storage, keys, clock = systemClock }: TransferOptions): Promise<Transfer> {
  checkPlugin('storage', storage);
  checkPlugin('keys', keys);
  // What is written here is in the next checkpoint of a process that makes them.
  const { chain: audit } = createChain(storage, clock, CHECKPOINT_EVERY);
  const { api } = createAudit({ storage, signer: NO_SIGNER, clock, sink: undefined, schedule: CHECKPOINT_EVERY });
  const close = async (): Promise<void> => {
    await keys.close();
    await storage.close();
  };
  try {
    await keys.open();
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
  return {
    export: async (request) => {
      await storage.open();
      return exportStore({ storage, keys, audit, clock }, request);
    },
    import: async (request) =>
      importStore(
        { storage, keys, audit, clock, inspect: async (tenant) => api.inspect(tenant, { keys: { keys: [] } }) },
        request,
      ),
    close,
  };
}
