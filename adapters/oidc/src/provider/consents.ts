import { AsignioError } from '@asignio/contracts';
import type { SubjectId, TenantId } from '@asignio/contracts';
import type { AsignioCore } from '@asignio/core';
import type { Attribute, OidcClientOptions } from '../options/clients.ts';

/** What a person was asked about a client, and said. */
interface Decided {
  readonly asked: readonly Attribute[];
}

/** What people release to clients: the core's releases, and what they were asked already. */
export class Consents {
  private readonly core: AsignioCore;
  private readonly tenant: TenantId;

  constructor(core: AsignioCore, tenant: TenantId) {
    this.core = core;
    this.tenant = tenant;
  }

  /** What is released to a client now; `undefined` where nothing is, not even an identifier. */
  async released(subject: SubjectId, client: string): Promise<readonly Attribute[] | undefined> {
    const releases = await this.core.governance.releases.list(this.tenant, subject);
    const live = releases.find(({ party, withdrawnAt }) => party.id === client && withdrawnAt === null);
    return live?.attributes;
  }

  /** Which of these a person has not been asked about yet, or took back since. */
  async unasked(subject: SubjectId, client: string, asked: readonly Attribute[]): Promise<readonly Attribute[]> {
    const decided = (await this.core.cabinet.get(this.key(subject, client))) as unknown as Decided | undefined;
    return asked.filter((name) => decided?.asked.includes(name) !== true);
  }

  /**
   * R14: the person agrees that the client is told these of what was asked. What was released earlier, and not asked now,
   * stays as it is.
   */
  async grant(
    subject: SubjectId,
    client: OidcClientOptions,
    asked: readonly Attribute[],
    chosen: readonly Attribute[],
  ): Promise<readonly Attribute[]> {
    const earlier = (await this.released(subject, client.id)) ?? [];
    const attributes = [...earlier.filter((name) => !asked.includes(name)), ...chosen];
    await this.core.governance.releases.grant(this.tenant, subject, {
      party: { id: client.id, name: client.name, region: client.region },
      attributes,
    });
    await this.core.cabinet.put(
      this.key(subject, client.id),
      { asked: [...new Set([...earlier, ...asked])] },
      { expiresAt: null, group: `oidc.subject ${subject}`, subject },
    );
    return attributes;
  }

  /** Keeps what the host knows, so that it can be released. Who never agreed to anything has nothing kept. */
  async keep(subject: SubjectId, known: Readonly<Record<string, string>>): Promise<void> {
    if (Object.keys(known).length === 0) return;
    try {
      await this.core.governance.releases.keep(this.tenant, subject, known);
    } catch (error) {
      if (!(error instanceof AsignioError) || error.code !== 'ASIGNIO_NOT_FOUND') throw error;
    }
  }

  private key(subject: SubjectId, client: string) {
    return { tenant: this.tenant, drawer: 'oidc.decision', id: `${client} ${subject}` };
  }
}
