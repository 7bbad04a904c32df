/**
 * Branded identifiers: a `SubjectId` cannot be passed where a `TenantId` is wanted, and a string from outside is
 * neither until it went through the function that checks it.
 */
import { AsignioError } from './errors.ts';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** The controller (company) on whose behalf data is held. 1-64 characters of `A-Z a-z 0-9 . _ -`. */
export type TenantId = Branded<'TenantId'>;
/** The person, by the host application's own stable id (not an e-mail address if it can be helped). 1-256 characters. */
export type SubjectId = Branded<'SubjectId'>;
/** One ceremony; 32 random bytes, base64url. */
export type CeremonyId = Branded<'CeremonyId'>;
/** One consent record; 16 random bytes, base64url. */
export type ConsentId = Branded<'ConsentId'>;
/** One reference; 16 random bytes, base64url. */
export type ReferenceId = Branded<'ReferenceId'>;
/** What logs and audit call a subject: a keyed hash of tenant and subject, 22 characters of base64url. */
export type Pseudonym = Branded<'Pseudonym'>;

const TENANT = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const BASE64URL = /^[A-Za-z0-9_-]{1,64}$/;
// Control characters and lone surrogates have no place in an id: they break logs, HTTP headers and UTF-8 round trips.
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;

/** Whose records are the system's own: the version of what is stored, an import under way. No controller has this id. */
export const SYSTEM_TENANT = 'asignio.system' as TenantId;

/**
 * Checks a tenant id.
 * @throws {@link AsignioError} `ASIGNIO_ID_INVALID` when it is not 1-64 characters of `A-Z a-z 0-9 . _ -`, or is
 * {@link SYSTEM_TENANT}.
 * @example
 * ```ts
 * const tenant = tenantId('acme');
 * ```
 */
export function tenantId(value: unknown): TenantId {
  if (typeof value !== 'string' || !TENANT.test(value))
    throw new AsignioError('ASIGNIO_ID_INVALID', 'A tenant id is 1-64 characters of A-Z a-z 0-9 . _ -');
  if (value === SYSTEM_TENANT) throw new AsignioError('ASIGNIO_ID_INVALID', 'This tenant id is reserved');
  return value as TenantId;
}

/**
 * Checks a subject id: any printable text of 1-256 UTF-16 units, in Unicode normal form C so that two spellings of one
 * name are one subject.
 * @throws {@link AsignioError} `ASIGNIO_ID_INVALID`.
 */
export function subjectId(value: unknown): SubjectId {
  const id = typeof value === 'string' && value.length <= 256 ? value.normalize('NFC') : '';
  // Normal form C can be longer: U+0344 becomes two characters.
  if (id.length === 0 || id.length > 256 || UNPRINTABLE.test(id))
    throw new AsignioError('ASIGNIO_ID_INVALID', 'A subject id is 1-256 printable characters');
  return id as SubjectId;
}

/** Checks an id that this system made (ceremony, consent, reference). Throws `ASIGNIO_ID_INVALID`. */
function ownId(value: unknown, what: string): string {
  if (typeof value !== 'string' || !BASE64URL.test(value))
    throw new AsignioError('ASIGNIO_ID_INVALID', `A ${what} id is 1-64 characters of base64url`);
  return value;
}

/** Checks a ceremony id. Throws `ASIGNIO_ID_INVALID`. */
export function ceremonyId(value: unknown): CeremonyId {
  return ownId(value, 'ceremony') as CeremonyId;
}

/** Checks a consent id. Throws `ASIGNIO_ID_INVALID`. */
export function consentId(value: unknown): ConsentId {
  return ownId(value, 'consent') as ConsentId;
}

/** Checks a reference id. Throws `ASIGNIO_ID_INVALID`. */
export function referenceId(value: unknown): ReferenceId {
  return ownId(value, 'reference') as ReferenceId;
}
