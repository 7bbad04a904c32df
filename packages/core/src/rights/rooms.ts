import type { Engine } from '@asignio/contracts';
import { saleStatus } from '@asignio/policy';
import type { Staff } from '../governance/api.ts';
import type { Decryption } from '../governance/decryption.ts';
import type { Holdings } from '../subject/holdings.ts';
import type { RecordStep } from '../subject/destruction-steps.ts';
import type { Permits } from '../subject/permits.ts';
import type { Signer } from '../signer.ts';
import type { Typed } from '../store/repository.ts';
import type { SweepDuty } from '../sweep.ts';
import type { Guardians, RequestReminder, Reviews, Rights } from './api.ts';
import { Access } from './access.ts';
import type { AccessTools } from './access.ts';
import { Cases } from './cases.ts';
import { Complaints } from './complaints.ts';
import { Contests } from './contests.ts';
import { Desk } from './desk.ts';
import { Erasures } from './erasures.ts';
import type { MinorRecord } from './custody-store.ts';
import type { Foundation } from './foundation.ts';
import { Gate } from './gate.ts';
import { GuardianService } from './guardians.ts';
import type { GuardianTools } from './guardians.ts';
import { checkCaseId } from './input.ts';
import { reminderDue } from './records.ts';
import type { CaseRecord } from './records.ts';
import { Portability } from './portability.ts';
import { Rectifications } from './rectifications.ts';
import { Standings } from './standings.ts';
import { Summaries } from './summaries.ts';
import type { SummaryTools } from './summaries.ts';

export interface RightsTools extends Foundation {
  readonly holdings: Holdings;
  readonly subjects: AccessTools['subjects'] & GuardianTools['subjects'];
  readonly disclosures: SummaryTools['disclosures'];
  readonly staff: Staff;
  readonly signer: Signer;
  readonly engine: Engine;
  readonly permits: Permits;
  readonly decryption: Decryption;
}

/** Puts the rooms of people's rights together. */
export function createRights(tools: RightsTools): {
  readonly rights: Rights;
  readonly reviews: Reviews;
  readonly guardians: Guardians;
  readonly duty: SweepDuty;
  /** What of a destruction is rights' own. */
  readonly step: RecordStep;
} {
  const { holdings, subjects, disclosures, records, decisions, custody, repositories, vault, audit } = tools;
  const { texts, attributes, runner, minors, staff, signer, engine, permits, decryption, clock, options } = tools;
  const gate = new Gate({ vault, audit, clock, proofValidMs: options.proofValidMs });
  const cases = new Cases({ records, repositories, texts, runner, clock });
  const standings = new Standings({ repositories, gate, cases, custody });
  const erasures = new Erasures({ repositories, records, gate, cases });
  const rectifications = new Rectifications({ repositories, gate, cases, attributes });
  const summaries = new Summaries({ subjects, disclosures, gate, cases, decisions, attributes, audit, clock });
  const access = new Access({
    holdings,
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
  const portability = new Portability({
    repositories,
    vault,
    engine,
    permits,
    decryption,
    signer,
    audit,
    gate,
    cases,
    attributes,
    clock,
    trusted: options.trustedExports ?? [],
  });
  const complaints = new Complaints({ gate, cases });
  const contests = new Contests({ gate, cases, decisions, staff, clock });
  const guardians = new GuardianService({
    custody,
    minors,
    gate,
    cases,
    erasures,
    subjects,
    texts,
    vault,
    signer,
    staff,
    audit,
    clock,
  });
  const desk = new Desk({ records, staff, cases, decisions, vault, clock });

  const rights: Rights = {
    check: (who) => gate.check(who),
    requests: async (who) => {
      const { tenant, subject } = await gate.enter(who);
      return Promise.all((await cases.ofSubject(tenant, subject)).map(async (record) => cases.view(record)));
    },
    request: async (who, id) => {
      const { tenant, subject } = await gate.enter(who);
      return cases.view(await cases.own(tenant, subject, checkCaseId(id)));
    },
    exportData: async (who, input) => portability.give(who, input),
    importData: async (who, input) => portability.take(who, input),
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
  const reviews: Reviews = {
    list: async (tenant, operator, query) => desk.list(tenant, operator, query),
    read: async (tenant, operator, id) => desk.read(tenant, operator, id),
    open: async (tenant, operator, input) => desk.open(tenant, operator, input),
    extend: async (tenant, operator, input) => desk.extend(tenant, operator, input),
    decide: async (tenant, operator, input) => contests.decide(tenant, operator, input),
    answer: async (tenant, operator, input) => desk.answer(tenant, operator, input),
    verifyGuardian: async (tenant, operator, input) => guardians.verify(tenant, operator, input),
    endGuardianship: async (tenant, operator, input) => guardians.end(tenant, operator, input),
    reportMinor: async (tenant, operator, input) => guardians.report(tenant, operator, input),
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
    guardians: {
      wards: async (who) => guardians.wards(who),
      agree: async (who, input) => guardians.agree(who, input),
      review: async (who, input) => guardians.review(who, input),
      withdraw: async (who, input) => guardians.withdraw(who, input),
      tell: async (who, input) => guardians.tell(who, input),
      remove: async (who, input) => guardians.remove(who, input),
      stateAge: async (tenant, input) => guardians.stateAge(tenant, input),
    },
    step: contests.step,
    duty: async (walk) => {
      await walk(records.cases, tend);
      await walk(custody.records, async (record) => {
        if (record.value.is !== 'minor') return;
        if (record.value.effects.length > 0) await minors.settle(record as Typed<MinorRecord>);
        // 16 for certain, whatever their age was when it became known.
        else await custody.records.removeRead(record);
      });
      await walk(records.decisions, async (record) => records.decisions.removeRead(record));
    },
  };
}
