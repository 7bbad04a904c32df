import { randomBytes } from 'node:crypto';
import { AsignioError, subjectId } from '@asignio/contracts';
import type { SubjectId, TenantId } from '@asignio/contracts';
import type { Cabinet } from '@asignio/core';
import type { Hint } from './hint.ts';
import type { EntraSettings } from './options.ts';

/** Whom a request of Entra's is about. */
export interface Ticket {
  /** Whom Asignio knows them as. */
  readonly subject: SubjectId;
  /** What they type at sign-in. */
  readonly name: string;
  /** What Entra knows them as. */
  readonly sub: string;
}

const DRAWER = 'oidc.entra';

/**
 * Keeps what a hint said for the length of a sign-in. The request goes on with the ticket's number in the place of the
 * hint: who made one up has none.
 */
export class Tickets {
  private readonly tools: {
    readonly cabinet: Cabinet;
    readonly tenant: TenantId;
    readonly now: () => number;
    readonly seconds: number;
  };

  constructor(tools: Tickets['tools']) {
    this.tools = tools;
  }

  /** @returns `undefined` where the account is nobody here */
  async issue({ account, sub }: Hint, { subject: find }: EntraSettings): Promise<string | undefined> {
    const found = await find(account);
    if (found === undefined) return undefined;
    const person = typeof found === 'string' ? { subject: found } : found;
    const { cabinet, tenant, now, seconds } = this.tools;
    const id = randomBytes(32).toString('base64url');
    const ticket: Ticket = { subject: subjectOf(person.subject), name: person.name ?? person.subject, sub };
    await cabinet.put(
      { tenant, drawer: DRAWER, id },
      { ...ticket },
      {
        expiresAt: now() + seconds * 1000,
        group: `oidc.entra ${ticket.subject}`,
        // R9: it goes with the person.
        subject: ticket.subject,
      },
    );
    return id;
  }

  /** The ticket of a request; `undefined` where it has none, or a false or an old one. */
  async of(number: unknown): Promise<Ticket | undefined> {
    if (typeof number !== 'string' || !/^[\w-]{43}$/.test(number)) return undefined;
    const { cabinet, tenant } = this.tools;
    return (await cabinet.get({ tenant, drawer: DRAWER, id: number })) as unknown as Ticket | undefined;
  }
}

function subjectOf(id: string): SubjectId {
  try {
    return subjectId(id);
  } catch (error) {
    throw new AsignioError('ASIGNIO_OPTION_INVALID', 'createOidcBridge: `entra.subject` gave no id of a subject', {
      cause: error,
    });
  }
}
