import { randomBytes } from 'node:crypto';
import type { TenantId } from '@asignio/contracts';
import type { Cabinet, CabinetKey } from '@asignio/core';
import type { UpstreamSession } from '../consumer/logout.ts';
import type { LogoutName } from '../logout/name.ts';
import { toJson } from '../provider/tickets.ts';
import type { SamlSignIn } from '../response/read.ts';

/** Somebody whom the host signed in by the word of the identity provider. */
export interface Stay {
  readonly subject: string;
  readonly signIn: SamlSignIn;
  readonly session: UpstreamSession;
}

const TOKEN = /^[\w-]{43}$/;

/** Who stays signed in, in the store, named by a keyed hash of what the cookie says: for when they sign out, here or there. */
export class Stays {
  private readonly cabinet: Cabinet;
  private readonly tenant: TenantId;
  private readonly entityId: string;

  /** @param tools `entityId`: our own, of which there may be several in one store */
  constructor(tools: { readonly cabinet: Cabinet; readonly tenant: TenantId; readonly entityId: string }) {
    this.cabinet = tools.cabinet;
    this.tenant = tools.tenant;
    this.entityId = tools.entityId;
  }

  /** @returns the token for the cookie */
  async begin(stay: Stay, expiresAt: number): Promise<string> {
    const token = randomBytes(32).toString('base64url');
    const terms = { expiresAt, group: `saml.stay ${token}` };
    await this.cabinet.put(this.key(token), toJson(stay), terms);
    for (const index of stay.session.sessionIndexes)
      await this.cabinet.put(this.index(stay.session.name, index), token, terms);
    return token;
  }

  async find(token: string | undefined): Promise<Stay | undefined> {
    if (token === undefined || !TOKEN.test(token)) return undefined;
    return (await this.cabinet.get(this.key(token))) as unknown as Stay | undefined;
  }

  /** Those that the identity provider knows by an index of somebody. */
  async tokenOf(name: LogoutName, sessionIndex: string): Promise<string | undefined> {
    const token = await this.cabinet.get(this.index(name, sessionIndex));
    return typeof token === 'string' ? token : undefined;
  }

  /** Ends it; of any number of callers one gets what it was. */
  async end(token: string | undefined): Promise<Stay | undefined> {
    if (token === undefined || !TOKEN.test(token)) return undefined;
    const stay = (await this.cabinet.take(this.key(token))) as unknown as Stay | undefined;
    await this.cabinet.removeGroup(this.tenant, `saml.stay ${token}`);
    return stay;
  }

  private key(token: string): CabinetKey {
    return { tenant: this.tenant, drawer: 'saml.stay', id: token };
  }

  private index({ value }: LogoutName, sessionIndex: string): CabinetKey {
    return { tenant: this.tenant, drawer: 'saml.stay-index', id: JSON.stringify([this.entityId, value, sessionIndex]) };
  }
}
