import { AsignioError } from '@asignio/contracts';
import { isOf, isPrintable } from '../checks.ts';

/** All that a relying party can ever be told of a person (R14). */
export const ASSERTABLE = ['name', 'email', 'phone'] as const;
export type Attribute = (typeof ASSERTABLE)[number];

/** What a person is called, and how they are reached. */
export type Attributes = { readonly [A in Attribute]?: string };

/** One @, a domain with a dot, no space; the length of RFC 5321, section 4.5.3.1. Whether it is read, only a letter can tell. */
const EMAIL = /^[^\s@<>"]{1,64}@[^\s@<>"]{1,185}\.[^\s@<>".]{2,63}$/;
/** ITU-T E.164. */
const PHONE = /^\+[1-9][0-9]{6,14}$/;

const FORMS: Readonly<Record<Attribute, (value: unknown) => value is string>> = {
  name: (value): value is string => isPrintable(value, 1, 200),
  email: (value): value is string => isPrintable(value, 3, 254) && isOf(EMAIL, value),
  phone: (value): value is string => isOf(PHONE, value),
};

/**
 * Checks what is to be kept of a person.
 * @throws AsignioError `ASIGNIO_REQUEST_INVALID` naming the field, never its value.
 */
export function checkAttributes(value: unknown): Attributes {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('attributes: an object');
  for (const [name, item] of Object.entries(value)) {
    if (!isAssertable(name)) throw invalid(`attributes: only ${ASSERTABLE.join(', ')} are kept`);
    if (!FORMS[name](item)) throw invalid(`attributes.${name}: not of the form that it has`);
  }
  if (Object.keys(value).length === 0) throw invalid('attributes: name at least one');
  return { ...value };
}

/** What of a request can be told at all and was consented to for this party (R14), in the order of {@link ASSERTABLE}. */
export function assertableNames(requested: readonly string[], released: readonly Attribute[]): readonly Attribute[] {
  return ASSERTABLE.filter((name) => requested.includes(name) && released.includes(name));
}

/**
 * What of a request a relying party is told: what exists, can be told at all, and was consented to for this party (R14).
 * Names of anything else, a template or a score say, are as if they had not been asked for.
 * @example
 * ```ts
 * assertable(['email', 'score'], ['email', 'phone'], { email: 'ada@example.test' }); // { email: 'ada@example.test' }
 * ```
 */
export function assertable(requested: readonly string[], released: readonly Attribute[], held: Attributes): Attributes {
  const told = assertableNames(requested, released).filter((name) => Object.hasOwn(held, name));
  return Object.fromEntries(told.map((name) => [name, held[name]]));
}

function isAssertable(name: string): name is Attribute {
  return ASSERTABLE.some((known) => known === name);
}

function invalid(detail: string): AsignioError {
  return new AsignioError('ASIGNIO_REQUEST_INVALID', detail);
}
