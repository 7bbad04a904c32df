import type { TenantId } from '@asignio/contracts';
import type { Cabinet, CabinetKey } from '@asignio/core';
import { readPost } from '../bindings/post.ts';
import { redirectUrl } from '../bindings/write-redirect.ts';
import type { SigningKey } from '../crypto/sign.ts';
import type { IdentityProviderSettings } from './options.ts';
import { authnRequest } from '../request/write.ts';
import { claimedRequest, readResponse } from '../response/read.ts';
import type { Decryption, ReadResponse, SamlSignIn } from '../response/read.ts';
import { UpstreamLogout } from './logout.ts';
import type { UpstreamSession } from './logout.ts';
import { agree } from './libraries/library.ts';
import { newMessageId } from '../provider/response.ts';
import { Refused } from '../xml/refused.ts';

/** What {@link Upstream} stands on; times in ms. */
export interface UpstreamTools {
  readonly cabinet: Cabinet;
  readonly tenant: TenantId;
  readonly firstFactor: IdentityProviderSettings;
  /** Our own entityID. */
  readonly entityId: string;
  /** Where answers come. */
  readonly consumer: string;
  readonly skew: number;
  /** How long an answer may take. */
  readonly lifetime: number;
  /** Our own address for messages about a sign-out. */
  readonly logout: string;
  /** How old such a message may be. */
  readonly freshness: number;
  /** How long a session here lasts at most. */
  readonly longestSession: number;
  /** How its encrypted assertions are read, now. */
  decryption(): Promise<Decryption | undefined>;
  now(): number;
}

/** What an answer was to, and what it says; `signIn` is missing where the identity provider says that nobody signed in. */
export interface Arrival {
  /** What the request was begun with. */
  readonly errand: string;
  readonly signIn: SamlSignIn | undefined;
  /** What messages about the end of that call it. */
  readonly session: UpstreamSession | undefined;
}

/**
 * The service provider role: asks an identity provider, and takes its answers. What was asked, and which assertions were
 * seen, stands in the store, so that an answer counts once, at any number of processes, and only if it was asked for.
 */
export class Upstream {
  readonly logout: UpstreamLogout;
  private readonly tools: UpstreamTools;

  constructor(tools: UpstreamTools) {
    this.tools = tools;
    this.logout = new UpstreamLogout(tools);
  }

  /**
   * Begins a sign-in.
   * @param errand what the answer comes back with
   * @returns the address for the browser
   */
  async begin(errand: string, key: SigningKey, how: { readonly forceAuthn: boolean }): Promise<string> {
    const { cabinet, entityId, consumer, lifetime } = this.tools;
    const { identityProvider, contexts, comparison } = this.tools.firstFactor;
    const now = this.tools.now();
    if (identityProvider.validUntil !== undefined && identityProvider.validUntil <= now)
      throw new Refused('metadata', 'The metadata of the identity provider expired');
    const id = newMessageId();
    await cabinet.put(this.asked(id), errand, { expiresAt: now + lifetime });
    const message = authnRequest({
      id,
      issuer: entityId,
      destination: identityProvider.signOn,
      consumer,
      now,
      forceAuthn: how.forceAuthn,
      contexts,
      comparison,
    });
    return redirectUrl(identityProvider.signOn, 'SAMLRequest', message, key);
  }

  /**
   * Takes an answer by POST.
   * @throws Refused for whatever is not an answer to what was asked, whole and for the first time.
   */
  async take(form: unknown): Promise<Arrival> {
    const { cabinet, tenant, entityId, consumer, skew, lifetime } = this.tools;
    const { identityProvider, maxAge, contexts, comparison, library } = this.tools.firstFactor;
    const { text } = readPost(form, 'SAMLResponse');
    const now = this.tools.now();
    if (identityProvider.validUntil !== undefined && identityProvider.validUntil <= now)
      throw new Refused('metadata', 'The metadata of the identity provider expired');
    const checks = {
      issuer: identityProvider.entityId,
      certificates: identityProvider.certificates,
      audience: entityId,
      consumer,
      now,
      skew,
      maxAge,
      // How strong another context is than these, only the identity provider knows.
      contexts: comparison === 'exact' ? contexts : [],
      decryption: await this.tools.decryption(),
    };
    let read: ReturnType<typeof readResponse>;
    try {
      read = readResponse(text, checks);
    } catch (error) {
      if (!(error instanceof Refused) || error.reason !== 'status') throw error;
      return { errand: await this.errandOf(claimedRequest(text)), signIn: undefined, session: undefined };
    }
    if (library !== undefined)
      await agree(library, text, read, {
        certificates: identityProvider.certificates,
        audience: entityId,
        consumer,
        signOn: identityProvider.signOn,
        skew,
      });
    const errand = await this.errandOf(read.inResponseTo);
    const seen = { tenant, drawer: 'saml.assertion', id: `${read.assertionId} ${identityProvider.entityId}` };
    if (!(await cabinet.add(seen, null, { expiresAt: Math.max(read.ends, now + lifetime) })))
      throw new Refused('replay', 'This assertion was here before');
    const session = sessionOf(read);
    // It said so while this was on its way.
    if (await this.logout.ended(session)) return { errand, signIn: undefined, session: undefined };
    return { errand, signIn: read.signIn, session };
  }

  /** Of any number of answers to one request one is taken. */
  private async errandOf(request: string | undefined): Promise<string> {
    if (request === undefined) throw new Refused('unsolicited', 'Nobody asked for it');
    const errand = request.length > 256 ? undefined : await this.tools.cabinet.take(this.asked(request));
    if (typeof errand !== 'string')
      throw new Refused('in-response-to', 'It answers nothing that was asked here, or not any more');
    return errand;
  }

  private asked(id: string): CabinetKey {
    return { tenant: this.tools.tenant, drawer: 'saml.asked', id };
  }
}

function sessionOf({ signIn, issuedAt }: ReadResponse): UpstreamSession {
  const { nameId: value, nameIdFormat: format, nameQualifier, spNameQualifier, sessionIndex } = signIn;
  return {
    name: { value, format, nameQualifier, spNameQualifier },
    sessionIndexes: sessionIndex === undefined ? [] : [sessionIndex],
    issuedAt,
  };
}
