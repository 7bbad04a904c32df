import { AsignioError, systemClock } from '@asignio/contracts';
import type { CheckpointSink, Clock, KeyProvider, StoragePlugin, TenantId } from '@asignio/contracts';
import { createKeyCareRecords } from '../keys/records.ts';
import { Signer } from '../signer.ts';
import { createRepositories } from '../store/records.ts';
import { Vault } from '../vault.ts';
import type { Audit } from './api.ts';
import type { KeySet } from './checkpoint.ts';
import { CHECKPOINT_EVERY } from './book.ts';
import { createAudit } from './office.ts';

/** What {@link openAudit} needs. */
export interface OpenAuditOptions {
  readonly storage: StoragePlugin;
  /** Without them nothing can be signed, and checkpoints are verified by keys that are handed in. */
  readonly keys?: KeyProvider;
  /** The second place. */
  readonly checkpoints?: CheckpointSink;
  readonly clock?: Clock;
}

/** The audit of a store, without the system around it. */
export interface OpenedAudit {
  readonly audit: Audit;
  /** Public keys (JWKS) that a tenant's checkpoints verify with. */
  readonly publicKeys: (tenant: TenantId) => Promise<KeySet>;
  /** Closes the plugins. */
  readonly close: () => Promise<void>;
}

/**
 * Opens the audit alone, beside processes that work on the same store: no engine, no sweep.
 * @throws AsignioError whatever a plugin's `open` throws.
 * @example
 * ```ts
 * const { audit, close } = await openAudit({ storage, keys, checkpoints });
 * const report = await audit.inspect(tenantId('acme'));
 * await close();
 * ```
 */
export async function openAudit(options: OpenAuditOptions): Promise<OpenedAudit> {
  const { storage, keys, checkpoints: sink } = options;
  const clock = options.clock ?? systemClock;
  const signer =
    keys === undefined
      ? NO_SIGNER
      : new Signer(new Vault(createRepositories(storage), keys, clock), createKeyCareRecords(storage).signing);
  const { api } = createAudit({ storage, signer, clock, sink, schedule: CHECKPOINT_EVERY });
  const close = async () => {
    await Promise.all([sink?.close(), keys?.close()]);
    await storage.close();
  };
  try {
    await keys?.open();
    await storage.open();
    await sink?.open();
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
  return { audit: api, publicKeys: async (tenant) => signer.publicKeys(tenant), close };
}

const withoutKeys = async () => Promise.reject(new AsignioError('ASIGNIO_KEY_UNAVAILABLE', 'There are no keys'));
/** For whoever verifies without keys. */
export const NO_SIGNER = { sign: withoutKeys, publicKeys: withoutKeys };
