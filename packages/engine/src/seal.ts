import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { DecipherGCM } from 'node:crypto';
import { AsignioError, MODALITIES } from '@asignio/contracts';
import type { Modality, SealKey } from '@asignio/contracts';

/** What a sealed box holds. */
export const SEAL_KINDS = ['reference', 'part', 'probe'] as const;
export type SealKind = (typeof SEAL_KINDS)[number];

/** What a box is bound to (design, rule 3). */
export interface SealContext {
  readonly tenant: string;
  /** The subject as the permit names it. */
  readonly subject: string;
  readonly modality: Modality;
  /** Generation of the reference: positive integer, raised with every new enrolment. */
  readonly version: number;
  /** Id of the consent under which it was made. */
  readonly consent: string;
  readonly kind: SealKind;
}

const AAD_FORMAT = 'asignio-seal/1';
const VERSION = 1;
const KEY_BYTES = 32;
// NIST SP 800-38D, 5.2.1.1 and 5.2.1.2: a 96-bit IV, and the longest tag there is. A data key seals one reference, its
// parts and probes: far below the 2^32 random IVs that section 8.3 allows to one key.
const IV_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + IV_BYTES + TAG_BYTES;
/** Below what glibc keeps to be handed out again at once (1032 bytes: `MAX_TCACHE_SIZE` in its `malloc.c`). */
const PIECE_BYTES = 512;
/** No secret: what it is encrypted with does not matter. */
const NOISE = { key: Buffer.alloc(KEY_BYTES), iv: Buffer.alloc(16), input: Buffer.alloc(PIECE_BYTES) };

/**
 * The associated data of a box, in the one form that everybody computes: two contexts give the same string only if they
 * are equal in every field.
 * @example
 * ```ts
 * sealAad({ tenant: 'acme', subject: 'p-ada', modality: 'signature', version: 1, consent: 'c1', kind: 'reference' });
 * // '["asignio-seal/1","reference","acme","p-ada","signature",1,"c1"]'
 * ```
 */
export function sealAad(context: SealContext): string {
  const { kind, tenant, subject, modality, version, consent } = context;
  return JSON.stringify([AAD_FORMAT, kind, tenant, subject, modality, version, consent]);
}

/**
 * Reads associated data that {@link sealAad} wrote.
 * @throws AsignioError `ASIGNIO_REFERENCE_UNREADABLE` when it is not of that form.
 */
export function parseSealAad(aad: string): SealContext {
  let fields: unknown;
  try {
    fields = JSON.parse(aad);
  } catch {
    throw unreadable();
  }
  if (!Array.isArray(fields) || fields.length !== 7 || fields[0] !== AAD_FORMAT) throw unreadable();
  const [, kind, tenant, subject, modality, version, consent] = fields as unknown[];
  if (!SEAL_KINDS.includes(kind as SealKind) || !MODALITIES.includes(modality as Modality)) throw unreadable();
  if (!Number.isSafeInteger(version) || [tenant, subject, consent].some((field) => typeof field !== 'string'))
    throw unreadable();
  const context = { kind, tenant, subject, modality, version, consent } as SealContext;
  if (sealAad(context) !== aad) throw unreadable();
  return context;
}

/**
 * Seals bytes with AES-256-GCM.
 * @returns one version byte (1), the random IV (12 bytes), the tag (16 bytes), then the ciphertext.
 * @throws AsignioError `ASIGNIO_REFERENCE_UNREADABLE` when the key is not 32 bytes.
 * @example
 * ```ts
 * const box = seal({ dataKey: randomBytes(32), aad }, Buffer.from('features'));
 * ```
 */
export function seal(key: SealKey, plain: Uint8Array): Uint8Array {
  checkKey(key);
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key.dataKey, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(header(key.aad));
  const body = cipher.update(plain);
  cipher.final();
  const box = new Uint8Array(HEADER_BYTES + body.byteLength);
  box[0] = VERSION;
  box.set(iv, 1);
  box.set(cipher.getAuthTag(), 1 + IV_BYTES);
  box.set(body, HEADER_BYTES);
  return box;
}

/**
 * Opens what {@link seal} sealed. The caller wipes what it gets.
 * @throws AsignioError `ASIGNIO_REFERENCE_UNREADABLE`, always the same one, when anything differs: key, associated data,
 * or a single bit of the box.
 */
export function open(key: SealKey, box: Uint8Array): Uint8Array {
  checkKey(key);
  if (box.byteLength < HEADER_BYTES || box[0] !== VERSION) throw unreadable();
  const iv = box.subarray(1, 1 + IV_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key.dataKey, iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(header(key.aad));
  decipher.setAuthTag(box.subarray(1 + IV_BYTES, HEADER_BYTES));
  const plain = decrypt(decipher, box.subarray(HEADER_BYTES));
  try {
    decipher.final();
  } catch {
    plain.fill(0);
    throw unreadable();
  }
  return plain;
}

/**
 * R28: leaves one copy of what it decrypts, the one that it gives. Node decrypts into memory that is a little too long, and
 * frees that with the plain bytes in it when it has copied them (`CipherBase::Update` in its `crypto_cipher.cc`). In pieces that
 * are small enough for the allocator to hand the same memory out again, each overwrites the one before, and noise the last.
 */
function decrypt(decipher: DecipherGCM, sealed: Uint8Array): Uint8Array {
  const plain = new Uint8Array(new ArrayBuffer(sealed.length));
  for (let at = 0; at < sealed.length; at += PIECE_BYTES) {
    const piece = decipher.update(sealed.subarray(at, at + PIECE_BYTES));
    plain.set(piece, at);
    piece.fill(0);
  }
  const noise = createCipheriv('aes-256-ctr', NOISE.key, NOISE.iv);
  for (const length of [Math.min(PIECE_BYTES, sealed.length), sealed.length % PIECE_BYTES])
    noise.update(NOISE.input.subarray(0, length));
  return plain;
}

/** The version is authenticated too, so that no later version's box can be passed off as an earlier one's. */
function header(aad: string): Buffer {
  return Buffer.concat([Buffer.of(VERSION), Buffer.from(aad, 'utf8')]);
}

function checkKey({ dataKey }: SealKey): void {
  if (dataKey.byteLength !== KEY_BYTES) throw unreadable();
}

function unreadable(): AsignioError {
  return new AsignioError('ASIGNIO_REFERENCE_UNREADABLE');
}
