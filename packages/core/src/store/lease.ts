import { randomUUID } from 'node:crypto';
import { AsignioError } from '@asignio/contracts';
import type { StoragePlugin } from '@asignio/contracts';

/** A lease that is held for the length of some work. */
export interface HeldLease {
  /** @throws AsignioError `ASIGNIO_STORAGE_CONFLICT` when another process has taken it: what this one read may be old. */
  renew(): Promise<void>;
  release(): Promise<void>;
}

/** Takes a lease for this work alone. @returns `undefined` when another has it. */
export async function holdLease(storage: StoragePlugin, name: string, ttlMs: number): Promise<HeldLease | undefined> {
  const holder = randomUUID();
  const lease = await storage.acquireLease(name, holder, ttlMs);
  if (lease === undefined) return undefined;
  return {
    renew: async () => {
      const renewed = await storage.acquireLease(name, holder, ttlMs);
      if (renewed?.fence !== lease.fence)
        throw new AsignioError('ASIGNIO_STORAGE_CONFLICT', 'Another process has taken over what this one was doing');
    },
    release: () => storage.releaseLease(lease),
  };
}
