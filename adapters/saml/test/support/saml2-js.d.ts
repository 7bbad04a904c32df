/** As far as it is used here; the package has no types. */
declare module 'saml2-js' {
  const saml2: {
    readonly ServiceProvider: typeof ServiceProvider;
    readonly IdentityProvider: new (options: object) => IdentityProvider;
  };
  export default saml2;
  export interface Told {
    readonly response_header: { readonly in_response_to: string };
    readonly user: { readonly name_id: string; readonly attributes: Readonly<Record<string, readonly string[]>> };
  }
  export class ServiceProvider {
    constructor(options: object);
    create_login_request_url(
      idp: IdentityProvider,
      options: object,
      done: (error: Error | null, url: string, id: string) => void,
    ): void;
    post_assert(idp: IdentityProvider, options: object, done: (error: Error | null, told: Told) => void): void;
  }
  /** What `IdentityProvider` makes. */
  export type IdentityProvider = object;
}
