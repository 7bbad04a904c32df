import { createHash } from 'node:crypto';
import Joi from 'joi';
import { AsignioError, subjectId } from '@asignio/contracts';
import type { AuditEventName, Clock, TenantId } from '@asignio/contracts';
import {
  locationScheduleRow,
  checkPlaces,
  retentionSchedule,
  retentionScheduleHtml,
  retentionScheduleText,
} from '@asignio/policy';
import type { Region, RetentionPolicy } from '@asignio/policy';
import type { AuditChain, AuditFact } from '../audit/chain.ts';
import { newId } from '../ceremony/binding.ts';
import type { Effect } from '../effects/effect.ts';
import type { EffectRunner } from '../effects/runner.ts';
import type { Operator, Page, PageQuery, Staff } from '../governance/api.ts';
import { checkInput, checkPage } from '../governance/input.ts';
import type { DestructionRecord, Repositories, SubjectRecord } from '../store/records.ts';
import type { Typed } from '../store/repository.ts';
import type { Lifetimes } from '../subject/lifetimes.ts';
import type { Vault } from '../vault.ts';
import type { DestructionView, PublishedSchedule, PurposeEnding, Retention } from './api.ts';
import type { RetentionRecords } from './records.ts';
import type { Timekeeper } from './timekeeper.ts';

export interface RetentionTools {
  readonly repositories: Repositories;
  readonly records: RetentionRecords;
  readonly policy: RetentionPolicy;
  readonly lifetimes: Lifetimes;
  readonly time: Timekeeper;
  readonly effects: EffectRunner;
  readonly vault: Vault;
  readonly audit: AuditChain;
  readonly staff: Staff;
  readonly clock: Clock;
  /** R31: how long the place of a sign-in is kept, days. */
  readonly locationDays: number;
}

type PlacesInput = Parameters<Retention['setPlaces']>[2];
type ListQuery = NonNullable<Parameters<Retention['destructions']>[2]>;

const SUBJECT = Joi.string().max(256);
const PLACES = Joi.object<PlacesInput>({ subject: SUBJECT.required(), places: Joi.any() });
const ENDING = Joi.object<{ subject?: string; everybody?: true }>({ subject: SUBJECT, everybody: Joi.valid(true) }).xor(
  'subject',
  'everybody',
);
const LIST = Joi.object<ListQuery>({ subject: SUBJECT, limit: Joi.any(), after: Joi.any() });
/** After every date. */
const EVER = 8.64e15;

/** {@link Retention} over the store. */
export class RetentionService implements Retention {
  private readonly tools: RetentionTools;

  constructor(tools: RetentionTools) {
    this.tools = tools;
  }

  schedule(language?: string): PublishedSchedule {
    const { policy, locationDays } = this.tools;
    const { rules } = policy;
    const html = retentionScheduleHtml(rules, language);
    const places = locationScheduleRow(locationDays);
    return {
      language: /lang="(\w+)"/.exec(html)?.[1] ?? 'en',
      sha256: createHash('sha256').update(`${policy.sha256}|${places.rule}`).digest('hex'),
      rows: [...retentionSchedule(rules), places],
      // The clock of places is not one of the subject's; its sentence is in English alone so far.
      text: `${retentionScheduleText(rules, language)}\n${places.sentence} (${places.source})\n`,
      html: html.replace(
        /<\/section>\s*$/,
        `<p lang="en" dir="ltr">${places.sentence} (${places.source})</p>\n</section>\n`,
      ),
    };
  }

  async publish(tenant: TenantId, language?: string): Promise<PublishedSchedule> {
    const { audit, clock } = this.tools;
    const schedule = this.schedule(language);
    const { sha256, rows } = schedule;
    // The entry's id makes it single.
    await audit.append(tenant, {
      id: `schedule:${sha256}`,
      event: 'schedule.published',
      subject: null,
      at: clock.now(),
      data: { sha256, rules: rows.length },
    });
    return schedule;
  }

  async setPlaces(
    tenant: TenantId,
    by: Operator | 'host',
    input: PlacesInput,
  ): Promise<{ places: readonly Region[]; due: number; rule: string }> {
    const { lifetimes } = this.tools;
    const { subject, places: given } = checkInput(PLACES, input);
    const places = checkPlaces(given);
    const actor = await this.actor(tenant, by);
    const { due, rule } = await this.change(tenant, subject, (value) => ({
      value: lifetimes.placed(value, places),
      event: 'retention.placed',
      data: { places: places.join(' '), by: actor },
    }));
    return { places, due, rule };
  }

  async endPurpose(tenant: TenantId, by: Operator | 'host', input: PurposeEnding): Promise<{ endedAt: number }> {
    const { records, lifetimes, audit, time, clock } = this.tools;
    const { subject } = checkInput(ENDING, input);
    const actor = await this.actor(tenant, by);
    const endedAt = await time.plausible(clock.now());
    if (subject !== undefined) {
      await this.change(tenant, subject, (value) => ({
        value: lifetimes.ended(value, endedAt),
        event: 'purpose.ended',
        data: { endedAt, by: actor },
      }));
      return { endedAt };
    }
    // The entry comes first: an end that nobody said must not take anybody's data.
    await audit.append(tenant, this.entry('purpose.ended', null, { endedAt, by: actor }));
    await records.changePurposeEnd(tenant, (end) => ({
      endedAt: Math.max(endedAt, end?.endedAt ?? endedAt),
      after: null,
      done: false,
    }));
    return { endedAt };
  }

  async destructions(tenant: TenantId, by: Operator | 'host', query: ListQuery = {}): Promise<Page<DestructionView>> {
    const { repositories, vault } = this.tools;
    const { subject, ...rest } = checkInput(LIST, query);
    const page: PageQuery = checkPage(rest);
    await this.actor(tenant, by, 'auditor');
    const { destructions } = repositories;
    const { records, next } =
      subject === undefined
        ? // What is not done is due, some day.
          await destructions.duePage(EVER, page)
        : await destructions.page(tenant, { ...page, subject: await vault.pseudonym(tenant, subjectId(subject)) });
    const items = records.filter((record) => record.tenant === tenant).map(viewOf);
    return { items, ...(next === undefined ? {} : { next }) };
  }

  /** Changes somebody's record, with what follows from it in the same compare-and-set. */
  private async change(
    tenant: TenantId,
    id: string,
    change: (value: SubjectRecord) => {
      readonly value: SubjectRecord;
      readonly event: AuditEventName;
      readonly data: AuditFact['data'];
    },
  ): Promise<SubjectRecord> {
    const { repositories, vault, effects } = this.tools;
    const subject = await vault.pseudonym(tenant, subjectId(id));
    const record = await repositories.subjects.update(tenant, subject, (before) => {
      if (before === undefined) throw new AsignioError('ASIGNIO_NOT_FOUND', 'Nothing is held of this subject');
      const { value, event, data } = change(before);
      return { ...value, effects: [...(value.effects ?? []), this.entry(event, subject, data)] };
    });
    await effects.settleSubject(record as Typed<SubjectRecord>);
    return (record as Typed<SubjectRecord>).value;
  }

  private async actor(tenant: TenantId, by: Operator | 'host', ...others: readonly 'auditor'[]): Promise<string> {
    return by === 'host'
      ? 'host'
      : (await this.tools.staff.require(tenant, by, 'privacy-officer', ...others)).pseudonym;
  }

  private entry(
    event: AuditEventName,
    subject: string | null,
    data: AuditFact['data'],
  ): Extract<Effect, { type: 'audit' }> {
    return { type: 'audit', id: `${event}:${newId()}`, event, subject, at: this.tools.clock.now(), data };
  }
}

function viewOf({ id, value }: Typed<DestructionRecord>): DestructionView {
  const { subject, scope, reason, startedAt, state, attempts, lastError, certificate } = value;
  return { id, subject, scope, reason, orderedAt: startedAt, state, attempts, lastError, certificate };
}
