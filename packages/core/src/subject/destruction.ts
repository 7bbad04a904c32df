import { AsignioError } from '@asignio/contracts';
import type { Clock, Modality, TenantId } from '@asignio/contracts';
import { certificateClaims, forgetSubject } from '@asignio/policy';
import type { AuditChain } from '../audit/chain.ts';
import type { Effect } from '../effects/effect.ts';
import type { Signer } from '../signer.ts';
import type { DestructionRecord, Repositories } from '../store/records.ts';
import type { Repository, Typed } from '../store/repository.ts';

/** Each round after the first has met somebody who wrote meanwhile. */
const MAX_ROUNDS = 10;

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
  async begin(
    tenant: TenantId,
    order: Extract<Effect, { type: 'destroy' }>,
    owed: readonly Extract<Effect, { type: 'audit' }>[] = [],
  ): Promise<void> {
    await this.resume(await this.intend(tenant, order, owed));
  }

  /** Writes the intention alone: from then on the destruction is carried out, by whoever finds it. */
  async intend(
    tenant: TenantId,
    order: Extract<Effect, { type: 'destroy' }>,
    owed: readonly Extract<Effect, { type: 'audit' }>[] = [],
  ): Promise<Typed<DestructionRecord>> {
    return this.tools.repositories.destructions.insertOnce(tenant, order.id, {
      subject: order.subject,
      scope: order.scope,
      reason: order.reason,
      startedAt: order.at,
      counts: {},
      state: 'running',
      certificate: null,
      effects: owed,
    });
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
    for (const effect of value.effects) if (effect.type === 'audit') await audit.append(tenant, effect);
    await repositories.destructions.update(tenant, id, (current) =>
      current === undefined || current.state === 'done'
        ? undefined
        : { ...current, state: 'done', counts, certificate, effects: [] },
    );
  }

  /** Counts what there is before the first step, and writes it down: the certificate must not forget after a crash. */
  private async inventory(record: Typed<DestructionRecord>): Promise<Readonly<Record<string, number>>> {
    const { repositories } = this.tools;
    const { tenant, id, value } = record;
    if (Object.keys(value.counts).length > 0) return value.counts;
    const counts: Record<string, number> = {};
    for (const step of this.steps(tenant, value)) counts[step.name] = (await step.doomed()).length;
    const written = await repositories.destructions.update(tenant, id, (current) =>
      current === undefined || Object.keys(current.counts).length > 0 ? undefined : { ...current, counts },
    );
    return written?.value.counts ?? counts;
  }

  /**
   * Step by step, each looked up when the one before is done, and again until a round finds nothing: a request that was
   * under way may have written meanwhile.
   */
  private async destroy(tenant: TenantId, value: DestructionRecord): Promise<void> {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      let found = 0;
      for (const { doomed, remove } of this.steps(tenant, value))
        for (const record of await doomed()) {
          await remove(record);
          found++;
        }
      if (value.scope === 'all') found += await this.forget(tenant, value.subject);
      if (found === 0) return;
    }
    throw new AsignioError('ASIGNIO_STORAGE_CONFLICT', 'Data are written as fast as they are destroyed');
  }

  /** What the scope covers, keys first. */
  private steps(tenant: TenantId, { subject, scope }: DestructionRecord): readonly Step[] {
    const { keys, references, probes, ceremonies } = this.tools.repositories;
    const covers = (modality: Modality | null) => scope === 'all' || modality === scope;
    return [
      stepOf('keys', keys, async () =>
        (await keys.ofSubject(tenant, subject)).filter(({ value }) => covers(value.modality)),
      ),
      stepOf('references', references, async () =>
        (await references.ofSubject(tenant, subject)).filter(({ value }) => covers(value.modality)),
      ),
      stepOf('probes', probes, async () => {
        const others = (await references.ofSubject(tenant, subject))
          .filter(({ value }) => !covers(value.modality))
          .map(({ id }) => id);
        // Also those whose reference went before a crash.
        return (await probes.ofSubject(tenant, subject)).filter(({ value }) => !others.includes(value.reference));
      }),
      stepOf('ceremonies', ceremonies, async () =>
        // One that still owes its audit entry or count stays until it has paid; the sweep removes it then.
        (await ceremonies.ofSubject(tenant, subject)).filter(
          ({ value }) => value.effects.length === 0 && value.modalities.some(covers),
        ),
      ),
    ];
  }

  /**
   * Consents stay as evidence that there was one; who gave it can no longer be found or read.
   * @returns how many there were.
   */
  private async forget(tenant: TenantId, subject: string): Promise<number> {
    const { consents, attempts, subjects } = this.tools.repositories;
    const held = await consents.ofSubject(tenant, subject);
    for (const { id } of held)
      await consents.update(tenant, id, (value) =>
        value === undefined || value.subject === null
          ? undefined
          : { ...value, subject: null, consent: forgetSubject(value.consent) },
      );
    await attempts.remove(tenant, subject);
    await subjects.remove(tenant, subject);
    return held.length;
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

interface Step {
  readonly name: string;
  readonly doomed: () => Promise<readonly Typed<unknown>[]>;
  readonly remove: (record: Typed<unknown>) => Promise<boolean>;
}

/** A record that moved on meanwhile (a ceremony that was decided, say) is looked at again in the next round. */
function stepOf<T>(name: string, repository: Repository<T>, doomed: () => Promise<readonly Typed<T>[]>): Step {
  return { name, doomed, remove: async (record) => repository.removeRead(record as Typed<T>) };
}
