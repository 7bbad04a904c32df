import { randomBytes } from 'node:crypto';
import { base64Of } from '../crypto/certificate.ts';
import { signXml } from '../crypto/sign.ts';
import type { Keys } from '../keys/keyring.ts';
import { BINDING, NAME_ID, NS } from '../xml/names.ts';
import { xml } from '../xml/write.ts';

/** What the identity provider says of itself. */
export interface IdentityProvider {
  readonly entityId: string;
  /** Where requests go, by either binding. */
  readonly signOn: string;
  readonly wantsSignedRequests: boolean;
}

/**
 * Metadata of the identity provider, signed with its own key: a service provider that has them can follow a change of keys.
 */
export function identityProviderMetadata(
  { entityId, signOn, wantsSignedRequests }: IdentityProvider,
  keys: Keys,
): string {
  const formats = [NAME_ID.persistent, NAME_ID.transient, NAME_ID.email];
  const document = xml`<md:EntityDescriptor
      xmlns:md="${NS.metadata}"
      ID="_${randomBytes(20).toString('hex')}"
      entityID="${entityId}"
      cacheDuration="P1D">
      <md:IDPSSODescriptor
        protocolSupportEnumeration="${NS.protocol}"
        WantAuthnRequestsSigned="${String(wantsSignedRequests)}">
        ${keys.published.map(
          (certificate) => xml`<md:KeyDescriptor use="signing">
            <ds:KeyInfo xmlns:ds="${NS.signature}">
              <ds:X509Data><ds:X509Certificate>${base64Of(certificate)}</ds:X509Certificate></ds:X509Data>
            </ds:KeyInfo>
          </md:KeyDescriptor>`,
        )}
        ${formats.map((format) => xml`<md:NameIDFormat>${format}</md:NameIDFormat>`)}
        <md:SingleSignOnService Binding="${BINDING.redirect}" Location="${signOn}"/>
        <md:SingleSignOnService Binding="${BINDING.post}" Location="${signOn}"/>
      </md:IDPSSODescriptor>
    </md:EntityDescriptor>`;
  return signXml(document, keys.signing, 'first');
}
