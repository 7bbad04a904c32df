import { randomUUID } from 'node:crypto';
import { AsignioError } from '@asignio/contracts';
import type { Clock, StoragePlugin } from '@asignio/contracts';
import type { SweepReport } from './api.ts';
import type { Attempts } from './attempts.ts';
import type { AuditChain } from './audit/chain.ts';
import type { CeremonyLedger } from './ceremony/ledger.ts';
import type { Verification } from './ceremony/verification.ts';
import type { EffectRunner } from './effects/runner.ts';
import type { CeremonyRecord, Repositories } from './store/records.ts';
import type { Typed } from './store/repository.ts';
import type { Destruction } from './subject/destruction.ts';

const LEASE = 'sweep';
/** Renewed for each record; another process takes over this long after the holder died, ms. */
const LEASE_MS = 30_000;

export interface SweepTools {
  readonly storage: StoragePlugin;
  readonly repositories: Repositories;
  readonly ledger: CeremonyLedger;
  readonly verification: Verification;
  readonly effects: EffectRunner;
  readonly destruction: Destruction;
  readonly audit: AuditChain;
  readonly attempts: Attempts;
  readonly clock: Clock;
}

type Counts = { -readonly [K in Exclude<keyof SweepReport, 'ran'>]: number };

/**
 * Finishes what a crash left, ends what expired, destroys what is due. Every step can be done again, so a sweep that is
 * interrupted is finished by the next one, and the lease only keeps two from doing the same work at once.
 */
export class Sweep {
  private readonly tools: SweepTools;
  private readonly holder = randomUUID();

  constructor(tools: SweepTools) {
    this.tools = tools;
  }

  async run(): Promise<SweepReport> {
    const counts: Counts = { finished: 0, interrupted: 0, expired: 0, destroyed: 0 };
    const { storage } = this.tools;
    const lease = await storage.acquireLease(LEASE, this.holder, LEASE_MS);
    if (lease === undefined) return { ran: false, ...counts };
    try {
      await this.each(counts);
    } finally {
      await storage.releaseLease(lease);
    }
    return { ran: true, ...counts };
  }

  private async each(counts: Counts): Promise<void> {
    const { repositories, clock } = this.tools;
    const now = clock.now();
    for await (const consent of repositories.consents.due(now)) {
      await this.step(async () => {
        await this.tools.effects.run(consent.tenant, consent.value.effects);
        await repositories.consents.update(consent.tenant, consent.id, (value) =>
          value === undefined || value.effects.length === 0 ? undefined : { ...value, effects: [] },
        );
        counts.finished++;
      });
    }
    for await (const ceremony of repositories.ceremonies.due(now))
      await this.step(async () => this.ceremony(ceremony, counts));
    for await (const destruction of repositories.destructions.due(now)) {
      await this.step(async () => {
        await this.tools.destruction.resume(destruction);
        counts.finished++;
      });
    }
    for await (const subject of repositories.subjects.due(now)) {
      await this.step(async () => {
        await this.tools.destruction.begin(subject.tenant, {
          type: 'destroy',
          id: `retention:${subject.id}:${subject.value.due}`,
          subject: subject.id,
          scope: 'all',
          reason: subject.value.rule,
          at: now,
        });
        await this.tools.audit.append(subject.tenant, {
          id: `retention:${subject.id}:${subject.value.due}`,
          event: 'retention.destroyed',
          subject: subject.id,
          at: now,
          data: { rule: subject.value.rule, due: subject.value.due },
        });
        counts.destroyed++;
      });
    }
    for await (const probe of repositories.probes.due(now))
      await this.step(async () => repositories.probes.remove(probe.tenant, probe.id));
    for await (const attempts of repositories.attempts.due(now))
      await this.step(async () => this.tools.attempts.forget(attempts.tenant, attempts.id));
  }

  /** One record that cannot be handled now must not keep the others from it: it stays due. */
  private async step(work: () => Promise<unknown>): Promise<void> {
    await this.tools.storage.acquireLease(LEASE, this.holder, LEASE_MS);
    try {
      await work();
    } catch (error) {
      if (!(error instanceof AsignioError) || error.code === 'ASIGNIO_STORAGE_UNAVAILABLE') throw error;
    }
  }

  private async ceremony(record: Typed<CeremonyRecord>, counts: Counts): Promise<void> {
    const { repositories, ledger, verification } = this.tools;
    const { value, tenant, id } = record;
    if (value.effects.length > 0) {
      await ledger.settle(record);
      counts.finished++;
      return;
    }
    const undecided = value.state === 'open' || value.state === 'deciding';
    if (undecided && value.kind === 'verification' && Object.keys(value.results).length > 0) {
      await verification.abandon(record);
      counts.interrupted++;
      return;
    }
    if (undecided && value.key !== null) {
      await repositories.keys.remove(tenant, value.key);
      const reference = await repositories.references.get(tenant, id);
      if (reference?.value.state === 'pending') await repositories.references.remove(tenant, id);
    }
    await repositories.ceremonies.remove(tenant, id);
    counts.expired++;
  }
}
