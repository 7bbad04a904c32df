import { base64Of } from '../crypto/certificate.ts';
import type { Keys } from '../keys/keyring.ts';
import { BINDING, NS } from '../xml/names.ts';
import { xml } from '../xml/write.ts';
import type { Xml } from '../xml/write.ts';

/** The keys of a role, as metadata have them. */
export function keyDescriptors(keys: Keys): readonly Xml[] {
  return keys.published.map(
    (certificate) => xml`<md:KeyDescriptor use="signing">
      <ds:KeyInfo xmlns:ds="${NS.signature}">
        <ds:X509Data><ds:X509Certificate>${base64Of(certificate)}</ds:X509Certificate></ds:X509Data>
      </ds:KeyInfo>
    </md:KeyDescriptor>`,
  );
}

/** The service provider role: requests are signed, and so are the assertions that are taken. */
export function serviceProviderRole(consumer: string, keys: Keys): Xml {
  return xml`<md:SPSSODescriptor
      AuthnRequestsSigned="true"
      WantAssertionsSigned="true"
      protocolSupportEnumeration="${NS.protocol}">
      ${keyDescriptors(keys)}
      <md:AssertionConsumerService Binding="${BINDING.post}" Location="${consumer}" index="0" isDefault="true"></md:AssertionConsumerService>
    </md:SPSSODescriptor>`;
}
