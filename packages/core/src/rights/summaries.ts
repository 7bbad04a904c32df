import { AsignioError, MODALITIES } from '@asignio/contracts';
import type { Clock, TenantId } from '@asignio/contracts';
import { summaryContent, summaryLimit } from '@asignio/policy';
import type { SummaryFacts } from '@asignio/policy';
import type { Subjects } from '../api.ts';
import type { AuditChain } from '../audit/chain.ts';
import { newId } from '../ceremony/binding.ts';
import type { DisclosureView } from '../governance/api.ts';
import { isConflict } from '../store/repository.ts';
import type { CcpaSummary, Requester, RequestView } from './api.ts';
import type { AttributeStore } from './attributes.ts';
import { fact, namedCaseId } from './cases.ts';
import type { Cases } from './cases.ts';
import type { DecisionLog } from './decision-log.ts';
import type { Gate, Person } from './gate.ts';

export interface SummaryTools {
  readonly subjects: Pick<Subjects, 'held'>;
  readonly disclosures: {
    ofSubject(tenant: TenantId, pseudonym: string): Promise<readonly DisclosureView[]>;
  };
  readonly gate: Gate;
  readonly cases: Cases;
  readonly decisions: DecisionLog;
  readonly attributes: AttributeStore;
  readonly audit: AuditChain;
  readonly clock: Clock;
}

/** Each round has a winner, and after two of them there is nothing left to win. */
const MAX_TRIES = 4;

/** R25: CCPA's summary, twice in any twelve months. */
export class Summaries {
  private readonly tools: SummaryTools;

  constructor(tools: SummaryTools) {
    this.tools = tools;
  }

  async ask(who: Requester): Promise<{ readonly request: RequestView; readonly summary: CcpaSummary }> {
    const { gate, cases, clock } = this.tools;
    const person = await gate.verify(who, 'summary');
    const { tenant, subject } = person;
    const content = summaryContent(await this.facts(person));
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const earlier = await this.served(tenant, subject);
      const now = clock.now();
      await this.refuseBeyond(person, summaryLimit(earlier.at, now).next);
      const limit = summaryLimit([...earlier.at, now], now);
      try {
        const record = await cases.open(tenant, subject, {
          type: 'summary',
          outcome: 'done',
          // Numbered, so that of two that are asked for at once one is the next, and the other looks again.
          id: namedCaseId('summary', tenant, subject, earlier.next),
          slot: earlier.next,
          effects: (id, at) => [fact(id, 'ccpa.summary', subject, at, { remaining: limit.remaining })],
        });
        const summary: CcpaSummary = {
          format: 'asignio-ccpa-summary/1',
          createdAt: now,
          periodMonths: 12,
          ...content,
          ...limit,
        };
        return { request: await cases.view(record), summary };
      } catch (error) {
        if (!isConflict(error)) throw error;
      }
    }
    throw new AsignioError('ASIGNIO_STORAGE_CONFLICT', 'Several summaries are asked for at once');
  }

  private async served(tenant: TenantId, subject: string): Promise<{ at: readonly number[]; next: number }> {
    const cases = (await this.tools.cases.ofSubject(tenant, subject)).filter(({ value }) => value.type === 'summary');
    return {
      at: cases.flatMap(({ value }) => (value.slot === null ? [] : [value.openedAt])),
      next: 1 + cases.reduce((last, { value }) => Math.max(last, value.slot ?? -1), -1),
    };
  }

  private async refuseBeyond({ tenant, subject }: Person, next: number | null): Promise<void> {
    if (next === null) return;
    const { audit, clock } = this.tools;
    const now = clock.now();
    await audit.append(tenant, {
      id: `ccpa-refused:${newId()}`,
      event: 'ccpa.refused',
      subject,
      at: now,
      data: { next },
    });
    throw new AsignioError(
      'ASIGNIO_SUMMARY_LIMIT',
      `You have had two summaries in twelve months; the next can be had from ${new Date(next).toISOString().slice(0, 10)}`,
      { retryAfterMs: next - now },
    );
  }

  private async facts({ tenant, id, subject }: Person): Promise<SummaryFacts> {
    const { subjects, disclosures, decisions, attributes, cases } = this.tools;
    const held = await subjects.held(tenant, id);
    const left = (await disclosures.ofSubject(tenant, subject)).filter(({ state }) => state !== 'not-sent');
    const names = (biometric: boolean) => [
      ...new Set(
        left
          .filter(({ data }) => data.some((item) => MODALITIES.some((modality) => modality === item)) === biometric)
          .map(({ recipient }) => recipient.name),
      ),
    ];
    const purposes = held.consents.filter(({ state }) => state === 'granted').map(({ purpose }) => purpose);
    return {
      attributes: Object.keys(await attributes.read(tenant, subject)).length > 0,
      biometrics: held.enrolments.length > 0,
      activity:
        held.failedAttempts > 0 ||
        held.lastInteraction !== null ||
        (await decisions.ofSubject(tenant, subject)).length > 0,
      location: purposes.includes('location'),
      requests: (await cases.ofSubject(tenant, subject)).length > 0,
      purposes: [...new Set(purposes)],
      disclosedTo: { biometrics: names(true), others: names(false) },
      retention: held.retention?.sentence ?? 'nothing is held',
    };
  }
}
