import type { TenantId } from '@asignio/contracts';
import type { Effect } from '../effects/effect.ts';
import type { EffectRunner } from '../effects/runner.ts';
import type { Repositories, SubjectRecord } from '../store/records.ts';
import type { Erasure } from '../subject/erasure.ts';
import type { AttributeStore } from './attributes.ts';
import type { CustodyStore } from './custody-store.ts';
import type { DecisionLog } from './decision-log.ts';
import type { RightsEffect } from './records.ts';
import { objected, restricted } from './standing.ts';

export interface RunnerTools {
  readonly repositories: Repositories;
  readonly effects: EffectRunner;
  readonly erasure: Erasure;
  readonly decisions: DecisionLog;
  readonly attributes: AttributeStore;
  readonly custody: CustodyStore;
}

/** Does what a request owes. Done again, it changes nothing. */
export class RightsRunner {
  private readonly tools: RunnerTools;

  constructor(tools: RunnerTools) {
    this.tools = tools;
  }

  /** In order; audit entries come last, since they say what was done. */
  async run(tenant: TenantId, effects: readonly RightsEffect[]): Promise<void> {
    for (const effect of effects) if (effect.type !== 'audit') await this.apply(tenant, effect);
    const entries = effects.filter((effect): effect is Extract<Effect, { type: 'audit' }> => effect.type === 'audit');
    await this.tools.effects.run(tenant, entries);
  }

  private async apply(tenant: TenantId, effect: RightsEffect): Promise<void> {
    const { effects, erasure, decisions, attributes, custody } = this.tools;
    switch (effect.type) {
      case 'restrict':
        return this.stand(tenant, effect.subject, (record) => restricted(record, effect.on, effect.at));
      case 'object':
        return this.stand(tenant, effect.subject, (record) =>
          effect.purposes.reduce((changed, purpose) => objected(changed, purpose, effect.on, effect.at), record),
        );
      case 'attributes':
        return attributes.apply(tenant, effect.subject, effect.changes, effect.at);
      case 'end-custody':
        return custody.end(tenant, effect.child, effect.guardian, effect.at);
      case 'forget-minor':
        return custody.forgetMinor(tenant, effect.subject, effect.at);
      case 'contested':
        return decisions.contested(tenant, effect.decision, effect.contest);
      case 'reviewed':
        return decisions.reviewed(tenant, effect.decision, { outcome: effect.outcome, at: effect.at });
      case 'erase':
        await erasure.run(tenant, effect.subject, effect.order, effect.at, effect.reason, effect.life);
        return;
      default:
        return effects.run(tenant, [effect]);
    }
  }

  private async stand(
    tenant: TenantId,
    subject: string,
    change: (record: SubjectRecord) => SubjectRecord,
  ): Promise<void> {
    await this.tools.repositories.subjects.update(tenant, subject, (value) => {
      if (value === undefined) return undefined;
      const changed = change(value);
      return changed === value ? undefined : changed;
    });
  }
}
