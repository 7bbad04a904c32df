import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { AsignioError, tenantId } from '@asignio/contracts';
import type { TenantId } from '@asignio/contracts';

/*
 * A wrapped key: one byte of version, the nonce, the sealed data key, the tag. Nonces are random, which NIST SP 800-38D
 * (section 8.3) allows for 2^32 wrappings under one key: here, of one tenant.
 */
const CIPHER = 'aes-256-gcm';
const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + NONCE_BYTES;
const MIN_KEY_BYTES = 16;
const MAX_KEY_BYTES = 64;
const MAX_BINDING = 4096;

/** Which key wraps, and for what. */
export interface WrapContext {
  readonly root: KeyObject;
  readonly keyId: string;
  readonly tenant: TenantId;
  readonly binding: string;
  /** Which provider wraps, in which version of its format: the same root under another purpose opens nothing. */
  readonly purpose: string;
}

/** Seals a data key with AES-256-GCM under the tenant's key. Throws `ASIGNIO_KEY_REFUSED`. */
export function wrapKey(context: WrapContext, dataKey: Uint8Array): Uint8Array {
  checkBinding(context.tenant, context.binding);
  checkDataKey(dataKey);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, tenantKey(context), nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(associatedData(context));
  return Uint8Array.from(
    Buffer.concat([Buffer.of(VERSION), nonce, cipher.update(dataKey), cipher.final(), cipher.getAuthTag()]),
  );
}

/** Opens what {@link wrapKey} sealed in the same context. Throws `ASIGNIO_KEY_REFUSED`. */
export function unwrapKey(context: WrapContext, bytes: Uint8Array): Uint8Array {
  checkBinding(context.tenant, context.binding);
  const size = bytes instanceof Uint8Array ? bytes.length - HEADER_BYTES - TAG_BYTES : -1;
  if (size < MIN_KEY_BYTES || size > MAX_KEY_BYTES || bytes[0] !== VERSION)
    throw refused('The bytes are not a wrapped key of this provider');
  const decipher = createDecipheriv(CIPHER, tenantKey(context), bytes.subarray(1, HEADER_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(associatedData(context));
  decipher.setAuthTag(bytes.subarray(HEADER_BYTES + size));
  const opened = decipher.update(bytes.subarray(HEADER_BYTES, HEADER_BYTES + size));
  try {
    decipher.final();
    return outsideHeap(opened);
  } catch {
    throw refused('The wrapped key, its tenant or its binding is not what was wrapped');
  } finally {
    opened.fill(0);
  }
}

/**
 * A copy that the collector of garbage leaves where it is: V8 keeps arrays of up to 64 bytes on its heap, moves them about and
 * wipes none of the places where they were (its flag `typed_array_max_size_in_heap`), unless they have a buffer from the start.
 */
function outsideHeap(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new ArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}

/** HKDF-SHA256 (RFC 5869) of the root key: salt is the key's id, info the purpose and the tenant. */
function tenantKey({ root, keyId, tenant, purpose }: WrapContext): KeyObject {
  const bytes = Buffer.from(hkdfSync('sha256', root, keyId, `${purpose}\0${tenant}`, 32));
  try {
    return createSecretKey(bytes);
  } finally {
    bytes.fill(0);
  }
}

function associatedData({ keyId, tenant, binding, purpose }: WrapContext): Buffer {
  return Buffer.from(`${purpose}\0${tenant}\0${keyId}\0${binding}`, 'utf8');
}

/** Checks what a key is bound to. Throws `ASIGNIO_KEY_REFUSED`. */
export function checkBinding(tenant: unknown, binding: unknown): void {
  try {
    tenantId(tenant);
  } catch (cause) {
    throw new AsignioError('ASIGNIO_KEY_REFUSED', 'The tenant id is malformed', { cause });
  }
  // Half a surrogate pair has no UTF-8 form, so two bindings would authenticate as one.
  if (typeof binding !== 'string' || binding.length === 0 || binding.length > MAX_BINDING || /\p{Cs}/u.test(binding))
    throw refused(`A binding is well-formed text of 1-${MAX_BINDING} characters`);
}

/** Checks what is to be wrapped. Throws `ASIGNIO_KEY_REFUSED`. */
export function checkDataKey(dataKey: unknown): void {
  if (!(dataKey instanceof Uint8Array) || dataKey.length < MIN_KEY_BYTES || dataKey.length > MAX_KEY_BYTES)
    throw refused(`A data key has ${MIN_KEY_BYTES}-${MAX_KEY_BYTES} bytes`);
}

function refused(detail: string): AsignioError {
  return new AsignioError('ASIGNIO_KEY_REFUSED', detail);
}
