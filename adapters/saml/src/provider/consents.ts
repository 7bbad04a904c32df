import { createHash } from 'node:crypto';
import { AsignioError } from '@asignio/contracts';
import type { SubjectId, TenantId } from '@asignio/contracts';
import type { AsignioCore } from '@asignio/core';
import type { Attribute, ServiceProvider } from '../options/service-providers.ts';

/** What a person was asked about a service provider, and said. */
interface Decided {
  readonly asked: readonly Attribute[];
}

/** Longer ids of parties the core does not take. */
const LONGEST_PARTY = 200;

/** What people release to service providers: the core's releases, and what they were asked already (R14). */
export class Consents {
  private readonly core: AsignioCore;
  private readonly tenant: TenantId;

  constructor(core: AsignioCore, tenant: TenantId) {
    this.core = core;
    this.tenant = tenant;
  }

  /** Which of these a person must be asked about: `undefined` where nothing at all is released, not even a name. */
  async unasked(subject: SubjectId, to: ServiceProvider): Promise<readonly Attribute[] | undefined> {
    const releases = await this.core.governance.releases.list(this.tenant, subject);
    const live = releases.some(({ party, withdrawnAt }) => party.id === partyId(to) && withdrawnAt === null);
    if (!live) return undefined;
    const decided = (await this.core.cabinet.get(this.key(subject, to))) as unknown as Decided | undefined;
    return to.attributes.filter((name) => decided?.asked.includes(name) !== true);
  }

  /** R14: the person agrees that the service provider is told these, and nothing else. */
  async grant(subject: SubjectId, to: ServiceProvider, chosen: readonly Attribute[]): Promise<void> {
    const { name, region, attributes } = to;
    await this.core.governance.releases.grant(this.tenant, subject, {
      party: { id: partyId(to), name, region },
      attributes: attributes.filter((one) => chosen.includes(one)),
    });
    await this.core.cabinet.put(
      this.key(subject, to),
      { asked: attributes },
      { expiresAt: null, group: `saml.subject ${subject}`, subject },
    );
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

  private key(subject: SubjectId, to: ServiceProvider) {
    return { tenant: this.tenant, drawer: 'saml.decision', id: `${partyId(to)} ${subject}` };
  }
}

/** What the core calls a service provider: its entityID, or a hash of one that is too long. */
export function partyId({ metadata: { entityId } }: ServiceProvider): string {
  if (entityId.length <= LONGEST_PARTY) return entityId;
  return `sha256:${createHash('sha256').update(entityId).digest('base64url')}`;
}
