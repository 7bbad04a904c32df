import type { Plugin } from './plugin.ts';
import type { TenantId } from './ids.ts';

/** A data key as the key provider wrapped it; safe to store, useless without the provider. */
export interface WrappedKey {
  /** Which of the tenant's keys wrapped it. */
  readonly keyId: string;
  readonly bytes: Uint8Array;
}

/**
 * Holds the tenants' keys, which wrap data keys and never leave it. `binding` is authenticated, not stored: unwrapping
 * with another binding fails, so a wrapped key moved to another record is worthless.
 *
 * Errors: `ASIGNIO_KEY_UNAVAILABLE` where the provider cannot be reached or the tenant's key is gone;
 * `ASIGNIO_KEY_REFUSED` where the bytes or the binding are not what was wrapped.
 */
export interface KeyProvider extends Plugin {
  open(): Promise<void>;
  close(): Promise<void>;
  /** Wraps 16-64 bytes under the tenant's newest key, which is made at first use. */
  wrap(tenant: TenantId, dataKey: Uint8Array, binding: string): Promise<WrappedKey>;
  /** The caller wipes what it gets. */
  unwrap(tenant: TenantId, wrapped: WrappedKey, binding: string): Promise<Uint8Array>;
}
