import { isSafeUrl } from '@asignio/bridge';
import type { X509Certificate } from 'node:crypto';
import { isCurrent, readCertificate } from '../crypto/certificate.ts';
import { BINDING, NS } from '../xml/names.ts';
import { METADATA_LIMITS, parseXml } from '../xml/parse.ts';
import { attribute, booleanOf, child, children, elementsIn, instantOf, isNamed, textOf } from '../xml/read.ts';
import { Refused } from '../xml/refused.ts';

/** Where answers go. */
export interface ConsumerService {
  readonly location: string;
  readonly index: number;
  readonly isDefault: boolean;
}

/** What metadata say of a service provider. */
export interface ServiceProviderMetadata {
  readonly entityId: string;
  /** Not to be used from then on, ms since the epoch. */
  readonly validUntil: number | undefined;
  /** Keys that its requests are signed with. */
  readonly certificates: readonly X509Certificate[];
  /** Keys that it can be sent something encrypted for, those of a kind and size that are used here. */
  readonly encryption: readonly EncryptionKey[];
  readonly signsRequests: boolean;
  /** By POST; the default one first. */
  readonly consumers: readonly ConsumerService[];
  /** Where messages about a sign-out go; `undefined` where it takes none. */
  readonly logout: LogoutService | undefined;
  /** In its order of preference. */
  readonly nameIdFormats: readonly string[];
}

/** Where messages about a sign-out go, and by which binding. */
export interface LogoutService {
  readonly binding: 'redirect' | 'post';
  readonly request: string;
  readonly response: string;
}

/** A key to encrypt for. */
export interface EncryptionKey {
  readonly certificate: X509Certificate;
  /** Algorithms that it says it can be used with; none: it does not say. */
  readonly methods: readonly string[];
  /** It is for encryption by its own word, not just for anything. */
  readonly dedicated: boolean;
}

const LONGEST_ENTITY_ID = 1024;

/**
 * Reads the metadata of one service provider (SAML 2.0 Metadata).
 * @throws Refused where something is missing or cannot be right; the sentence says what.
 */
export function readServiceProvider(text: string): ServiceProviderMetadata {
  const entity = entityOf(text);
  const entityId = attribute(entity, 'entityID') ?? '';
  if (entityId === '' || entityId.length > LONGEST_ENTITY_ID) throw new Refused('metadata', 'entityID is missing');
  const roles = children(entity, 'metadata', 'SPSSODescriptor').filter((one) =>
    (attribute(one, 'protocolSupportEnumeration') ?? '').split(/\s+/).includes(NS.protocol),
  );
  const [role] = roles;
  if (role === undefined || roles.length > 1)
    throw new Refused('metadata', 'There is not exactly one SPSSODescriptor of SAML 2.0');
  const ends = [entity, role].map((one) => instantOf(attribute(one, 'validUntil'))).filter((end) => end !== undefined);
  const certificates = signingCertificates(role);
  const signsRequests = booleanOf(attribute(role, 'AuthnRequestsSigned')) ?? false;
  if (signsRequests && certificates.length === 0)
    throw new Refused('metadata', 'It says that requests are signed, and names no key');
  return {
    entityId,
    validUntil: ends.length === 0 ? undefined : Math.min(...ends),
    certificates,
    encryption: encryptionKeys(role),
    signsRequests,
    consumers: consumersOf(role),
    logout: logoutOf(role),
    nameIdFormats: children(role, 'metadata', 'NameIDFormat').map(textOf),
  };
}

/**
 * Checks that metadata can be used now.
 * @param now ms since the epoch
 * @throws Refused where they, or a certificate in them, are not in force.
 */
export function checkServiceProvider(metadata: ServiceProviderMetadata, now: number): ServiceProviderMetadata {
  if (metadata.validUntil !== undefined && metadata.validUntil <= now)
    throw new Refused('metadata', 'They expired (validUntil); get new ones');
  if (metadata.certificates.some((certificate) => !isCurrent(certificate, now)))
    throw new Refused('metadata', 'One of their certificates is not in force');
  return metadata;
}

function entityOf(text: string): Element {
  const root = parseXml(text.replace(/^\uFEFF/, ''), METADATA_LIMITS);
  if (isNamed(root, 'metadata', 'EntityDescriptor')) return root;
  throw new Refused('metadata', 'The root is no EntityDescriptor');
}

/** The certificates for signing of a role. */
export function signingCertificates(role: Element): readonly X509Certificate[] {
  return keysFor(role, 'signing')
    .flatMap(certificatesIn)
    .map((element) => readCertificate(textOf(element)));
}

/** One that cannot be used here is passed over: whoever wants to encrypt is told that there is none. */
export function encryptionKeys(role: Element): readonly EncryptionKey[] {
  return keysFor(role, 'encryption').flatMap((key) => {
    const methods = children(key, 'metadata', 'EncryptionMethod').map((one) => attribute(one, 'Algorithm') ?? '');
    const dedicated = attribute(key, 'use') === 'encryption';
    return certificatesIn(key).flatMap((element) => {
      try {
        return [{ certificate: readCertificate(textOf(element)), methods, dedicated }];
      } catch (error) {
        if (error instanceof Refused) return [];
        throw error;
      }
    });
  });
}

/** Those that do not say what they are for are for both (SAML 2.0 Metadata, 2.4.1.1). */
function keysFor(role: Element, use: 'signing' | 'encryption'): readonly Element[] {
  return children(role, 'metadata', 'KeyDescriptor').filter((one) => (attribute(one, 'use') ?? use) === use);
}

function certificatesIn(key: Element): readonly Element[] {
  const info = child(key, 'signature', 'KeyInfo');
  const data = info === undefined ? [] : children(info, 'signature', 'X509Data');
  return data.flatMap((x509) => children(x509, 'signature', 'X509Certificate'));
}

/**
 * Where messages about a sign-out go: by redirect, else by POST.
 * @throws Refused for an address that is not safe
 */
export function logoutOf(role: Element): LogoutService | undefined {
  const services = children(role, 'metadata', 'SingleLogoutService');
  const by = (binding: LogoutService['binding']): Element | undefined =>
    services.find((one) => attribute(one, 'Binding') === BINDING[binding]);
  const binding = by('redirect') === undefined ? 'post' : 'redirect';
  const service = by(binding);
  if (service === undefined) return undefined;
  const request = attribute(service, 'Location') ?? '';
  const response = attribute(service, 'ResponseLocation') ?? request;
  if (![request, response].every(isSafeUrl))
    throw new Refused('metadata', 'A SingleLogoutService is no https URL (http on localhost alone)');
  return { binding, request, response };
}

function consumersOf(role: Element): readonly ConsumerService[] {
  const all = elementsIn(role).filter((one) => isNamed(one, 'metadata', 'AssertionConsumerService'));
  const byPost = all
    .filter((one) => attribute(one, 'Binding') === BINDING.post)
    .map((one) => {
      const location = attribute(one, 'Location') ?? '';
      const index = attribute(one, 'index') ?? '';
      if (!isSafeUrl(location))
        throw new Refused('metadata', 'An AssertionConsumerService is no https URL (http on localhost alone)');
      if (!/^\d{1,5}$/.test(index)) throw new Refused('metadata', 'An AssertionConsumerService has no index');
      return { location, index: Number(index), isDefault: booleanOf(attribute(one, 'isDefault')) };
    });
  // The first that says so; else the first that does not say no (SAML 2.0 Metadata, 2.2.3).
  const first =
    byPost.find(({ isDefault }) => isDefault === true) ??
    byPost.find(({ isDefault }) => isDefault !== false) ??
    byPost[0];
  if (first === undefined) throw new Refused('metadata', 'It has no AssertionConsumerService by HTTP-POST');
  return [first, ...byPost.filter((one) => one !== first)].map(({ location, index }) => ({
    location,
    index,
    isDefault: index === first.index && location === first.location,
  }));
}
