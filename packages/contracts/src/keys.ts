import type { Plugin } from './plugin.ts';
import type { TenantId } from './ids.ts';
import type { EpochMs } from './vocabulary.ts';

/** A data key as the key provider wrapped it; safe to store, useless without the provider. */
export interface WrappedKey {
  /** Which of the tenant's keys wrapped it. */
  readonly keyId: string;
  readonly bytes: Uint8Array;
}

/** One of a tenant's keys, by name. */
export interface KeyVersion {
  readonly keyId: string;
  /** Where the provider knows it. */
  readonly createdAt?: EpochMs;
}

/**
 * Holds the tenants' keys, which wrap data keys and never leave it. `binding` is authenticated, not stored: unwrapping
 * with another binding fails, so a wrapped key moved to another record is worthless.
 *
 * A tenant may have several keys. The newest wraps, all of them unwrap, until the older ones are retired. A provider that
 * can do this says so in its capabilities, and has `versions` with any of the others. The core rotates with them while all
 * processes go on: a newer key, every wrapped key wrapped anew, and only then the older ones are destroyed.
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
  /** Capability: the tenant's keys that still unwrap, oldest first; the last one wraps. May be none before the first use. */
  versions?(tenant: TenantId): Promise<readonly KeyVersion[]>;
  /** Capability: makes a newer key of the tenant, which every process wraps with from then on. @returns its id. */
  rotate?(tenant: TenantId): Promise<string>;
  /** Capability: wraps anew under the newest key, without showing the data key to anybody. */
  rewrap?(tenant: TenantId, wrapped: WrappedKey, binding: string): Promise<WrappedKey>;
  /**
   * Capability: destroys all the tenant's keys but the newest. What they wrapped never opens again, in no backup either.
   * Can be done again.
   * @throws AsignioError `ASIGNIO_KEY_REFUSED`, and destroys nothing, when `newest` is not the newest.
   */
  retire?(tenant: TenantId, newest: string): Promise<void>;
  /**
   * Capability, for a provider whose tenants begin with a key in common and get one of their own when they are rotated:
   * makes a newer key in common, with which every tenant that has none of its own wraps from then on. @returns its id.
   */
  rotateCommon?(): Promise<string>;
  /**
   * Capability: destroys all keys in common but the newest, for every tenant. Can be done again.
   * @throws AsignioError `ASIGNIO_KEY_REFUSED`, and destroys nothing, when `newest` is not the newest.
   */
  retireCommon?(newest: string): Promise<void>;
}
