import { AsignioError } from './errors.ts';
import { tenantId } from './ids.ts';
import type { TenantId } from './ids.ts';
import type { Plugin } from './plugin.ts';

/** Longest checkpoint, in characters. */
export const CHECKPOINT_LENGTH = 8192;

const COMPACT_JWS = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/**
 * The second place of the audit chain: an append-only list of signed checkpoints per tenant, out of reach of who can
 * change the store. Whoever rewrites or cuts the chain contradicts what is here. A checkpoint is a compact JWS (RFC 7515),
 * opaque to the plugin.
 *
 * Errors: `ASIGNIO_CHECKPOINT_UNAVAILABLE` where the place cannot be reached or is closed, `ASIGNIO_CHECKPOINT_INVALID`
 * where a tenant or checkpoint is none. `@asignio/testkit` has the suite that every implementation passes.
 * @example
 * ```ts
 * await sink.append(tenant, jws);
 * for await (const checkpoint of sink.read(tenant)) console.log(checkpoint);
 * ```
 */
export interface CheckpointSink extends Plugin {
  /** Opens the place; idempotent. */
  open(): Promise<void>;
  /** Idempotent. */
  close(): Promise<void>;
  /**
   * Adds a checkpoint at the end; durable when the promise resolves. The newest one again writes nothing. Nothing that is
   * there is ever changed or removed.
   */
  append(tenant: TenantId, checkpoint: string): Promise<void>;
  /** A tenant's checkpoints in the order in which they were added. */
  read(tenant: TenantId): AsyncIterable<string>;
}

/** Checks what {@link CheckpointSink.append} is given, so that every place refuses the same. Throws `ASIGNIO_CHECKPOINT_INVALID`. */
export function checkCheckpoint(tenant: unknown, checkpoint: unknown): void {
  checkCheckpointTenant(tenant);
  if (typeof checkpoint !== 'string' || checkpoint.length > CHECKPOINT_LENGTH || !COMPACT_JWS.test(checkpoint))
    throw new AsignioError(
      'ASIGNIO_CHECKPOINT_INVALID',
      `A checkpoint is a compact JWS of at most ${CHECKPOINT_LENGTH} characters`,
    );
}

/** Checks whose checkpoints are asked for. Throws `ASIGNIO_CHECKPOINT_INVALID`. */
export function checkCheckpointTenant(tenant: unknown): asserts tenant is TenantId {
  try {
    tenantId(tenant);
  } catch (cause) {
    throw new AsignioError('ASIGNIO_CHECKPOINT_INVALID', 'A tenant id is 1-64 characters of A-Z a-z 0-9 . _ -', {
      cause,
    });
  }
}
