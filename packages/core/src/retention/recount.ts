import type { EpochMs, StoragePlugin, TenantId } from '@asignio/contracts';
import type { RetentionPolicy } from '@asignio/policy';
import type { Repositories, SubjectRecord } from '../store/records.ts';
import type { Typed } from '../store/repository.ts';
import type { Lifetimes } from '../subject/lifetimes.ts';
import type { RetentionRecords } from './records.ts';

export interface RecountTools {
  readonly storage: StoragePlugin;
  readonly repositories: Repositories;
  readonly records: RetentionRecords;
  readonly policy: RetentionPolicy;
  readonly lifetimes: Lifetimes;
}

/** What the sweep knows of a walk through everybody. */
export interface WalkWatch {
  /** Before each page; throws where the walk is another's now. */
  readonly before: () => Promise<void>;
  readonly changed: (count: number) => void;
  readonly failed: (error: unknown) => void;
}

const PAGE = 200;

/**
 * Brings the due dates of all subjects to the rules of now, where those changed since the system last ran (R6), and to an
 * end of the purpose of everybody's data. It is written down after each page how far it is, so that whoever goes on after a
 * crash begins there. What is destroyed meanwhile is judged by the rules of now all the same.
 */
export class Recount {
  private readonly tools: RecountTools;

  constructor(tools: RecountTools) {
    this.tools = tools;
  }

  /** Whether the rules of now are not those that the store's dates are of. */
  async isDue(): Promise<boolean> {
    const state = await this.tools.records.state();
    return state !== undefined && (state.recount !== null || state.schedule?.sha256 !== this.tools.policy.sha256);
  }

  /** Takes the rules of now for those of the store, and brings all dates to them. */
  async run(watch: WalkWatch): Promise<void> {
    const { records, policy, lifetimes } = this.tools;
    const { base, profiles, sha256 } = policy;
    const begun = await records.change((state) => {
      if (state === undefined || state.schedule?.sha256 === sha256) return undefined;
      // A store that no sweep has run on holds no date of other rules.
      const recount = state.schedule === null ? null : { tenant: null, after: null };
      return { ...state, schedule: { sha256, base, profiles }, recount };
    });
    let recount = begun?.recount ?? null;
    while (recount !== null) {
      const { tenant, after }: { tenant: TenantId | null; after: string | null } = recount;
      const here = tenant ?? (await this.nextTenant(null));
      const next = here === null ? null : await this.page(here, after, (value) => lifetimes.recounted(value), watch);
      const following = here === null || next !== null ? here : await this.nextTenant(here);
      recount = following === null ? null : { tenant: following, after: next };
      const written = recount;
      await records.change((state) =>
        state === undefined || state.schedule?.sha256 !== sha256 ? undefined : { ...state, recount: written },
      );
    }
  }

  /** Writes into everybody's record that the purpose has ended. */
  async endPurpose(tenant: TenantId, watch: WalkWatch): Promise<void> {
    const { records, lifetimes } = this.tools;
    for (;;) {
      const end = await records.purposeEnd(tenant);
      if (end === undefined || end.done) return;
      const { endedAt }: { endedAt: EpochMs } = end;
      const next = await this.page(tenant, end.after, (value) => lifetimes.ended(value, endedAt), watch);
      await records.changePurposeEnd(tenant, (current) =>
        // Said again meanwhile, it begins anew.
        current === undefined || current.endedAt !== endedAt
          ? undefined
          : { endedAt, after: next, done: next === null },
      );
    }
  }

  /** @returns where the next page begins; `null` after the last. */
  private async page(
    tenant: TenantId,
    after: string | null,
    change: (value: SubjectRecord) => SubjectRecord,
    watch: WalkWatch,
  ): Promise<string | null> {
    const { subjects } = this.tools.repositories;
    await watch.before();
    const { records, next } = await subjects.page(tenant, { limit: PAGE, ...(after === null ? {} : { after }) });
    const stale = records.filter(({ value }) => change(value) !== value);
    await Promise.all(
      stale.map(async ({ id }: Typed<SubjectRecord>) =>
        subjects
          .update(tenant, id, (value) => {
            if (value === undefined) return undefined;
            const changed = change(value);
            return changed === value ? undefined : changed;
          })
          .catch(watch.failed),
      ),
    );
    watch.changed(stale.length);
    return next ?? null;
  }

  private async nextTenant(after: TenantId | null): Promise<TenantId | null> {
    const [next] = await this.tools.storage.listTenants(after ?? undefined, 1);
    return next ?? null;
  }
}
