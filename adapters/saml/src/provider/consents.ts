import { createHash } from 'node:crypto';
import { Releases } from '@asignio/bridge';
import type { Attribute, ReleasesCore } from '@asignio/bridge';
import type { SubjectId, TenantId } from '@asignio/contracts';
import type { ServiceProvider } from '../options/service-providers.ts';

/** Longer ids of parties the core does not take. */
const LONGEST_PARTY = 200;

/** What people release to service providers (R14). */
export class Consents extends Releases {
  constructor(core: ReleasesCore, tenant: TenantId) {
    super(core, tenant, 'saml');
  }

  /** Which of these a person must be asked about: `undefined` where nothing at all is released, not even a name. */
  async unasked(subject: SubjectId, to: ServiceProvider): Promise<readonly Attribute[] | undefined> {
    const party = partyId(to);
    if ((await this.released(subject, party)) === undefined) return undefined;
    return this.notAskedYet(subject, party, to.attributes);
  }

  /** R14: the person agrees that the service provider is told these, and nothing else. */
  async grant(subject: SubjectId, to: ServiceProvider, chosen: readonly Attribute[]): Promise<void> {
    const { name, region, attributes } = to;
    const told = attributes.filter((one) => chosen.includes(one));
    await this.release(subject, { id: partyId(to), name, region }, told, attributes);
  }
}

/** What the core calls a service provider: its entityID, or a hash of one that is too long. */
export function partyId({ metadata: { entityId } }: ServiceProvider): string {
  if (entityId.length <= LONGEST_PARTY) return entityId;
  return `sha256:${createHash('sha256').update(entityId).digest('base64url')}`;
}
