import { randomBytes } from 'node:crypto';
import type { SubjectId, TenantId } from '@asignio/contracts';
import type { Cabinet, CabinetKey, Json } from '@asignio/core';

/** Somebody who is signed in at the identity provider. */
export interface Session {
  readonly subject: SubjectId;
  /** When the decision was made, ms since the epoch. */
  readonly at: number;
  /** Names of all assurance profiles that the decision satisfies. */
  readonly assurance: readonly string[];
  readonly endsAt: number;
  /** entityID of the identity provider that said who it is; `null` where nobody else did. */
  readonly authority: string | null;
}

/** Who is signed in, in the store, named by a keyed hash of what the cookie says. */
export class Sessions {
  private readonly cabinet: Cabinet;
  private readonly tenant: TenantId;

  constructor({ cabinet, tenant }: { readonly cabinet: Cabinet; readonly tenant: TenantId }) {
    this.cabinet = cabinet;
    this.tenant = tenant;
  }

  async find(token: string | undefined): Promise<Session | undefined> {
    if (token === undefined || !TOKEN.test(token)) return undefined;
    return (await this.cabinet.get(this.key(token))) as unknown as Session | undefined;
  }

  /** Begins one under a name of its own, whatever the browser brought, and ends the one it had. */
  async begin(session: Session, before: string | undefined): Promise<string> {
    const token = randomBytes(32).toString('base64url');
    await this.cabinet.put(this.key(token), session as unknown as Json, {
      expiresAt: session.endsAt,
      group: `saml.session ${token}`,
      subject: session.subject,
    });
    if (before !== undefined && TOKEN.test(before)) await this.cabinet.remove(this.key(before));
    return token;
  }

  private key(token: string): CabinetKey {
    return { tenant: this.tenant, drawer: 'saml.session', id: token };
  }
}

const TOKEN = /^[\w-]{43}$/;
