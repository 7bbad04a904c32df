import type { SubjectId, TenantId } from '@asignio/contracts';
import type { Cabinet, CabinetKey } from '@asignio/core';
import type { Context, Wanted } from '../assurance/contexts.ts';
import type { UpstreamSession } from '../consumer/logout.ts';
import { isTicketId, newTicket, same, toJson } from './tickets.ts';
import type { Ticket } from './tickets.ts';

/** Who signed in, how, and what becomes of it. */
export interface SignedIn {
  readonly subject: SubjectId;
  /** When the decision was made, ms since the epoch. */
  readonly at: number;
  readonly context: Context;
  readonly sessionIndex: string;
  /** What the session is called. */
  readonly session: string;
  /** entityID of the identity provider that said who it is; `null` where nobody else did. */
  readonly authority: string | null;
  readonly sessionEnds: number;
}

/** Who somebody is, by the word of another identity provider. */
export interface Introduced {
  /** As the host calls them; `null` where nobody signed in there. */
  readonly subject: string | null;
  readonly authority: string;
  /** What it calls the session there. */
  readonly upstream: UpstreamSession | null;
}

/** One request on its way to its answer. */
export interface Visit {
  /** entityID of the service provider. */
  readonly serviceProvider: string;
  /** Id of the request; `null` where there was none. */
  readonly inResponseTo: string | null;
  /** Where the answer goes. */
  readonly consumer: string;
  readonly relayState: string | null;
  readonly nameIdFormat: string;
  /** What the service provider calls who must be the one; `null` for anybody. */
  readonly expected: string | null;
  readonly wanted: Wanted;
  readonly forceAuthn: boolean;
  readonly isPassive: boolean;
  readonly begunAt: number;
  /** The secret of the browser that began it. */
  readonly browser: string;
  readonly introduced: Introduced | null;
  readonly signedIn: SignedIn | null;
}

/** Requests that wait for a person, in the store: any process can go on with them, and only their own browser. */
export class Visits {
  private readonly cabinet: Cabinet;
  private readonly tenant: TenantId;
  private readonly now: () => number;
  private readonly lifetime: number;

  /** @param lifetime ms */
  constructor(tools: {
    readonly cabinet: Cabinet;
    readonly tenant: TenantId;
    now(): number;
    readonly lifetime: number;
  }) {
    this.cabinet = tools.cabinet;
    this.tenant = tools.tenant;
    this.now = () => tools.now();
    this.lifetime = tools.lifetime;
  }

  /** Of any number of messages with one id, at any number of processes, one is the first. */
  async firstOf(serviceProvider: string, id: string, until: number): Promise<boolean> {
    const key = { tenant: this.tenant, drawer: 'saml.request', id: `${id} ${serviceProvider}` };
    return this.cabinet.add(key, null, { expiresAt: until });
  }

  /** @returns its id, and the secret for the browser. */
  async begin(visit: Omit<Visit, 'begunAt' | 'browser' | 'introduced' | 'signedIn'>): Promise<Ticket> {
    const { id, browser } = newTicket();
    const begunAt = this.now();
    const whole: Visit = { ...visit, begunAt, browser, introduced: null, signedIn: null };
    await this.cabinet.put(this.key(id), toJson(whole), { expiresAt: begunAt + this.lifetime });
    return { id, browser };
  }

  /** The visit, for the browser that began it; for any other there is none. */
  async find(id: string, browser: string | undefined): Promise<Visit | undefined> {
    if (browser === undefined || !isTicketId(id)) return undefined;
    const visit = (await this.cabinet.get(this.key(id))) as unknown as Visit | undefined;
    return visit !== undefined && same(visit.browser, browser) ? visit : undefined;
  }

  /** Notes what another identity provider said; the browser that brings it need not be the one that began. */
  async introduce(id: string, introduced: Introduced): Promise<void> {
    if (!isTicketId(id)) return;
    await this.cabinet.change(this.key(id), (value) => toJson({ ...(value as unknown as Visit), introduced }));
  }

  /** Notes who signed in. */
  async signedIn(id: string, visit: Visit, signedIn: SignedIn): Promise<Visit> {
    const whole = { ...visit, signedIn };
    await this.cabinet.put(this.key(id), toJson(whole), {
      expiresAt: visit.begunAt + this.lifetime,
      group: `saml.visit ${id}`,
      subject: signedIn.subject,
    });
    return whole;
  }

  /** Ends it: of any number of callers, whatever they still write about it, one may answer. */
  async end(id: string): Promise<boolean> {
    const answered = { tenant: this.tenant, drawer: 'saml.answered', id };
    if (!(await this.cabinet.add(answered, null, { expiresAt: this.now() + 2 * this.lifetime }))) return false;
    return (await this.cabinet.take(this.key(id))) !== undefined;
  }

  private key(id: string): CabinetKey {
    return { tenant: this.tenant, drawer: 'saml.visit', id };
  }
}
