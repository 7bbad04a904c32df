import type { Keys } from '../keys/keyring.ts';
import { BINDING, NAME_ID, NS } from '../xml/names.ts';
import { xml } from '../xml/write.ts';
import { keyDescriptors, serviceProviderRole, signedEntity } from './write-service-provider.ts';
import type { ConsumerRole } from './write-service-provider.ts';

/** What the identity provider says of itself. */
export interface IdentityProvider {
  readonly entityId: string;
  /** Where requests go, by either binding. */
  readonly signOn: string;
  /** Where messages about a sign-out go, by either binding. */
  readonly logout: string;
  readonly wantsSignedRequests: boolean;
  /** Where answers of the first factor come, if there is one: it is a service provider too. */
  readonly consumer: ConsumerRole | undefined;
}

/**
 * Metadata of the identity provider, signed with its own key: a service provider that has them can follow a change of keys.
 */
export function identityProviderMetadata(
  { entityId, signOn, logout, wantsSignedRequests, consumer }: IdentityProvider,
  keys: Keys,
): string {
  const formats = [NAME_ID.persistent, NAME_ID.transient, NAME_ID.email];
  const role = xml`<md:IDPSSODescriptor
      WantAuthnRequestsSigned="${String(wantsSignedRequests)}"
      protocolSupportEnumeration="${NS.protocol}">
      ${keyDescriptors(keys)}
      <md:SingleLogoutService Binding="${BINDING.redirect}" Location="${logout}"></md:SingleLogoutService>
      <md:SingleLogoutService Binding="${BINDING.post}" Location="${logout}"></md:SingleLogoutService>
      ${formats.map((format) => xml`<md:NameIDFormat>${format}</md:NameIDFormat>`)}
      <md:SingleSignOnService Binding="${BINDING.redirect}" Location="${signOn}"></md:SingleSignOnService>
      <md:SingleSignOnService Binding="${BINDING.post}" Location="${signOn}"></md:SingleSignOnService>
    </md:IDPSSODescriptor>`;
  return signedEntity(entityId, consumer === undefined ? [role] : [role, serviceProviderRole(consumer, keys)], keys);
}
