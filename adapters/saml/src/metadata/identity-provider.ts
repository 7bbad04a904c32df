import type { X509Certificate } from 'node:crypto';
import type { Keys } from '../keys/keyring.ts';
import { BINDING, NAME_ID, NS } from '../xml/names.ts';
import { xml } from '../xml/write.ts';
import {
  encryptionDescriptor,
  keyDescriptors,
  logoutServices,
  serviceProviderRole,
  signedEntity,
} from './write-service-provider.ts';
import type { ConsumerRole } from './write-service-provider.ts';

/** What the identity provider says of itself. */
export interface IdentityProvider {
  readonly entityId: string;
  /** Where requests go, by either binding. */
  readonly signOn: string;
  /** Where messages about a sign-out go, by either binding. */
  readonly logout: string;
  /** The key that names in messages about a sign-out can be encrypted for. */
  readonly encryption: X509Certificate;
  readonly wantsSignedRequests: boolean;
  /** Where answers of the first factor come, if there is one: it is a service provider too. */
  readonly consumer: ConsumerRole | undefined;
}

/**
 * Metadata of the identity provider, signed with its own key: a service provider that has them can follow a change of keys.
 */
export function identityProviderMetadata(
  { entityId, signOn, logout, encryption, wantsSignedRequests, consumer }: IdentityProvider,
  keys: Keys,
): string {
  const formats = [NAME_ID.persistent, NAME_ID.transient, NAME_ID.email];
  const role = xml`<md:IDPSSODescriptor
      WantAuthnRequestsSigned="${String(wantsSignedRequests)}"
      protocolSupportEnumeration="${NS.protocol}">
      ${keyDescriptors(keys)}
      ${encryptionDescriptor(encryption, false)}
      ${logoutServices(logout)}
      ${formats.map((format) => xml`<md:NameIDFormat>${format}</md:NameIDFormat>`)}
      <md:SingleSignOnService Binding="${BINDING.redirect}" Location="${signOn}"></md:SingleSignOnService>
      <md:SingleSignOnService Binding="${BINDING.post}" Location="${signOn}"></md:SingleSignOnService>
    </md:IDPSSODescriptor>`;
  return signedEntity(entityId, consumer === undefined ? [role] : [role, serviceProviderRole(consumer, keys)], keys);
}
