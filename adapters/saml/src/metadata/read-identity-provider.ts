import { isSafeUrl } from '@asignio/bridge';
import type { X509Certificate } from 'node:crypto';
import { isCurrent } from '../crypto/certificate.ts';
import { BINDING, NS } from '../xml/names.ts';
import { METADATA_LIMITS, parseXml } from '../xml/parse.ts';
import { attribute, children, instantOf, isNamed } from '../xml/read.ts';
import { Refused } from '../xml/refused.ts';
import { encryptionKeys, logoutOf, signingCertificates } from './service-provider.ts';
import type { EncryptionKey, LogoutService } from './service-provider.ts';

/** What metadata say of an identity provider that is asked for a first factor. */
export interface IdentityProviderMetadata {
  readonly entityId: string;
  /** Not to be used from then on, ms since the epoch. */
  readonly validUntil: number | undefined;
  /** Keys that its answers are signed with. */
  readonly certificates: readonly X509Certificate[];
  /** Where requests go, by redirect. */
  readonly signOn: string;
  /** Where messages about a sign-out go; `undefined` where it takes none. */
  readonly logout: LogoutService | undefined;
  /** Keys that it says are to be encrypted for, those of a kind and size that are used here. */
  readonly encryption: readonly EncryptionKey[];
}

/**
 * Reads the metadata of one identity provider (SAML 2.0 Metadata).
 * @param now ms since the epoch
 * @throws Refused where something is missing, expired, or cannot be right; the sentence says what.
 */
export function readIdentityProvider(text: string, now: number): IdentityProviderMetadata {
  const entity = parseXml(text.replace(/^\uFEFF/, ''), METADATA_LIMITS);
  if (!isNamed(entity, 'metadata', 'EntityDescriptor'))
    throw new Refused('metadata', 'The root is no EntityDescriptor');
  const entityId = attribute(entity, 'entityID') ?? '';
  if (entityId === '' || entityId.length > 1024) throw new Refused('metadata', 'entityID is missing');
  const roles = children(entity, 'metadata', 'IDPSSODescriptor').filter((one) =>
    (attribute(one, 'protocolSupportEnumeration') ?? '').split(/\s+/).includes(NS.protocol),
  );
  const [role] = roles;
  if (role === undefined || roles.length > 1)
    throw new Refused('metadata', 'There is not exactly one IDPSSODescriptor of SAML 2.0');
  const ends = [entity, role].map((one) => instantOf(attribute(one, 'validUntil'))).filter((end) => end !== undefined);
  const validUntil = ends.length === 0 ? undefined : Math.min(...ends);
  if (validUntil !== undefined && validUntil <= now)
    throw new Refused('metadata', 'They expired (validUntil); get new ones');
  const certificates = signingCertificates(role);
  if (certificates.length === 0) throw new Refused('metadata', 'They name no key, so no answer could be verified');
  if (certificates.some((certificate) => !isCurrent(certificate, now)))
    throw new Refused('metadata', 'One of their certificates is not in force');
  const services = children(role, 'metadata', 'SingleSignOnService');
  const signOn = services.find((one) => attribute(one, 'Binding') === BINDING.redirect);
  const location = signOn === undefined ? '' : (attribute(signOn, 'Location') ?? '');
  if (!isSafeUrl(location))
    throw new Refused('metadata', 'They name no https URL (http on localhost alone) for requests by HTTP-Redirect');
  return {
    entityId,
    validUntil,
    certificates,
    signOn: location,
    logout: logoutOf(role),
    encryption: encryptionKeys(role),
  };
}
