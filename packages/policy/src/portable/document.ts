import { createHash } from 'node:crypto';
import { AsignioError } from '@asignio/contracts';
import type { Modality, TenantId } from '@asignio/contracts';
import { canonicalJson } from '../canonical.ts';
import { PORTABLE_SCHEMA, schemaViolation } from './schema.ts';

/** Work per guess at the passphrase: OWASP Password Storage Cheat Sheet, scrypt with N = 2^15, r = 8, p = 3 (32 MiB). */
export const PORTABLE_KDF = { kdf: 'scrypt', n: 32_768, r: 8, p: 3 } as const;

/** A reference, sealed under the key that the passphrase makes. */
export interface PortableReference {
  readonly modality: Modality;
  readonly variant: string;
  readonly createdAt: string;
  readonly samples: number;
  readonly established: boolean;
  readonly model: { readonly name: string; readonly version: string };
  /** base64url. */
  readonly sealed: string;
}

/** A consent as an export tells of it: evidence, never an agreement to anything elsewhere. */
export interface PortableConsent {
  readonly id: string;
  readonly purpose: string;
  readonly modality: Modality;
  readonly state: string;
  readonly noticeVersion: string;
  readonly noticeSha256: string;
  readonly language: string;
  readonly grantedAt: string;
  readonly withdrawnAt: string | null;
  readonly what: string;
  readonly why: string;
  readonly retention: string;
  readonly recipients: string;
}

/** The content of a portable export, before it is signed. */
export interface PortableContent {
  readonly format: 'asignio-portable/1';
  readonly id: string;
  readonly issuer: TenantId;
  readonly issuedAt: string;
  readonly subject: string;
  readonly attributes: { readonly name?: string; readonly email?: string; readonly phone?: string };
  readonly consents: readonly PortableConsent[];
  readonly protection: (typeof PORTABLE_KDF & { readonly salt: string }) | null;
  readonly references: readonly PortableReference[];
}

export interface PortableDocument extends PortableContent {
  /** Compact JWS. */
  readonly signature: string;
}

/** Longest text that is read, in characters. */
const LONGEST = 4_000_000;

/** What is signed of an export: SHA-256, hex, of its canonical form. */
export function portableDigest(content: PortableContent): string {
  const { signature: _signature, ...rest } = content as PortableDocument;
  return createHash('sha256').update(canonicalJson(rest), 'utf8').digest('hex');
}

/** The one text of an export. */
export function writePortable(document: PortableDocument): string {
  return canonicalJson(document);
}

/**
 * R22: reads an export back. It must be the very text that was written: white space, another order, an escape in another
 * form are changes too, so that not one byte can differ from what was signed.
 *
 * @throws AsignioError `ASIGNIO_EXPORT_INVALID` naming the place, never what stands there.
 */
export function readPortable(text: unknown): PortableDocument {
  if (typeof text !== 'string' || text.length > LONGEST) throw invalid('An export is a text of at most 4 MB');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid('It is not JSON');
  }
  const violation = schemaViolation(PORTABLE_SCHEMA, value);
  if (violation !== undefined) throw invalid(`It does not follow the schema at ${violation}`);
  if (canonicalJson(value) !== text) throw invalid('It was changed since it was given out');
  return value as PortableDocument;
}

function invalid(detail: string): AsignioError {
  return new AsignioError('ASIGNIO_EXPORT_INVALID', detail);
}
