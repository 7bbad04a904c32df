import { Releases } from '@asignio/bridge';
import type { Attribute, ReleasesCore } from '@asignio/bridge';
import type { SubjectId, TenantId } from '@asignio/contracts';
import type { OidcClientOptions } from '../options/clients.ts';

/** What people release to clients (R14). */
export class Consents extends Releases {
  constructor(core: ReleasesCore, tenant: TenantId) {
    super(core, tenant, 'oidc');
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
    await this.release(subject, client, attributes, [...new Set([...earlier, ...asked])]);
    return attributes;
  }
}
