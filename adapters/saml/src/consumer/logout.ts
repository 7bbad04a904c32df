import type { CabinetKey } from '@asignio/core';
import type { Incoming } from '../bindings/encoding.ts';
import { checkMessage, signedMessage } from '../logout/check.ts';
import { logoutRequest, logoutResponse, readLogoutRequest, readLogoutResponse } from '../logout/messages.ts';
import type { LogoutRequest, LogoutResponse } from '../logout/messages.ts';
import type { LogoutName } from '../logout/name.ts';
import type { Outgoing } from '../logout/send.ts';
import { newMessageId } from '../provider/response.ts';
import { NAME_ID } from '../xml/names.ts';
import { parseXml } from '../xml/parse.ts';
import { Refused } from '../xml/refused.ts';
import type { UpstreamTools } from './upstream.ts';

/** A session at the identity provider, as its messages about a sign-out name it. */
export interface UpstreamSession {
  readonly name: LogoutName;
  /** All that it called this session by; none where it said none. */
  readonly sessionIndexes: readonly string[];
  /** When it said so last, by its own clock, ms since the epoch. */
  readonly issuedAt: number;
}

/** By the format of the name: when the identity provider said last that they signed out, ms since the epoch. */
type Mark = Readonly<Record<string, number>>;

/** A format that is not named is any. */
const ANY = NAME_ID.unspecified;

function formatOf({ format }: LogoutName): string {
  return format ?? ANY;
}

/**
 * Signing out together with the identity provider of the first factor: it is told who signs out here, and tells who signed
 * out there. What it ended stands in the store as long as something that it said before may still be believed: an assertion
 * that comes late, a drawing that is not finished yet, a session that its request did not name (SAML 2.0 Core, 3.7.3.1).
 */
export class UpstreamLogout {
  private readonly tools: UpstreamTools;

  constructor(tools: UpstreamTools) {
    this.tools = tools;
  }

  /** Whether it is told who signs out here. */
  get told(): boolean {
    const { identityProvider, passLogoutOn } = this.tools.firstFactor;
    return passLogoutOn && identityProvider.logout !== undefined;
  }

  /** What tells it that somebody signed out here; `undefined` where it is not to be told, or takes no such messages. */
  request({ name, sessionIndexes }: UpstreamSession): (Outgoing & { readonly id: string }) | undefined {
    const { firstFactor, entityId, freshness } = this.tools;
    const { identityProvider } = firstFactor;
    const { logout, validUntil } = identityProvider;
    const now = this.tools.now();
    if (!this.told || logout === undefined || (validUntil !== undefined && validUntil <= now)) return undefined;
    const id = newMessageId();
    const message = logoutRequest(
      { id, issuer: entityId, destination: logout.request, now },
      { name, sessionIndexes, encryptTo: identityProvider.encryptTo, ends: now + freshness },
    );
    return { id, to: logout.request, binding: logout.binding, name: 'SAMLRequest', message };
  }

  /** What answers a request of its; `undefined` where its metadata do not say where to. */
  response(inResponseTo: string, partial: boolean): Outgoing | undefined {
    const { firstFactor, entityId } = this.tools;
    const { logout } = firstFactor.identityProvider;
    if (logout === undefined) return undefined;
    const id = newMessageId();
    const envelope = { id, issuer: entityId, destination: logout.response, now: this.tools.now() };
    const message = logoutResponse(envelope, inResponseTo, partial);
    return { id, to: logout.response, binding: logout.binding, name: 'SAMLResponse', message };
  }

  /**
   * Takes its word that somebody signed out: signed, for us, of now, and for the first time.
   * @throws Refused
   */
  async takeRequest(incoming: Incoming): Promise<LogoutRequest> {
    const { cabinet, tenant, skew, freshness, firstFactor } = this.tools;
    const decryption = await this.tools.decryption();
    const request = readLogoutRequest(this.signed(incoming), decryption);
    this.check(request);
    const { entityId } = firstFactor.identityProvider;
    const seen = { tenant, drawer: 'saml.upstream-logout', id: `${request.id} ${entityId}` };
    if (!(await cabinet.add(seen, null, { expiresAt: request.issuedAt + freshness + 2 * skew })))
      throw new Refused('replay', 'A request with this ID was here before');
    await this.note(request);
    return request;
  }

  /** @throws Refused for what is not its answer, signed, for us and of now. */
  takeResponse(incoming: Incoming): LogoutResponse {
    const response = readLogoutResponse(this.signed(incoming));
    this.check(response);
    return response;
  }

  /** Whether it said, after it said that this one signed in, that they signed out. */
  async ended({ name, sessionIndexes, issuedAt }: UpstreamSession): Promise<boolean> {
    const marks = await Promise.all(
      [undefined, ...sessionIndexes].map((index) => this.tools.cabinet.get(this.mark(name, index))),
    );
    return marks.some((value) => {
      const mark = (value ?? {}) as Mark;
      return [ANY, formatOf(name)].some((format) => (mark[format] ?? Number.NEGATIVE_INFINITY) >= issuedAt);
    });
  }

  private async note({ name, sessionIndexes, issuedAt }: LogoutRequest): Promise<void> {
    const { cabinet, longestSession, lifetime } = this.tools;
    const terms = { expiresAt: this.tools.now() + longestSession + lifetime };
    const which = sessionIndexes.length === 0 ? [undefined] : sessionIndexes;
    for (const index of which) {
      const key = this.mark(name, index);
      const before = ((await cabinet.get(key)) ?? {}) as Mark;
      // A request that was late does not take back one that was not.
      const at = Math.max(before[formatOf(name)] ?? issuedAt, issuedAt);
      await cabinet.put(key, { ...before, [formatOf(name)]: at }, terms);
    }
  }

  private signed(incoming: Incoming): Element {
    const { certificates } = this.tools.firstFactor.identityProvider;
    return signedMessage(incoming, parseXml(incoming.text), certificates);
  }

  private check(message: Parameters<typeof checkMessage>[0]): void {
    const { firstFactor, logout, skew, freshness } = this.tools;
    const { entityId, validUntil } = firstFactor.identityProvider;
    const now = this.tools.now();
    if (validUntil !== undefined && validUntil <= now)
      throw new Refused('metadata', 'The metadata of the identity provider expired');
    checkMessage(message, { issuer: entityId, destination: logout, now, skew, lifetime: freshness });
  }

  private mark({ value }: LogoutName, sessionIndex: string | undefined): CabinetKey {
    const { tenant, firstFactor, entityId } = this.tools;
    const id = JSON.stringify([entityId, firstFactor.identityProvider.entityId, value, sessionIndex ?? null]);
    return { tenant, drawer: 'saml.upstream-ended', id };
  }
}
