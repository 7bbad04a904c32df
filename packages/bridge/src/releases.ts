import { AsignioError } from '@asignio/contracts';
import type { SubjectId, TenantId } from '@asignio/contracts';
import type { AsignioCore } from '@asignio/core';
import type { Attribute, KnownAttributes } from './options/attributes.ts';
import type { Host } from './options/host.ts';

/** What a person was asked about somebody, and said. */
interface Decided {
  readonly asked: readonly Attribute[];
}

/** Whom something is released to. */
export interface Party {
  readonly id: string;
  readonly name: string;
  readonly region: string;
}

/** What the releases stand on. */
export type ReleasesCore = Pick<AsignioCore, 'cabinet'> & {
  readonly governance: Pick<AsignioCore['governance'], 'releases'>;
};

/** What people release to whoever asks through a bridge: the core's releases, and what they were asked already (R14). */
export class Releases {
  private readonly core: ReleasesCore;
  private readonly tenant: TenantId;
  private readonly bridge: string;

  /** @param bridge names the bridge's drawers of the cabinet: `oidc` */
  constructor(core: ReleasesCore, tenant: TenantId, bridge: string) {
    this.core = core;
    this.tenant = tenant;
    this.bridge = bridge;
  }

  /** What is released to a party now; `undefined` where nothing is, not even an identifier. */
  async released(subject: SubjectId, party: string): Promise<readonly Attribute[] | undefined> {
    const releases = await this.core.governance.releases.list(this.tenant, subject);
    return releases.find((release) => release.party.id === party && release.withdrawnAt === null)?.attributes;
  }

  /** Which of these a person has not been asked about yet, or took back since. */
  async notAskedYet(subject: SubjectId, party: string, names: readonly Attribute[]): Promise<readonly Attribute[]> {
    const decided = (await this.core.cabinet.get(this.key(subject, party))) as unknown as Decided | undefined;
    return names.filter((name) => decided?.asked.includes(name) !== true);
  }

  /** R14: the person agrees that a party is told these, and was asked about those. */
  async release(
    subject: SubjectId,
    { id, name, region }: Party,
    attributes: readonly Attribute[],
    asked: readonly Attribute[],
  ): Promise<void> {
    await this.core.governance.releases.grant(this.tenant, subject, { party: { id, name, region }, attributes });
    await this.core.cabinet.put(
      this.key(subject, id),
      { asked },
      { expiresAt: null, group: `${this.bridge}.subject ${subject}`, subject },
    );
  }

  /** Keeps what the host knows now, and says what of these can be shown: what is shown is what is told. */
  async offer(
    host: Pick<Host, 'attributes'>,
    subject: SubjectId,
    names: readonly Attribute[],
  ): Promise<readonly { readonly name: Attribute; readonly value?: string }[]> {
    const known = await this.keep(host, subject);
    return names
      .filter((name) => host.attributes === undefined || known[name] !== undefined)
      .map((name) => ({ name, ...(known[name] === undefined ? {} : { value: known[name] }) }));
  }

  /** Keeps what the host knows now, so that it can be released. Who never agreed to anything has nothing kept. */
  async keep({ attributes }: Pick<Host, 'attributes'>, subject: SubjectId): Promise<KnownAttributes> {
    const known = (await attributes?.(subject)) ?? {};
    if (Object.keys(known).length === 0) return known;
    try {
      await this.core.governance.releases.keep(this.tenant, subject, known);
    } catch (error) {
      if (!(error instanceof AsignioError) || error.code !== 'ASIGNIO_NOT_FOUND') throw error;
    }
    return known;
  }

  private key(subject: SubjectId, party: string) {
    return { tenant: this.tenant, drawer: `${this.bridge}.decision`, id: `${party} ${subject}` };
  }
}
