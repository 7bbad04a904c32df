import type { Incoming } from '../bindings/encoding.ts';
import { isSigned, signedElement } from '../crypto/verify.ts';
import type { ConsumerService } from '../metadata/service-provider.ts';
import type { ServiceProvider } from '../options/service-providers.ts';
import { parseXml } from '../xml/parse.ts';
import { Refused } from '../xml/refused.ts';
import { answersByPost, issuerOf, readAuthnRequest } from './authn-request.ts';
import type { AuthnRequest } from './authn-request.ts';

/** What a request is held against; times in ms. */
export interface AcceptanceTools {
  readonly serviceProviders: readonly ServiceProvider[];
  /** Our own address, which the request must be for. */
  readonly destination: string;
  readonly now: number;
  readonly skew: number;
  /** How old a request may be. */
  readonly lifetime: number;
}

/** A request that may be answered, and where to. */
export interface AcceptedRequest {
  readonly request: AuthnRequest;
  readonly serviceProvider: ServiceProvider;
  readonly consumer: ConsumerService;
}

/**
 * Checks a request: of a service provider that is known, signed by it where that is asked for, meant for us, of now, with an
 * answer that goes where its metadata say. Whether it was seen before is for the store.
 * @throws Refused
 */
export function acceptRequest(incoming: Incoming, tools: AcceptanceTools): AcceptedRequest {
  const root = parseXml(incoming.text);
  const serviceProvider = tools.serviceProviders.find(({ metadata }) => metadata.entityId === issuerOf(root));
  if (serviceProvider === undefined) throw new Refused('issuer', 'The Issuer is no service provider of ours');
  const { metadata, signedRequests } = serviceProvider;
  if (metadata.validUntil !== undefined && metadata.validUntil <= tools.now)
    throw new Refused('metadata', 'The metadata of the service provider expired');
  const read = verified(incoming, root, serviceProvider);
  if (signedRequests && !read.signed) throw new Refused('unsigned', 'Requests of this service provider are signed');
  const request = readAuthnRequest(read.element);
  if (request.issuer !== metadata.entityId) throw new Refused('issuer', 'The Issuer is another where it is signed');
  checkDestination(request, tools, read.signed);
  checkTime(request, tools);
  return { request, serviceProvider, consumer: consumerOf(request, serviceProvider) };
}

/** What was signed, where something was; a signature that does not verify is worse than none. */
function verified(
  incoming: Incoming,
  root: Element,
  { metadata }: ServiceProvider,
): { readonly element: Element; readonly signed: boolean } {
  if (incoming.verify !== undefined) {
    if (isSigned(root)) throw new Refused('signature', 'It is signed twice');
    incoming.verify(metadata.certificates);
    return { element: root, signed: true };
  }
  if (!isSigned(root)) return { element: root, signed: false };
  return { element: signedElement(incoming.text, root, metadata.certificates).element, signed: true };
}

/** A signed message says where it goes (SAML 2.0 Bindings, 3.4.5.2 and 3.5.5.2). */
function checkDestination({ destination }: AuthnRequest, tools: AcceptanceTools, signed: boolean): void {
  const right = destination === undefined ? !signed : destination === tools.destination;
  if (!right) throw new Refused('destination', 'The Destination is not this address');
}

function checkTime({ issuedAt }: AuthnRequest, { now, skew, lifetime }: AcceptanceTools): void {
  if (issuedAt > now + skew) throw new Refused('future', 'It is of the future');
  if (issuedAt <= now - lifetime - skew) throw new Refused('expired', 'It is too old');
}

/** Only places that the metadata name, compared character by character: anything else is an open redirect. */
function consumerOf(request: AuthnRequest, { metadata }: ServiceProvider): ConsumerService {
  const { consumerUrl, consumerIndex } = request;
  if (consumerUrl !== undefined && consumerIndex !== undefined)
    throw new Refused('consumer', 'The answer goes to an URL or to an index, not to both');
  if (consumerIndex === undefined && !answersByPost(request))
    throw new Refused('consumer', 'Answers go by HTTP-POST alone');
  const found = metadata.consumers.find(({ location, index }) => {
    if (consumerUrl !== undefined) return location === consumerUrl;
    return consumerIndex === undefined || index === consumerIndex;
  });
  if (found === undefined) throw new Refused('consumer', 'The metadata of the service provider do not name where to');
  return found;
}
