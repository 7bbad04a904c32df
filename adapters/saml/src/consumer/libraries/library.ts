import { createRequire } from 'node:module';
import type { X509Certificate } from 'node:crypto';
import type { ReadResponse } from '../../response/read.ts';
import { Refused } from '../../xml/refused.ts';
import { nodeSaml } from './node-saml.ts';
import { saml2Js } from './saml2-js.ts';

/** A library that takes the answers of an identity provider, behind our own checks. */
export type SamlLibrary = 'node-saml' | 'saml2-js';

/** What a library is told of the two sides. */
export interface LibraryTerms {
  readonly certificates: readonly X509Certificate[];
  /** Our own entityID. */
  readonly audience: string;
  /** Where answers come. */
  readonly consumer: string;
  /** Where requests go. */
  readonly signOn: string;
  /** ms. */
  readonly skew: number;
}

/** What a library says of an answer; `undefined` for what it says nothing of. */
export interface LibraryReading {
  readonly nameId: unknown;
  readonly nameIdFormat?: unknown;
  readonly sessionIndex: unknown;
  readonly inResponseTo: unknown;
  /** By name. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/**
 * Has a library take an answer.
 * @param encoded as it is posted
 * @throws whatever the library throws for what it does not take
 */
export type LibraryReader = (encoded: string, terms: LibraryTerms) => Promise<LibraryReading>;

/** How it is found, and the first version whose own parts have no known hole (xml-crypto 6.0.1, CVE-2025-29774 and -29775). */
const KNOWN = {
  'node-saml': { package: '@node-saml/node-saml', major: 5, minor: 1, patch: 0, reader: nodeSaml },
  'saml2-js': { package: 'saml2-js', major: 4, minor: 0, patch: 4, reader: saml2Js },
} as const;

/** Names of all of them. */
export const SAML_LIBRARIES = Object.keys(KNOWN) as readonly SamlLibrary[];

/**
 * Loads a library: only who chooses one has to have it.
 * @param load as `require` does
 * @throws Refused with a sentence where it is not installed, or not of a version that was tried.
 */
export function loadLibrary(
  name: SamlLibrary,
  load: (id: string) => unknown = createRequire(import.meta.url),
): LibraryReader {
  const { package: id, major, minor, patch, reader } = KNOWN[name];
  const wanted = `npm install ${id}@^${major}.${minor}.${patch}`;
  let version: unknown;
  try {
    ({ version } = load(`${id}/package.json`) as { version?: unknown });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    throw new Refused('library', `${id} is not installed: ${wanted}`);
  }
  const [have, ...lesser] = String(version).split('.').map(Number.parseFloat);
  const [middle = 0, last = 0] = lesser;
  if (have !== major || middle < minor || (middle === minor && last < patch))
    throw new Refused('library', `the ${id} that is installed is of another version than was tried: ${wanted}`);
  return reader(load(id));
}

/**
 * Holds what a library says of an answer against what was read of it here.
 * @throws Refused where the library does not take it, or reads another thing.
 */
export async function agree(
  reader: LibraryReader,
  text: string,
  read: ReadResponse,
  terms: LibraryTerms,
): Promise<void> {
  let said: LibraryReading;
  try {
    said = await reader(Buffer.from(text).toString('base64'), terms);
  } catch {
    // Its words may hold what came.
    throw new Refused('library', 'The library does not take it');
  }
  const { signIn } = read;
  const names = new Set([...Object.keys(signIn.attributes), ...Object.keys(said.attributes)]);
  const one =
    trimmed(said.nameId) === signIn.nameId &&
    (said.nameIdFormat === undefined || said.nameIdFormat === signIn.nameIdFormat) &&
    said.sessionIndex === signIn.sessionIndex &&
    (said.inResponseTo === undefined || said.inResponseTo === read.inResponseTo) &&
    [...names].every((name) => texts(valueOf(signIn.attributes, name)) === texts(valueOf(said.attributes, name)));
  if (!one) throw new Refused('library', 'The library reads another thing');
}

function valueOf(all: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(all, name) ? all[name] : undefined;
}

/** The texts among values, in their order; what is none (an element, nothing at all) is left out on both sides. */
function texts(values: unknown): string {
  return JSON.stringify([values].flat().map(trimmed).filter(Boolean));
}

function trimmed(value: unknown): string | undefined {
  return typeof value === 'string' ? value.trim() : undefined;
}
