import type { X509Certificate } from 'node:crypto';
import type { Incoming } from '../bindings/encoding.ts';
import { isSigned, signedElement } from '../crypto/verify.ts';
import { Refused } from '../xml/refused.ts';
import type { LogoutRequest } from './messages.ts';

/** What a message about a sign-out is held against; times in ms. */
export interface LogoutChecks {
  /** entityID of the other. */
  readonly issuer: string;
  /** Our own address, which the message must be for. */
  readonly destination: string;
  readonly now: number;
  readonly skew: number;
  /** How old a message may be. */
  readonly lifetime: number;
}

/**
 * What was signed of it. Messages about a sign-out are always signed (SAML 2.0 Profiles, 4.4.4.1).
 * @param root of the message
 * @throws Refused
 */
export function signedMessage(incoming: Incoming, root: Element, certificates: readonly X509Certificate[]): Element {
  if (incoming.verify === undefined) return signedElement(incoming.text, root, certificates).element;
  if (isSigned(root)) throw new Refused('signature', 'It is signed twice');
  incoming.verify(certificates);
  return root;
}

/** @throws Refused for what is of another, for another, or not of now. */
export function checkMessage(
  message: Pick<LogoutRequest, 'issuer' | 'destination' | 'issuedAt'> & { readonly ends?: number | undefined },
  { issuer, destination, now, skew, lifetime }: LogoutChecks,
): void {
  if (message.issuer !== issuer) throw new Refused('issuer', 'The Issuer is another where it is signed');
  if (message.destination !== destination) throw new Refused('destination', 'The Destination is not this address');
  if (message.issuedAt > now + skew) throw new Refused('future', 'It is of the future');
  if (message.issuedAt <= now - lifetime - skew) throw new Refused('expired', 'It is too old');
  if (message.ends !== undefined && message.ends <= now - skew) throw new Refused('expired', 'It is too old');
}
