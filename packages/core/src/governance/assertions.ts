import { createHash, randomBytes } from 'node:crypto';
import Joi from 'joi';
import { AsignioError, subjectId } from '@asignio/contracts';
import type { AuditEventName, Clock, SubjectId, TenantId } from '@asignio/contracts';
import { assertable, ASSERTABLE, assertableNames, checkAttributes, checkDecryption, isRegion } from '@asignio/policy';
import type { Attribute, Attributes } from '@asignio/policy';
import type { AuditChain, AuditFact } from '../audit/chain.ts';
import { newId } from '../ceremony/binding.ts';
import type { AttributeStore } from '../rights/attributes.ts';
import type { Repositories } from '../store/records.ts';
import type { Typed } from '../store/repository.ts';
import type { Vault } from '../vault.ts';
import type { Assertion, RelyingParty, Releases, ReleaseView } from './api.ts';
import type { Egress } from './egress.ts';
import { checkInput, line } from './input.ts';
import { changeAudited } from './records.ts';
import type { GovernanceRecords, ReleaseRecord } from './records.ts';
import type { Regions } from './regions.ts';

export interface AssertionTools {
  readonly records: GovernanceRecords;
  readonly repositories: Pick<Repositories, 'subjects'>;
  readonly attributes: AttributeStore;
  readonly egress: Egress;
  readonly regions: Regions;
  readonly vault: Vault;
  readonly audit: AuditChain;
  readonly clock: Clock;
}

const GRANT = Joi.object<{ party: RelyingParty; attributes: readonly Attribute[] }>({
  party: Joi.object({
    id: line(200).required(),
    name: line(200).required(),
    region: Joi.string()
      .custom((value: unknown, helpers) => (isRegion(value) ? value : helpers.error('any.invalid')))
      .required(),
  }).required(),
  attributes: Joi.array()
    .items(Joi.valid(...ASSERTABLE))
    .unique()
    .required(),
});
const ASSERT = Joi.object<{ party: string; requested: readonly string[] }>({
  party: line(200).required(),
  requested: Joi.array().items(Joi.string().allow('').max(200)).max(50).required(),
});
const PARTY = Joi.object<{ id: string }>({ id: line(200).required() });

/** What relying parties are told (R14): {@link Releases}, and the one way to an assertion. */
export class AssertionService implements Releases {
  private readonly tools: AssertionTools;

  constructor(tools: AssertionTools) {
    this.tools = tools;
  }

  async keep(tenant: TenantId, subject: SubjectId, attributes: Attributes): Promise<void> {
    const { attributes: store, regions, clock } = this.tools;
    const checked = checkAttributes(attributes);
    await regions.checkStorage(tenant);
    const pseudonym = await this.known(tenant, subject);
    await store.apply(tenant, pseudonym, await store.seal(tenant, pseudonym, checked), clock.now());
  }

  async list(tenant: TenantId, subject: SubjectId): Promise<readonly ReleaseView[]> {
    const pseudonym = await this.tools.vault.pseudonym(tenant, subjectId(subject));
    return (await this.ofSubject(tenant, pseudonym)).map(view);
  }

  async grant(
    tenant: TenantId,
    subject: SubjectId,
    input: { readonly party: RelyingParty; readonly attributes: readonly Attribute[] },
  ): Promise<ReleaseView> {
    const { records, repositories, audit, clock } = this.tools;
    const { party, attributes } = checkInput(GRANT, input);
    const pseudonym = await this.known(tenant, subject);
    const key = recordId(pseudonym, party.id);
    const release = {
      subject: pseudonym,
      release: randomBytes(16).toString('base64url'),
      party,
      attributes,
      grantedAt: clock.now(),
      withdrawnAt: null,
    };
    const record = await changeAudited(
      records.releases,
      audit,
      tenant,
      key,
      () => release,
      this.fact('release.granted', pseudonym, {
        release: release.release,
        party: party.id,
        region: party.region,
        attributes: attributes.join(' '),
      }),
    );
    // Erased meanwhile: whoever destroys looks for what was written before, and this looks for who was destroyed.
    if ((await repositories.subjects.get(tenant, pseudonym)) === undefined) {
      await records.releases.remove(tenant, key);
      throw nobody();
    }
    return view(record as NonNullable<typeof record>);
  }

  async withdraw(tenant: TenantId, subject: SubjectId, party: string): Promise<ReleaseView> {
    const { records, vault, audit, clock } = this.tools;
    const checked = checkInput(PARTY, { id: party });
    const pseudonym = await vault.pseudonym(tenant, subjectId(subject));
    const record = await changeAudited(
      records.releases,
      audit,
      tenant,
      recordId(pseudonym, checked.id),
      (value) => {
        if (value === undefined) throw new AsignioError('ASIGNIO_NOT_FOUND', 'Nothing is released to them');
        return value.withdrawnAt === null ? { ...value, withdrawnAt: clock.now() } : undefined;
      },
      this.fact('release.withdrawn', pseudonym, { party: checked.id }),
    );
    return view(record as NonNullable<typeof record>);
  }

  /**
   * R14: who it is to this party and to no other, and what the person released to it; nothing else is ever in it.
   * @throws AsignioError `ASIGNIO_CONSENT_REQUIRED` where nothing is released to the party, and what {@link Egress} throws.
   */
  async issue(
    tenant: TenantId,
    subject: SubjectId,
    relyingParty: string,
    requested: readonly string[],
  ): Promise<Assertion> {
    const { vault, egress, audit } = this.tools;
    const { party: partyId, requested: asked } = checkInput(ASSERT, { party: relyingParty, requested });
    const checked = subjectId(subject);
    const pseudonym = await vault.pseudonym(tenant, checked);
    try {
      const { party, attributes: released, release } = await this.live(tenant, pseudonym, partyId);
      checkDecryption('assertion', 'attribute', 'assertion');
      const wanted = assertableNames(asked, released);
      const told = assertable(asked, released, await this.tools.attributes.read(tenant, pseudonym, wanted));
      const names = Object.keys(told);
      return await egress.passOther(
        {
          tenant,
          subject: pseudonym,
          purpose: 'assertion',
          data: ['attribute'],
          fields: ['identifier for this party', ...names],
          recipient: { name: party.name, region: party.region, plugin: null, agreement: null },
          // The person was told where the party is, and agreed (GDPR Art. 49(1)(a)).
          mechanism: { kind: 'explicit-consent', id: release },
          ready: async () => {
            const now = await this.live(tenant, pseudonym, partyId);
            if (now.release !== release) throw new AsignioError('ASIGNIO_CONSENT_REQUIRED');
          },
          sent: this.fact('assertion.issued', pseudonym, { party: partyId, attributes: names.join(' '), release }),
        },
        { ground: 'consent', reference: release },
        async () => ({ subject: await this.pairwise(tenant, partyId, checked), attributes: told }),
      );
    } catch (error) {
      if (error instanceof AsignioError && error.status < 500)
        await audit.append(tenant, this.fact('assertion.denied', pseudonym, { party: partyId, reason: error.code }));
      throw error;
    }
  }

  /** A keyed hash of party and person: two parties cannot tell that they speak of the same one (OpenID Connect Core, 8.1). */
  private async pairwise(tenant: TenantId, party: string, subject: SubjectId): Promise<string> {
    return this.tools.vault.pseudonym(tenant, ['pairwise', party, subject].join('\u0000') as SubjectId);
  }

  private async live(tenant: TenantId, pseudonym: string, party: string): Promise<ReleaseRecord> {
    const record = await this.tools.records.releases.get(tenant, recordId(pseudonym, party));
    if (record === undefined || record.value.withdrawnAt !== null)
      throw new AsignioError('ASIGNIO_CONSENT_REQUIRED', 'The person has released nothing to this party');
    return record.value;
  }

  /** Attributes have no retention of their own: they are kept of whoever is known here, and go with them. */
  private async known(tenant: TenantId, subject: SubjectId): Promise<string> {
    const { vault, repositories } = this.tools;
    const pseudonym = await vault.pseudonym(tenant, subjectId(subject));
    if ((await repositories.subjects.get(tenant, pseudonym)) === undefined) throw nobody();
    return pseudonym;
  }

  private async ofSubject(tenant: TenantId, pseudonym: string): Promise<readonly Typed<ReleaseRecord>[]> {
    const records = await this.tools.records.releases.ofSubject(tenant, pseudonym);
    return records.filter(({ id: key }) => key.startsWith(PREFIX));
  }

  private fact(event: AuditEventName, subject: string, data: AuditFact['data']): AuditFact {
    return { id: `assertion:${newId()}`, event, subject, at: this.tools.clock.now(), data };
  }
}

/** Releases stand beside the attributes that they are of. */
const PREFIX = 'release.';

function recordId(pseudonym: string, party: string): string {
  return `${PREFIX}${createHash('sha256')
    .update(JSON.stringify([pseudonym, party]))
    .digest('base64url')}`;
}

function nobody(): AsignioError {
  return new AsignioError('ASIGNIO_NOT_FOUND', 'Nothing is held about this person; their consent comes first');
}

function view({ value }: Typed<ReleaseRecord>): ReleaseView {
  const { party, attributes, grantedAt, withdrawnAt } = value;
  return { party, attributes, grantedAt, withdrawnAt };
}
