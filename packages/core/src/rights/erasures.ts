import { AsignioError } from '@asignio/contracts';
import type { TenantId } from '@asignio/contracts';
import type { ErasureException } from '@asignio/policy';
import type { Repositories } from '../store/records.ts';
import type { Typed } from '../store/repository.ts';
import type { Requester, RequestView } from './api.ts';
import { fact } from './cases.ts';
import type { Cases } from './cases.ts';
import type { Gate } from './gate.ts';
import type { CaseRecord, RightsRecords } from './records.ts';

export interface ErasureRequestTools {
  readonly repositories: Repositories;
  readonly records: RightsRecords;
  readonly gate: Gate;
  readonly cases: Cases;
}

const EVENT = { erasure: 'dsar.erasure', deletion: 'ccpa.deleted' } as const;

/** R20, R26: erasure on request, or the exception that stands against it. */
export class Erasures {
  private readonly tools: ErasureRequestTools;

  constructor(tools: ErasureRequestTools) {
    this.tools = tools;
  }

  async ask(who: Requester, type: 'erasure' | 'deletion'): Promise<RequestView> {
    const { gate, cases } = this.tools;
    const { tenant, subject } = await gate.verify(who, type);
    return cases.view(await this.finish(await this.order(tenant, subject, type)));
  }

  /** Orders the destruction, as one write with the request for it. */
  async order(
    tenant: TenantId,
    subject: string,
    type: 'erasure' | 'deletion',
    openedBy?: string,
  ): Promise<Typed<CaseRecord>> {
    const { repositories, cases } = this.tools;
    const record = await repositories.subjects.get(tenant, subject);
    if (record === undefined && !(await this.anything(tenant, subject)))
      throw new AsignioError('ASIGNIO_NOT_FOUND', 'Nothing is held about you');
    return cases.open(tenant, subject, {
      type,
      ...(openedBy === undefined ? {} : { openedBy }),
      // One order for one life of the data: asked for twice, it is the same destruction.
      order: (id) => `erasure:${record?.value.life ?? id}`,
      effects: (id, at, order) => [
        {
          type: 'erase',
          subject,
          order: order as string,
          at,
          ...(record === undefined ? {} : { life: record.value.life }),
        },
      ],
    });
  }

  /**
   * Closes a request whose destruction is done, or waits for the end of a legal hold, which is cited; one that is still
   * running is found by the sweep.
   */
  async finish(record: Typed<CaseRecord>): Promise<Typed<CaseRecord>> {
    const { repositories, cases } = this.tools;
    const { tenant, id, value } = record;
    if (value.state === 'closed' || value.order === null) return record;
    const state = (await repositories.destructions.get(tenant, value.order))?.value.state;
    if (state !== 'done' && state !== 'held') return record;
    const outcome = state === 'done' ? 'done' : 'exception';
    const exceptions: readonly ErasureException['id'][] =
      state === 'done' ? ['request-record'] : ['legal-hold', 'request-record'];
    const closed = cases.close(tenant, id, {
      outcome,
      exceptions,
      effects: (at) => [
        fact(id, EVENT[value.type as keyof typeof EVENT], value.subject, at, {
          outcome,
          exceptions: exceptions.join(' '),
          destruction: value.order,
        }),
      ],
    });
    return closed.catch(async (error: unknown) => {
      // By the sweep, at the same time: it says the same.
      if (error instanceof AsignioError && error.code === 'ASIGNIO_CASE_CLOSED') return cases.get(tenant, id);
      throw error;
    });
  }

  /** What is held of somebody who never signed a release: decisions that went against them, what they wrote. */
  private async anything(tenant: TenantId, subject: string): Promise<boolean> {
    const { repositories, records } = this.tools;
    const [keys, decisions] = await Promise.all([
      repositories.keys.ofSubject(tenant, subject),
      records.decisions.ofSubject(tenant, subject),
    ]);
    return keys.length + decisions.length > 0;
  }
}
