import { AsignioError } from '@asignio/contracts';
import type { Purpose } from '@asignio/contracts';
import { standingWith, UNHINDERED } from '@asignio/policy';
import type { Repositories } from '../store/records.ts';
import type { Requester, RequestView, StandingView } from './api.ts';
import { fact } from './cases.ts';
import type { Cases } from './cases.ts';
import type { CustodyStore } from './custody-store.ts';
import type { Gate, Person } from './gate.ts';
import { checkObjection, checkRetraction } from './input.ts';
import type { RightsEffect } from './records.ts';

export interface StandingTools {
  readonly repositories: Repositories;
  readonly gate: Gate;
  readonly cases: Cases;
  readonly custody: CustodyStore;
}

/** What a person objects to unless they say otherwise: everything but signing in (GDPR Art. 21(1)). */
const OBJECTED: readonly Purpose[] = ['improvement', 'vendor-comparison', 'location', 'transfer'];

type Change = Promise<{ readonly request: RequestView; readonly standing: StandingView }>;

/** R21, R23: restriction and objection, and how a person takes them back. */
export class Standings {
  private readonly tools: StandingTools;

  constructor(tools: StandingTools) {
    this.tools = tools;
  }

  async read(who: Requester): Promise<StandingView> {
    return this.of(await this.tools.gate.enter(who));
  }

  async restrict(who: Requester): Change {
    return this.change(await this.tools.gate.enter(who), 'restriction', 'processing.restricted', (subject, at) => [
      { type: 'restrict', subject, on: true, at },
      { type: 'cancel-ceremonies', subject, modality: 'all', at },
    ]);
  }

  async resume(who: Requester): Change {
    return this.change(
      await this.tools.gate.verify(who, 'resume'),
      'restriction',
      'processing.resumed',
      (subject, at) => [{ type: 'restrict', subject, on: false, at }],
    );
  }

  async object(who: Requester, input?: { readonly purposes?: readonly Purpose[] }): Change {
    const { purposes = OBJECTED } = checkObjection(input);
    return this.change(
      await this.tools.gate.enter(who),
      'objection',
      'objection.applied',
      (subject, at) => [
        { type: 'object', subject, purposes, on: true, at },
        ...(purposes.includes('authentication')
          ? [{ type: 'cancel-ceremonies', subject, modality: 'all', at } as const]
          : []),
      ],
      { purposes: purposes.join(' ') },
    );
  }

  async retract(who: Requester, input: { readonly purposes: readonly Purpose[] }): Change {
    const { purposes } = checkRetraction(input);
    return this.change(
      await this.tools.gate.verify(who, 'retract-objection'),
      'objection',
      'objection.retracted',
      (subject, at) => [{ type: 'object', subject, purposes, on: false, at }],
      { purposes: purposes.join(' ') },
    );
  }

  private async change(
    person: Person,
    type: 'restriction' | 'objection',
    event: 'processing.restricted' | 'processing.resumed' | 'objection.applied' | 'objection.retracted',
    effects: (subject: string, at: number) => readonly RightsEffect[],
    data: { readonly [key: string]: string } = {},
  ): Change {
    const { repositories, cases } = this.tools;
    const { tenant, subject } = person;
    if ((await repositories.subjects.get(tenant, subject)) === undefined)
      throw new AsignioError('ASIGNIO_NOT_FOUND', 'Nothing is held about you');
    const record = await cases.open(tenant, subject, {
      type,
      outcome: 'done',
      effects: (id, at) => [
        ...effects(subject, at),
        { type: 'interaction', subject, at },
        fact(id, event, subject, at, data),
      ],
    });
    return { request: await cases.view(record), standing: await this.of(person) };
  }

  async of({ tenant, subject }: Person): Promise<StandingView> {
    const [record, minority] = await Promise.all([
      this.tools.repositories.subjects.get(tenant, subject),
      this.tools.custody.minority(tenant, subject),
    ]);
    return { ...standingWith(record?.value.standing ?? UNHINDERED, minority), ageBand: minority?.band ?? null };
  }
}
