import { regulatorsOf } from '@asignio/policy';
import type { Regulator } from '@asignio/policy';
import type { Requester, RequestView } from './api.ts';
import { fact } from './cases.ts';
import type { Cases } from './cases.ts';
import type { Gate } from './gate.ts';
import { checkComplaint } from './input.ts';

/** R38: a complaint has a ticket, a deadline and a way to go on to a regulator. */
export class Complaints {
  private readonly tools: { readonly gate: Gate; readonly cases: Cases };

  constructor(tools: { readonly gate: Gate; readonly cases: Cases }) {
    this.tools = tools;
  }

  async open(
    who: Requester,
    input: { readonly statement: string; readonly region?: string },
  ): Promise<{ readonly request: RequestView; readonly regulators: readonly Regulator[] }> {
    const { gate, cases } = this.tools;
    const { statement, region } = checkComplaint(input);
    const regulators = regulatorsOf(region);
    const { tenant, subject } = await gate.enter(who);
    const record = await cases.open(tenant, subject, {
      type: 'complaint',
      texts: { statement },
      effects: (id, at) => [fact(id, 'complaint.opened', subject, at, { region: region ?? null })],
    });
    return { request: await cases.view(record), regulators };
  }
}
