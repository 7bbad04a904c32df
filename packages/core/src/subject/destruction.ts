import type { Clock, Modality, TenantId } from '@asignio/contracts';
import { certificateClaims } from '@asignio/policy';
import type { AuditChain } from '../audit/chain.ts';
import type { Effect } from '../effects/effect.ts';
import type { Signer } from '../signer.ts';
import type { DestructionRecord, Repositories } from '../store/records.ts';
import type { Repository, Typed } from '../store/repository.ts';

/** Stands in a consent, kept as evidence, where its subject was. */
const ERASED = 'erased';

export interface DestructionTools {
  readonly repositories: Repositories;
  readonly audit: AuditChain;
  readonly signer: Signer;
  readonly clock: Clock;
}

/**
 * Destroys what is held about a subject, or one modality of it: keys first, so that from the first step on nothing can
 * be opened any more, in backups either. Every step can be done again; a destruction that stops half way is found by the
 * sweep and finished, and its record says meanwhile that it is running.
 */
export class Destruction {
  private readonly tools: DestructionTools;

  constructor(tools: DestructionTools) {
    this.tools = tools;
  }

  /** Writes the intention, then carries it out. The same id again resumes it. */
  async begin(tenant: TenantId, order: Extract<Effect, { type: 'destroy' }>): Promise<void> {
    const record = await this.tools.repositories.destructions.insertOnce(tenant, order.id, {
      subject: order.subject,
      scope: order.scope,
      reason: order.reason,
      startedAt: order.at,
      counts: {},
      state: 'running',
      certificate: null,
      effects: [],
    });
    await this.resume(record);
  }

  async certificate(tenant: TenantId, id: string): Promise<string | undefined> {
    return (await this.tools.repositories.destructions.get(tenant, id))?.value.certificate ?? undefined;
  }

  /** Carries a destruction to its end. */
  async resume(record: Typed<DestructionRecord>): Promise<void> {
    const { audit, repositories } = this.tools;
    const { tenant, id, value } = record;
    if (value.state === 'done') return;
    await audit.append(tenant, {
      id: `destruction:${id}:started`,
      event: 'destruction.started',
      subject: value.subject,
      at: value.startedAt,
      data: { scope: value.scope, reason: value.reason },
    });
    const counts = await this.inventory(record);
    await this.destroy(tenant, value);
    const certificate = await this.certify(tenant, id, value, counts);
    await audit.append(tenant, {
      id: `destruction:${id}:certified`,
      event: 'destruction.certified',
      subject: value.subject,
      at: this.tools.clock.now(),
      data: { scope: value.scope, reason: value.reason, ...counts },
    });
    await repositories.destructions.update(tenant, id, (current) =>
      current === undefined || current.state === 'done'
        ? undefined
        : { ...current, state: 'done', counts, certificate },
    );
  }

  /** Counts what there is before the first step, and writes it down: the certificate must not forget after a crash. */
  private async inventory(record: Typed<DestructionRecord>): Promise<Readonly<Record<string, number>>> {
    const { repositories } = this.tools;
    const { tenant, id, value } = record;
    if (Object.keys(value.counts).length > 0) return value.counts;
    const counts: Record<string, number> = {};
    for (const { name, ids } of await this.doomed(tenant, value)) counts[name] = ids.length;
    const written = await repositories.destructions.update(tenant, id, (current) =>
      current === undefined || Object.keys(current.counts).length > 0 ? undefined : { ...current, counts },
    );
    return written?.value.counts ?? counts;
  }

  private async destroy(tenant: TenantId, value: DestructionRecord): Promise<void> {
    for (const { repository, ids } of await this.doomed(tenant, value))
      for (const id of ids) await repository.remove(tenant, id);
    if (value.scope !== 'all') return;
    await this.anonymise(tenant, value.subject);
    await this.tools.repositories.attempts.remove(tenant, value.subject);
    await this.tools.repositories.subjects.remove(tenant, value.subject);
  }

  /** What the scope covers, keys first. */
  private async doomed(
    tenant: TenantId,
    { subject, scope }: DestructionRecord,
  ): Promise<readonly { name: string; repository: { remove: Repository<unknown>['remove'] }; ids: string[] }[]> {
    const { keys, references, probes, ceremonies } = this.tools.repositories;
    const covers = (modality: Modality | null) => scope === 'all' || modality === scope;
    const held = await references.ofSubject(tenant, subject);
    const going = new Set(held.filter(({ value }) => covers(value.modality)).map(({ id }) => id));
    const open = await ceremonies.ofSubject(tenant, subject);
    return [
      {
        name: 'keys',
        repository: keys,
        ids: idsOf(await keys.ofSubject(tenant, subject), (key) => covers(key.modality)),
      },
      { name: 'references', repository: references, ids: [...going] },
      {
        name: 'probes',
        repository: probes,
        ids: idsOf(await probes.ofSubject(tenant, subject), (probe) => scope === 'all' || going.has(probe.reference)),
      },
      {
        name: 'ceremonies',
        repository: ceremonies,
        // One that still owes its audit entry or count stays until it has paid; the sweep removes it then.
        ids: idsOf(open, ({ effects, modalities }) => effects.length === 0 && modalities.some(covers)),
      },
    ];
  }

  /** Consents stay as evidence that there was one; who gave it can no longer be found or read. */
  private async anonymise(tenant: TenantId, subject: string): Promise<void> {
    const { consents } = this.tools.repositories;
    for (const { id } of await consents.ofSubject(tenant, subject))
      await consents.update(tenant, id, (value) =>
        value === undefined || value.subject === null
          ? undefined
          : { ...value, subject: null, consent: { ...value.consent, subject: ERASED } },
      );
  }

  private async certify(
    tenant: TenantId,
    id: string,
    value: DestructionRecord,
    counts: Readonly<Record<string, number>>,
  ): Promise<string> {
    const { signer, clock } = this.tools;
    return signer.sign(
      tenant,
      'asignio-destruction-certificate+jws',
      certificateClaims({
        id,
        tenant,
        pseudonym: value.subject,
        scope: value.scope,
        reason: value.reason,
        startedAt: value.startedAt,
        completedAt: clock.now(),
        counts,
      }),
    );
  }
}

function idsOf<T>(records: readonly Typed<T>[], doomed: (value: T) => boolean): string[] {
  return records.filter(({ value }) => doomed(value)).map(({ id }) => id);
}
