import type { KeyObject } from 'node:crypto';
import { decrypted, undecipherable } from '../crypto/decrypt.ts';
import { encryptedElement } from '../crypto/encrypt.ts';
import type { Recipient } from '../crypto/encrypt.ts';
import { NAME_ID, NS } from '../xml/names.ts';
import { parseXml } from '../xml/parse.ts';
import { attribute, child, isNamed, textOf } from '../xml/read.ts';
import { Refused } from '../xml/refused.ts';
import { optional, xml } from '../xml/write.ts';
import type { Xml } from '../xml/write.ts';

/** How a person is called in messages about a sign-out: as in the assertion, to the letter (SAML 2.0 Core, 2.2.2). */
export interface LogoutName {
  readonly value: string;
  readonly format?: string | undefined;
  readonly nameQualifier?: string | undefined;
  readonly spNameQualifier?: string | undefined;
}

/** How an encrypted name is read; of a message whose signature was verified before. */
export interface NameDecryption {
  /** Ours, the newest first. */
  readonly keys: readonly KeyObject[];
  /** AES-CBC is read too. */
  readonly cbc: boolean;
}

const LONGEST = 1024;

/** A `NameID`, or an `EncryptedID` that its recipient alone can read. */
export function nameXml(name: LogoutName, recipient: Recipient | undefined): Xml {
  const plain = xml`<saml:NameID xmlns:saml="${NS.assertion}"${optional('Format', name.format)}${optional(
    'NameQualifier',
    name.nameQualifier,
  )}${optional('SPNameQualifier', name.spNameQualifier)}>${name.value}</saml:NameID>`;
  return recipient === undefined ? plain : encryptedElement('EncryptedID', plain, recipient);
}

/**
 * Reads whom a message is about.
 * @param decryption `undefined`: nothing encrypted is taken
 * @throws Refused
 */
export function readName(root: Element, decryption: NameDecryption | undefined): LogoutName {
  const [plain, encrypted] = [child(root, 'assertion', 'NameID'), child(root, 'assertion', 'EncryptedID')];
  if ((plain === undefined) === (encrypted === undefined)) throw new Refused('subject', 'It does not name one person');
  const element = plain ?? opened(encrypted, decryption);
  const value = textOf(element);
  if (value === '' || value.length > LONGEST) throw new Refused('subject', 'The NameID is empty, or too long');
  return {
    value,
    format: attribute(element, 'Format'),
    nameQualifier: attribute(element, 'NameQualifier'),
    spNameQualifier: attribute(element, 'SPNameQualifier'),
  };
}

/** Whether a message is about the one whom an assertion was about. A format that is not named is any. */
export function isAbout(asked: LogoutName, known: LogoutName): boolean {
  const { format = NAME_ID.unspecified } = known;
  return asked.value === known.value && [undefined, NAME_ID.unspecified, format].includes(asked.format);
}

function opened(element: Element | undefined, decryption: NameDecryption | undefined): Element {
  if (element === undefined || decryption === undefined) throw undecipherable();
  try {
    const name = parseXml(decrypted(element, decryption.keys, decryption.cbc));
    if (isNamed(name, 'assertion', 'NameID')) return name;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
  throw undecipherable();
}
