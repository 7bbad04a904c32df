import { systemClock } from '@asignio/contracts';
import type { Clock, KeyProvider, StoragePlugin } from '@asignio/contracts';
import { CHECKPOINT_EVERY } from './audit/book.ts';
import { createChain } from './audit/office.ts';
import type { KeyCare } from './keys/api.ts';
import { createKeyCareRecords } from './keys/records.ts';
import { KeyRotation } from './keys/rotation.ts';
import { SigningRotation } from './keys/signing.ts';
import { keyStatus } from './keys/status.ts';
import { checkPlugin } from './options.ts';
import { Signer } from './signer.ts';
import { migrate } from './store/migrations/migrate.ts';
import { createRepositories } from './store/records.ts';
import { Vault } from './vault.ts';

export interface MaintenanceOptions {
  /** Not opened; it may be open elsewhere, by the processes that serve. */
  readonly storage: StoragePlugin;
  readonly keys: KeyProvider;
  readonly clock?: Clock;
}

/** What an operator does to the data as a whole, while processes serve. */
export interface Maintenance {
  readonly keys: KeyCare;
  /** Closes the plugins. */
  close(): Promise<void>;
}

/**
 * Opens store and keys for an operator: without engine, notices and scheduled work.
 *
 * @throws AsignioError `ASIGNIO_PLUGIN_INVALID`, and whatever a plugin's `open` throws.
 * @example
 * ```ts
 * const maintenance = await openMaintenance({ storage: storageLmdb({ path: './data/store' }), keys });
 * const { tenants } = await maintenance.keys.rotate();
 * await maintenance.close();
 * ```
 */
export async function openMaintenance({
  storage,
  keys,
  clock = systemClock,
}: MaintenanceOptions): Promise<Maintenance> {
  checkPlugin('storage', storage);
  checkPlugin('keys', keys);
  const repositories = createRepositories(storage);
  const records = createKeyCareRecords(storage);
  const vault = new Vault(repositories, keys, clock);
  const signer = new Signer(vault, records.signing);
  // What is written here is in the next checkpoint of a process that makes them.
  const { chain: audit } = createChain(storage, clock, CHECKPOINT_EVERY);
  const tools = { storage, keys, repositories, records, vault, signer, audit, clock };
  const rotation = new KeyRotation(tools);
  const signing = new SigningRotation(tools);
  const close = async () => {
    await keys.close();
    await storage.close();
  };
  try {
    await keys.open();
    await storage.open();
    await migrate({ storage, repositories, vault });
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
  return {
    keys: {
      rotate: (request = {}) => rotation.run(request),
      status: (tenant) => keyStatus(tools, tenant),
      rotateSigning: (tenant) => signing.run(tenant),
    },
    close,
  };
}
