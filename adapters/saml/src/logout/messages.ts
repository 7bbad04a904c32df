import { issuerOf } from '../request/authn-request.ts';
import type { Recipient } from '../crypto/encrypt.ts';
import { NS, SUCCESS } from '../xml/names.ts';
import { attribute, child, children, instantOf, isNamed, textOf } from '../xml/read.ts';
import { Refused } from '../xml/refused.ts';
import { instant, xml } from '../xml/write.ts';
import type { Xml } from '../xml/write.ts';
import { nameXml, readName } from './name.ts';
import type { LogoutName, NameDecryption } from './name.ts';

/** A `LogoutRequest`, read; nothing about it is checked against anything yet. */
export interface LogoutRequest {
  readonly id: string;
  readonly issuer: string;
  readonly issuedAt: number;
  /** Not to be taken any more from then on, ms since the epoch. */
  readonly ends: number | undefined;
  readonly destination: string | undefined;
  readonly name: LogoutName;
  /** Which sign-ins; none for all that the sender has of this person. */
  readonly sessionIndexes: readonly string[];
}

/** A `LogoutResponse`, read. */
export interface LogoutResponse {
  readonly issuer: string;
  readonly issuedAt: number;
  readonly destination: string | undefined;
  readonly inResponseTo: string;
  readonly success: boolean;
}

const ID = /^[A-Za-z_][A-Za-z0-9._-]{0,255}$/;
const MOST_SESSIONS = 20;
const LONGEST = 1024;
const PARTIAL = 'urn:oasis:names:tc:SAML:2.0:status:PartialLogout';

/**
 * Reads a `LogoutRequest` (SAML 2.0 Core, 3.7.1) whose signature was verified.
 * @param decryption how an encrypted name is read; `undefined`: none is taken
 * @throws Refused
 */
export function readLogoutRequest(root: Element, decryption: NameDecryption | undefined): LogoutRequest {
  if (!isNamed(root, 'protocol', 'LogoutRequest')) throw new Refused('message', 'It is no LogoutRequest');
  const id = attribute(root, 'ID') ?? '';
  if (!ID.test(id)) throw new Refused('id', 'The ID is missing, too long, or no ID');
  const name = readName(root, decryption);
  const sessionIndexes = children(root, 'protocol', 'SessionIndex').map(textOf);
  if (sessionIndexes.length > MOST_SESSIONS || sessionIndexes.some((one) => one.length > LONGEST))
    throw new Refused('size', 'It names too many sessions');
  return {
    id,
    ...envelopeOf(root),
    ends: instantOf(attribute(root, 'NotOnOrAfter')),
    name,
    sessionIndexes,
  };
}

/**
 * Reads a `LogoutResponse` (SAML 2.0 Core, 3.7.2).
 * @throws Refused
 */
export function readLogoutResponse(root: Element): LogoutResponse {
  if (!isNamed(root, 'protocol', 'LogoutResponse')) throw new Refused('message', 'It is no LogoutResponse');
  const inResponseTo = attribute(root, 'InResponseTo') ?? '';
  if (!ID.test(inResponseTo)) throw new Refused('unsolicited', 'It answers nothing');
  const status = child(root, 'protocol', 'Status');
  const code = status === undefined ? undefined : child(status, 'protocol', 'StatusCode');
  if (code === undefined) throw new Refused('xml', 'It has no status');
  return { ...envelopeOf(root), inResponseTo, success: attribute(code, 'Value') === SUCCESS };
}

function envelopeOf(root: Element): Pick<LogoutRequest, 'issuer' | 'issuedAt' | 'destination'> {
  if (attribute(root, 'Version') !== '2.0') throw new Refused('version', 'It is not of SAML 2.0');
  const issuedAt = instantOf(attribute(root, 'IssueInstant'));
  if (issuedAt === undefined) throw new Refused('xml', 'IssueInstant is missing');
  return { issuer: issuerOf(root), issuedAt, destination: attribute(root, 'Destination') };
}

/** What goes around every message of ours. */
export interface Envelope {
  readonly id: string;
  readonly issuer: string;
  readonly destination: string;
  /** ms since the epoch. */
  readonly now: number;
}

/** A `LogoutRequest`, in canonical form, as the rest of this file. */
export function logoutRequest(
  { id, issuer, destination, now }: Envelope,
  about: {
    readonly name: LogoutName;
    /** Who alone can read the name; `undefined`: it is not encrypted. */
    readonly encryptTo?: Recipient | undefined;
    readonly sessionIndexes: readonly string[];
    readonly ends: number;
  },
): Xml {
  return xml`<samlp:LogoutRequest
      xmlns:samlp="${NS.protocol}"
      Destination="${destination}"
      ID="${id}"
      IssueInstant="${instant(now)}"
      NotOnOrAfter="${instant(about.ends)}"
      Version="2.0">
      <saml:Issuer xmlns:saml="${NS.assertion}">${issuer}</saml:Issuer>
      ${nameXml(about.name, about.encryptTo)}
      ${about.sessionIndexes.map((one) => xml`<samlp:SessionIndex>${one}</samlp:SessionIndex>`)}
    </samlp:LogoutRequest>`;
}

/** A `LogoutResponse`; `partial` where others could not be told (SAML 2.0 Core, 3.7.3.2). */
export function logoutResponse(
  { id, issuer, destination, now }: Envelope,
  inResponseTo: string,
  partial: boolean,
): Xml {
  return xml`<samlp:LogoutResponse
      xmlns:samlp="${NS.protocol}"
      Destination="${destination}"
      ID="${id}"
      InResponseTo="${inResponseTo}"
      IssueInstant="${instant(now)}"
      Version="2.0">
      <saml:Issuer xmlns:saml="${NS.assertion}">${issuer}</saml:Issuer>
      <samlp:Status>
        <samlp:StatusCode Value="${SUCCESS}">${
          partial && xml`<samlp:StatusCode Value="${PARTIAL}"></samlp:StatusCode>`
        }</samlp:StatusCode>
      </samlp:Status>
    </samlp:LogoutResponse>`;
}
