import { claimUnder } from '@asignio/policy';
import type { EpochMs } from '@asignio/contracts';
import type { SweepItem, SweepOptions, SweepReport } from './api.ts';
import type { SubjectRecord } from './store/records.ts';
import type { Repository, Typed } from './store/repository.ts';
import { holdScopes, isHeld } from './subject/orders.ts';
import type { SweepTools } from './sweep.ts';

/**
 * What a sweep would do now, and why: it reads the same lists, writes nothing and takes no lease. Where the rules have
 * changed since the store's dates were made, everybody is looked at.
 */
export class SweepPlan {
  private readonly tools: SweepTools;

  constructor(tools: SweepTools) {
    this.tools = tools;
  }

  async run(options: SweepOptions): Promise<SweepReport> {
    const { repositories, retention, recount, time, clock, duties } = this.tools;
    const now = clock.now();
    const verdict = options.confirmClock === true ? 'right' : await time.verdict(now);
    const counts = {
      finished: 0,
      interrupted: 0,
      expired: 0,
      destroyed: 0,
      held: 0,
      recounted: 0,
      waiting: 0,
      failed: 0,
    };
    const tell = ({ action, ...item }: SweepItem) => {
      const isDate = action === 'destroy' || action === 'expire';
      if (isDate && verdict !== 'right') counts.waiting++;
      else if (action === 'destroy' && item.kind === 'subject') counts.destroyed++;
      else if (action === 'hold') counts.held++;
      else if (action === 'finish') counts.finished++;
      else counts.expired++;
      options.onItem?.({ action, ...item });
    };
    const each = async <T>(
      repository: Repository<T>,
      action: (record: Typed<T>) => SweepItem['action'] | undefined,
    ) => {
      for await (const record of repository.due(now)) {
        const what = action(record);
        const { tenant, kind, id, due = 0 } = record;
        if (what !== undefined) tell({ tenant, kind, id, action: what, rule: null, due });
      }
    };

    await each(retention.purposes, () => 'finish');
    const isWhole = options.only === undefined;
    if (isWhole) {
      await each(repositories.consents, () => 'finish');
      await each(repositories.ceremonies, ({ value }) => (value.effects.length > 0 ? 'finish' : 'expire'));
    }
    await each(repositories.destructions, ({ value }) => (value.state === 'held' ? undefined : 'finish'));
    const subjects = (await recount.isDue()) ? this.everybody() : repositories.subjects.due(now);
    for await (const subject of subjects) {
      const item = this.subject(subject, now);
      if (item !== undefined) tell(item);
    }
    for await (const probe of repositories.probes.due(now)) {
      const { tenant, kind, id, value, due = 0 } = probe;
      const [subject, reference] = await Promise.all([
        repositories.subjects.get(tenant, value.subject),
        repositories.references.get(tenant, value.reference),
      ]);
      const held = subject !== undefined && isHeld(subject.value, reference?.value.modality ?? null);
      tell({ tenant, kind, id, action: held ? 'hold' : 'expire', rule: null, due });
    }
    for await (const { tenant, kind, id, due = 0 } of repositories.attempts.due(now))
      if ((await repositories.subjects.get(tenant, id)) === undefined)
        tell({ tenant, kind, id, action: 'expire', rule: null, due });
    if (isWhole)
      for (const duty of duties)
        await duty(async (repository) => each(repository, ({ due }) => (due === 0 ? 'finish' : 'expire')), {
          dryRun: true,
        });
    return { ran: true, dryRun: true, clock: verdict, ...counts };
  }

  private subject({ tenant, kind, id, value }: Typed<SubjectRecord>, now: EpochMs): SweepItem | undefined {
    const { due, rule } = this.tools.lifetimes.explain(value);
    if ((value.effects ?? []).length > 0) return { tenant, kind, id, action: 'finish', rule: null, due: 0 };
    if (due > now || (value.orders ?? []).some(({ scope }) => scope === 'all')) return undefined;
    const action = claimUnder('all', holdScopes(value), null) === undefined ? 'hold' : 'destroy';
    return { tenant, kind, id, action, rule, due };
  }

  private async *everybody(): AsyncGenerator<Typed<SubjectRecord>> {
    const { storage, repositories } = this.tools;
    let [tenant] = await storage.listTenants(undefined, 1);
    for (; tenant !== undefined; [tenant] = await storage.listTenants(tenant, 1)) {
      let after: string | undefined;
      do {
        const page = await repositories.subjects.page(tenant, {
          limit: 1000,
          ...(after === undefined ? {} : { after }),
        });
        yield* page.records;
        after = page.next;
      } while (after !== undefined);
    }
  }
}
