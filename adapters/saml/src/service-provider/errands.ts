import type { TenantId } from '@asignio/contracts';
import type { Cabinet, CabinetKey } from '@asignio/core';
import type { UpstreamSession } from '../consumer/logout.ts';
import { isTicketId, newTicket, same, toJson } from '../provider/tickets.ts';
import type { Ticket } from '../provider/tickets.ts';
import type { SamlSignIn } from '../response/read.ts';

/** A sign-in that a browser began. */
export interface Errand {
  /** Where the person goes then. */
  readonly to: string;
  /** The secret of the browser that began it. */
  readonly browser: string;
  /** What the identity provider said; `null`: nothing yet. */
  readonly answer: {
    /** As the host calls them; `null` where nobody signed in there. */
    readonly subject: string | null;
    readonly signIn: SamlSignIn | null;
    readonly session: UpstreamSession | null;
  } | null;
}

/** Sign-ins on their way, in the store: any process can go on with them, and only the browser that began one can end it. */
export class Errands {
  private readonly cabinet: Cabinet;
  private readonly tenant: TenantId;
  private readonly lifetime: number;
  private readonly now: () => number;

  /** @param tools with `lifetime` in ms */
  constructor(tools: {
    readonly cabinet: Cabinet;
    readonly tenant: TenantId;
    readonly lifetime: number;
    now(): number;
  }) {
    this.cabinet = tools.cabinet;
    this.tenant = tools.tenant;
    this.lifetime = tools.lifetime;
    this.now = () => tools.now();
  }

  /** @returns its id, and the secret for the browser. */
  async begin(to: string): Promise<Ticket> {
    const { id, browser } = newTicket();
    const errand: Errand = { to, browser, answer: null };
    await this.cabinet.put(this.key(id), toJson(errand), { expiresAt: this.now() + this.lifetime });
    return { id, browser };
  }

  /** Notes the answer; the browser that brings it need not be the one that began. */
  async answered(id: string, answer: NonNullable<Errand['answer']>): Promise<void> {
    await this.cabinet.change(this.key(id), (value) => toJson({ ...(value as unknown as Errand), answer }));
  }

  /** Ends it, where its own browser asks and the answer is there; of any number of callers one gets it. */
  async end(id: string, browser: string | undefined): Promise<Errand | undefined> {
    if (browser === undefined || !isTicketId(id)) return undefined;
    const errand = (await this.cabinet.get(this.key(id))) as unknown as Errand | undefined;
    if (errand === undefined || errand.answer === null || !same(errand.browser, browser)) return undefined;
    return (await this.cabinet.take(this.key(id))) as unknown as Errand | undefined;
  }

  private key(id: string): CabinetKey {
    return { tenant: this.tenant, drawer: 'saml.errand', id };
  }
}
