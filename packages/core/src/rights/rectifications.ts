import { AsignioError } from '@asignio/contracts';
import type { Repositories } from '../store/records.ts';
import type { Attributes, Requester, RequestView } from './api.ts';
import type { AttributeChanges, AttributeStore } from './attributes.ts';
import { fact } from './cases.ts';
import type { Cases } from './cases.ts';
import type { Gate } from './gate.ts';
import { checkAttributes, checkEnrolment } from './input.ts';

export interface RectificationTools {
  readonly repositories: Repositories;
  readonly gate: Gate;
  readonly cases: Cases;
  readonly attributes: AttributeStore;
}

/** R19: what is wrong is put right, and what was drawn is revoked when it should not stand any more. */
export class Rectifications {
  private readonly tools: RectificationTools;

  constructor(tools: RectificationTools) {
    this.tools = tools;
  }

  async attributes(
    who: Requester,
    input: AttributeChanges,
  ): Promise<{ readonly request: RequestView; readonly attributes: Attributes }> {
    const { repositories, gate, cases, attributes } = this.tools;
    const changes = checkAttributes(input);
    const { tenant, subject } = await gate.verify(who, 'rectification');
    if ((await repositories.subjects.get(tenant, subject)) === undefined)
      throw new AsignioError('ASIGNIO_NOT_FOUND', 'Nothing is held about you');
    const sealed = await attributes.seal(tenant, subject, changes);
    const record = await cases.open(tenant, subject, {
      type: 'rectification',
      outcome: 'done',
      effects: (id, at) => [
        { type: 'attributes', subject, changes: sealed, at },
        { type: 'interaction', subject, at },
        fact(id, 'dsar.rectification', subject, at, { attributes: Object.keys(changes).join(' ') }),
      ],
    });
    return { request: await cases.view(record), attributes: await attributes.read(tenant, subject) };
  }

  async revoke(who: Requester, input: { readonly enrolment: string }): Promise<RequestView> {
    const { repositories, gate, cases } = this.tools;
    const { enrolment } = checkEnrolment(input);
    const { tenant, subject } = await gate.verify(who, 'revocation');
    const reference = await repositories.references.get(tenant, enrolment);
    if (reference === undefined || reference.value.subject !== subject)
      throw new AsignioError('ASIGNIO_NOT_FOUND', 'There is no such enrolment');
    const record = await cases.open(tenant, subject, {
      type: 'revocation',
      outcome: 'done',
      effects: (id, at) => [
        { type: 'revoke', reference: enrolment, at, by: id },
        { type: 'cancel-ceremonies', subject, modality: reference.value.modality, at },
        { type: 'interaction', subject, at },
      ],
    });
    return cases.view(record);
  }
}
