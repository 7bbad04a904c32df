import type { Clock, StoragePlugin } from '@asignio/contracts';
import { saleStatus } from '@asignio/policy';
import type { AuditChain } from '../audit/chain.ts';
import type { EffectRunner } from '../effects/runner.ts';
import type { Staff } from '../governance/api.ts';
import type { Repositories } from '../store/records.ts';
import type { Typed } from '../store/repository.ts';
import type { Erasure } from '../subject/erasure.ts';
import type { SweepDuty } from '../sweep.ts';
import type { Vault } from '../vault.ts';
import type { RequestReminder, ReviewsSoFar, RightsOptions, RightsSoFar } from './api.ts';
import type { Subjects } from '../api.ts';
import { Access } from './access.ts';
import { AttributeStore } from './attributes.ts';
import { Cases } from './cases.ts';
import { Complaints } from './complaints.ts';
import { Contests } from './contests.ts';
import type { DecisionLog } from './decision-log.ts';
import { Desk } from './desk.ts';
import { Erasures } from './erasures.ts';
import { Gate } from './gate.ts';
import { checkCaseId } from './input.ts';
import { reminderDue } from './records.ts';
import type { CaseRecord, RightsRecords } from './records.ts';
import { Rectifications } from './rectifications.ts';
import { RightsRunner } from './runner.ts';
import { Standings } from './standings.ts';
import { Summaries } from './summaries.ts';
import type { SummaryTools } from './summaries.ts';
import { Texts } from './texts.ts';

export interface RightsTools {
  readonly storage: StoragePlugin;
  readonly subjects: Pick<Subjects, 'held' | 'retentionSchedule'>;
  readonly disclosures: SummaryTools['disclosures'];
  readonly records: RightsRecords;
  readonly decisions: DecisionLog;
  readonly repositories: Repositories;
  readonly vault: Vault;
  readonly audit: AuditChain;
  readonly effects: EffectRunner;
  readonly erasure: Erasure;
  readonly staff: Staff;
  readonly clock: Clock;
  readonly options: RightsOptions;
}

/** Puts the rooms of people's rights together. */
export function createRights(tools: RightsTools): {
  readonly rights: RightsSoFar;
  readonly reviews: ReviewsSoFar;
  readonly duty: SweepDuty;
} {
  const {
    storage,
    subjects,
    disclosures,
    records,
    decisions,
    repositories,
    vault,
    audit,
    effects,
    erasure,
    staff,
    clock,
    options,
  } = tools;
  const gate = new Gate({ vault, audit, clock, proofValidMs: options.proofValidMs });
  const texts = new Texts(vault);
  const attributes = new AttributeStore({ records, repositories, texts });
  const runner = new RightsRunner({ repositories, effects, erasure, decisions, attributes });
  const cases = new Cases({ records, repositories, texts, runner, clock });
  const standings = new Standings({ repositories, gate, cases });
  const erasures = new Erasures({ repositories, records, gate, cases });
  const rectifications = new Rectifications({ repositories, gate, cases, attributes });
  const summaries = new Summaries({ subjects, disclosures, gate, cases, decisions, attributes, audit, clock });
  const access = new Access({
    storage,
    repositories,
    subjects,
    audit,
    gate,
    cases,
    decisions,
    attributes,
    standings,
    clock,
  });
  const complaints = new Complaints({ gate, cases });
  const contests = new Contests({ gate, cases, decisions, staff, clock });
  const desk = new Desk({ records, staff, cases, decisions, vault, clock });

  const rights: RightsSoFar = {
    check: (who) => gate.check(who),
    requests: async (who) => {
      const { tenant, subject } = await gate.enter(who);
      return Promise.all((await cases.ofSubject(tenant, subject)).map(async (record) => cases.view(record)));
    },
    request: async (who, id) => {
      const { tenant, subject } = await gate.enter(who);
      return cases.view(await cases.own(tenant, subject, checkCaseId(id)));
    },
    access: async (who) => access.ask(who),
    rectify: async (who, input) => rectifications.attributes(who, input),
    revokeReference: async (who, input) => rectifications.revoke(who, input),
    ccpaSummary: async (who) => summaries.ask(who),
    standing: async (who) => standings.read(who),
    restrict: async (who) => standings.restrict(who),
    resume: async (who) => standings.resume(who),
    object: async (who, input) => standings.object(who, input),
    retractObjection: async (who, input) => standings.retract(who, input),
    erase: async (who) => erasures.ask(who, 'erasure'),
    ccpaDelete: async (who) => erasures.ask(who, 'deletion'),
    sale: saleStatus,
    decisions: async (who) => contests.decisions(who),
    contest: async (who, input) => contests.open(who, input),
    complain: async (who, input) => complaints.open(who, input),
  };
  const reviews: ReviewsSoFar = {
    list: async (tenant, operator, query) => desk.list(tenant, operator, query),
    read: async (tenant, operator, id) => desk.read(tenant, operator, id),
    open: async (tenant, operator, input) => desk.open(tenant, operator, input),
    extend: async (tenant, operator, input) => desk.extend(tenant, operator, input),
    decide: async (tenant, operator, input) => contests.decide(tenant, operator, input),
    answer: async (tenant, operator, input) => desk.answer(tenant, operator, input),
  };

  async function tend(record: Typed<CaseRecord>): Promise<void> {
    if (record.value.effects.length > 0) {
      await erasures.finish(await cases.settle(record));
      return;
    }
    if (record.value.state === 'closed') return cases.forget(record);
    const current = await erasures.finish(record);
    if (current.value.state === 'closed' || reminderDue(current.value) > clock.now()) return;
    const { tenant, id, value } = await cases.remind(current);
    const reminder: RequestReminder = {
      tenant,
      id,
      type: value.type,
      due: value.due,
      overdue: clock.now() > value.due,
    };
    options.onReminder?.(reminder);
  }

  return {
    rights,
    reviews,
    duty: async (walk) => {
      await walk(records.cases, tend);
      await walk(records.decisions, async (record) => records.decisions.removeRead(record));
    },
  };
}
