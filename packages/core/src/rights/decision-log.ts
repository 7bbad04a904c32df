import { createHash } from 'node:crypto';
import type { EpochMs, Modality, TenantId } from '@asignio/contracts';
import { checkContestable, decisionKeptUntil } from '@asignio/policy';
import type { DecisionKind } from '@asignio/policy';
import { AsignioError } from '@asignio/contracts';
import type { Typed } from '../store/repository.ts';
import type { DecisionView } from './api.ts';
import type { DecisionRecord, RightsRecords } from './records.ts';

/** What is kept of a decision that went against somebody. */
export interface DecisionFacts {
  readonly ceremony: string;
  readonly subject: string;
  readonly kind: DecisionKind;
  readonly at: EpochMs;
  readonly reasons: readonly string[];
  readonly modalities: readonly Modality[];
  /** `name@version`. */
  readonly model: string;
  readonly assurance: string;
  readonly fmr: number;
}

/**
 * R24: why people were not let in, kept apart from the audit chain and for a time of its own, so that a person can look at
 * it again. It is written for ids that nobody has just as for others: nothing tells them apart.
 */
export class DecisionLog {
  private readonly records: Pick<RightsRecords, 'decisions'>;

  constructor(records: Pick<RightsRecords, 'decisions'>) {
    this.records = records;
  }

  async keep(tenant: TenantId, { ceremony, ...facts }: DecisionFacts): Promise<void> {
    await this.records.decisions.insertOnce(tenant, decisionId(ceremony, facts.kind), {
      ...facts,
      contest: null,
      review: null,
    });
  }

  /** Another's and one that never was are the same from outside. @throws AsignioError `ASIGNIO_NOT_FOUND`. */
  async own(tenant: TenantId, subject: string, id: string): Promise<Typed<DecisionRecord>> {
    const record = await this.records.decisions.get(tenant, id);
    if (record === undefined || record.value.subject !== subject)
      throw new AsignioError('ASIGNIO_NOT_FOUND', 'There is no such decision');
    return record;
  }

  async find(tenant: TenantId, id: string): Promise<DecisionView | null> {
    const record = await this.records.decisions.get(tenant, id);
    return record === undefined ? null : view(record);
  }

  /** Newest first. */
  async ofSubject(tenant: TenantId, subject: string): Promise<readonly DecisionView[]> {
    const records = await this.records.decisions.ofSubject(tenant, subject);
    return records.map(view).sort((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1));
  }

  /** From now on it stays until it is reviewed. @throws AsignioError `ASIGNIO_NOT_CONTESTABLE`. */
  checkContestable({ value }: Typed<DecisionRecord>, now: EpochMs): void {
    checkContestable({ at: value.at, contested: value.contest !== null }, now);
  }

  async contested(tenant: TenantId, id: string, contest: string): Promise<void> {
    await this.records.decisions.update(tenant, id, (value) =>
      value === undefined || value.contest !== null ? undefined : { ...value, contest },
    );
  }

  async reviewed(tenant: TenantId, id: string, review: NonNullable<DecisionRecord['review']>): Promise<void> {
    await this.records.decisions.update(tenant, id, (value) =>
      value === undefined || value.review !== null ? undefined : { ...value, review },
    );
  }
}

function view({ id, value }: Typed<DecisionRecord>): DecisionView {
  const { kind, at, reasons, modalities, model, assurance, fmr, contest, review } = value;
  const contestableUntil = decisionKeptUntil(at);
  return { id, kind, at, reasons, modalities, model, threshold: { assurance, fmr }, contestableUntil, contest, review };
}

/** Says nothing of the ceremony, and is the same each time that the same decision is written. */
function decisionId(ceremony: string, kind: DecisionKind): string {
  const step = kind === 'locked' || kind === 'disabled' ? kind : 'decision';
  return createHash('sha256').update(`decision|${ceremony}|${step}`).digest('base64url').slice(0, 22);
}
