import type { LibraryReader } from './library.ts';

/** As far as it is used here. */
interface NodeSaml {
  readonly SAML: new (options: object) => {
    validatePostResponseAsync(form: { readonly SAMLResponse: string }): Promise<{ readonly profile: Profile | null }>;
  };
}

interface Profile {
  readonly nameID?: unknown;
  readonly nameIDFormat?: unknown;
  readonly sessionIndex?: unknown;
  readonly inResponseTo?: unknown;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/**
 * `@node-saml/node-saml`. It verifies a response or, where that is not signed, its assertion; which must be signed, which
 * request is answered, to where, and whether it was here before are for the checks in front of it.
 */
export function nodeSaml(library: unknown): LibraryReader {
  const { SAML } = library as NodeSaml;
  return async (encoded, { certificates, audience, consumer, signOn, skew }) => {
    const service = new SAML({
      idpCert: certificates.map(String),
      issuer: audience,
      audience,
      callbackUrl: consumer,
      entryPoint: signOn,
      wantAuthnResponseSigned: false,
      wantAssertionsSigned: false,
      acceptedClockSkewMs: skew,
    });
    const { profile } = await service.validatePostResponseAsync({ SAMLResponse: encoded });
    if (profile === null) throw new Error('It names nobody');
    return {
      nameId: profile.nameID,
      nameIdFormat: profile.nameIDFormat,
      sessionIndex: profile.sessionIndex,
      inResponseTo: profile.inResponseTo,
      attributes: profile.attributes ?? {},
    };
  };
}
