import type { X509Certificate } from 'node:crypto';
import { base64Of } from '../crypto/certificate.ts';
import { signXml } from '../crypto/sign.ts';
import { AUTHENTICATED, MALLEABLE, OAEP, OAEP_MGF1P } from '../crypto/ciphers.ts';
import type { Keys } from '../keys/keyring.ts';
import { newMessageId } from '../provider/response.ts';
import { BINDING, NS } from '../xml/names.ts';
import { xml } from '../xml/write.ts';
import type { Xml } from '../xml/write.ts';

/** What we are to an identity provider that says who somebody is. */
export interface ConsumerRole {
  /** Where its answers come. */
  readonly location: string;
  /** Where its messages about a sign-out come, by either binding; `undefined`: none is taken. */
  readonly logout: string | undefined;
  /** The key that assertions can be encrypted for, and whether AES-CBC is read too; `undefined`: nothing encrypted is read. */
  readonly encryption: { readonly certificate: X509Certificate; readonly cbc: boolean } | undefined;
}

/** Metadata of a service provider of ours that is nothing else, signed with its own key. */
export function serviceProviderMetadata(entityId: string, role: ConsumerRole, keys: Keys): string {
  return signedEntity(entityId, [serviceProviderRole(role, keys)], keys);
}

/** Metadata of an entity of ours with its roles, signed with its own key, and so in canonical form. */
export function signedEntity(entityId: string, roles: readonly Xml[], keys: Keys): string {
  const id = newMessageId();
  const document = xml`<md:EntityDescriptor
      xmlns:md="${NS.metadata}"
      ID="${id}"
      cacheDuration="P1D"
      entityID="${entityId}">
      ${roles}
    </md:EntityDescriptor>`;
  return signXml(document, id, keys.signing).text;
}

/** The keys that a role signs with, as metadata have them. */
export function keyDescriptors(keys: Keys): readonly Xml[] {
  return keys.published.map((certificate) => keyDescriptor('signing', certificate));
}

/** The service provider role: requests are signed, and so are the assertions that are taken. */
export function serviceProviderRole({ location, logout, encryption }: ConsumerRole, keys: Keys): Xml {
  return xml`<md:SPSSODescriptor
      AuthnRequestsSigned="true"
      WantAssertionsSigned="true"
      protocolSupportEnumeration="${NS.protocol}">
      ${keyDescriptors(keys)}
      ${encryption !== undefined && encryptionDescriptor(encryption.certificate, encryption.cbc)}
      ${logout !== undefined && logoutServices(logout)}
      <md:AssertionConsumerService Binding="${BINDING.post}" Location="${location}" index="0" isDefault="true"></md:AssertionConsumerService>
    </md:SPSSODescriptor>`;
}

/** Where messages about a sign-out go, by either binding. */
export function logoutServices(location: string): readonly Xml[] {
  return [BINDING.redirect, BINDING.post].map(
    (binding) => xml`<md:SingleLogoutService Binding="${binding}" Location="${location}"></md:SingleLogoutService>`,
  );
}

/** The key that others encrypt for, and how. */
export function encryptionDescriptor(certificate: X509Certificate, cbc: boolean): Xml {
  const algorithms = [...AUTHENTICATED.keys(), ...(cbc ? MALLEABLE.keys() : []), OAEP, OAEP_MGF1P];
  return keyDescriptor('encryption', certificate, algorithms);
}

function keyDescriptor(
  use: 'signing' | 'encryption',
  certificate: X509Certificate,
  algorithms: readonly string[] = [],
): Xml {
  return xml`<md:KeyDescriptor use="${use}">
      <ds:KeyInfo xmlns:ds="${NS.signature}">
        <ds:X509Data><ds:X509Certificate>${base64Of(certificate)}</ds:X509Certificate></ds:X509Data>
      </ds:KeyInfo>
      ${algorithms.map((one) => xml`<md:EncryptionMethod Algorithm="${one}"></md:EncryptionMethod>`)}
    </md:KeyDescriptor>`;
}
