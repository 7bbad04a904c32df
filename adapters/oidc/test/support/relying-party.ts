import * as client from 'openid-client';
import { SECRET, SHOP } from './world.js';
import type { World } from './world.js';

/** A relying party on `openid-client`, at its own defaults. */
export class RelyingParty {
  readonly config: client.Configuration;
  readonly redirectUri: string;
  private readonly verifiers = new Map<string, { readonly verifier: string; readonly nonce: string }>();

  constructor(config: client.Configuration, redirectUri: string) {
    this.config = config;
    this.redirectUri = redirectUri;
  }

  /** Begins a sign-in; the URL for the browser. */
  async begin(
    parameters: Record<string, string> = {},
    { pushed = false } = {},
  ): Promise<{ url: string; state: string }> {
    const verifier = client.randomPKCECodeVerifier();
    const state = client.randomState();
    const nonce = client.randomNonce();
    this.verifiers.set(state, { verifier, nonce });
    const all = {
      redirect_uri: this.redirectUri,
      scope: 'openid',
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
      ...parameters,
    };
    const url = pushed
      ? await client.buildAuthorizationUrlWithPAR(this.config, all)
      : client.buildAuthorizationUrl(this.config, all);
    return { url: url.href, state };
  }

  /** Takes the answer at the redirect URI; checks what `openid-client` checks. */
  async finish(
    answer: URL,
    state: string,
    more: client.AuthorizationCodeGrantChecks = {},
  ): Promise<client.TokenEndpointResponse & client.TokenEndpointResponseHelpers> {
    const kept = this.verifiers.get(state);
    if (kept === undefined) throw new Error('No such sign-in');
    return client.authorizationCodeGrant(this.config, answer, {
      pkceCodeVerifier: kept.verifier,
      expectedNonce: kept.nonce,
      expectedState: state,
      idTokenExpected: true,
      ...more,
    });
  }

  verifierOf(state: string): string {
    return this.verifiers.get(state)?.verifier ?? '';
  }
}

/** One that has read the provider's discovery document. */
export async function relyingParty(
  { issuer }: Pick<World, 'issuer'>,
  { id = 'shop', secret = SECRET, redirectUri = SHOP }: { id?: string; secret?: string; redirectUri?: string } = {},
): Promise<RelyingParty> {
  const config = await client.discovery(
    new URL(issuer),
    id,
    { client_secret: secret },
    client.ClientSecretBasic(secret),
    {
      execute: [client.allowInsecureRequests],
    },
  );
  return new RelyingParty(config, redirectUri);
}
