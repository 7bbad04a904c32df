import type { LibraryReader } from './library.ts';

/** As far as it is used here. */
interface Saml2Js {
  readonly IdentityProvider: new (options: object) => object;
  readonly ServiceProvider: new (options: object) => {
    post_assert(provider: object, options: object, done: (error: unknown, told?: Told) => void): void;
  };
}

interface Told {
  readonly response_header: { readonly in_response_to?: unknown };
  readonly user: {
    readonly name_id?: unknown;
    readonly session_index?: unknown;
    readonly attributes?: Readonly<Record<string, unknown>>;
  };
}

/**
 * `saml2-js`. It verifies the assertion or, where that is not signed, its response, and looks at the audience; times are for
 * the checks in front of it, because it knows no tolerance at their end, and so is everything else.
 */
export function saml2Js(library: unknown): LibraryReader {
  const { IdentityProvider, ServiceProvider } = library as Saml2Js;
  return async (encoded, { certificates, audience, consumer, signOn }) => {
    const provider = new IdentityProvider({ sso_login_url: signOn, certificates: certificates.map(String) });
    const service = new ServiceProvider({
      entity_id: audience,
      audience,
      assert_endpoint: consumer,
      // It never decrypts: what is encrypted was refused before.
      private_key: '',
      allow_unencrypted_assertion: true,
    });
    const asked = { request_body: { SAMLResponse: encoded }, require_session_index: false, ignore_timing: true };
    const { user, response_header: header } = await new Promise<Told>((done, failed) => {
      service.post_assert(provider, asked, (error, told) => {
        if (told === undefined || (error !== null && error !== undefined))
          failed(new Error('It is not taken', { cause: error }));
        else done(told);
      });
    });
    return {
      nameId: user.name_id,
      sessionIndex: user.session_index,
      inResponseTo: header.in_response_to,
      attributes: user.attributes ?? {},
    };
  };
}
