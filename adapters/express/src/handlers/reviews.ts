import type { Operator, Reviews } from '@asignio/core';
import type { TenantId } from '@asignio/contracts';
import * as schemas from '../document/schemas.ts';
import { received } from '../http/shape.ts';
import type { Visit } from '../visit.ts';
import { acting, pageOf } from './operator.ts';

type Input<M extends keyof Reviews> = Reviews[M] extends (t: TenantId, o: Operator, input: infer I) => unknown
  ? I
  : never;

/** The body with the id that is in the address. */
function ofRequest({ params, body }: Visit): object {
  return { ...(body as object), id: params['id'] };
}

export const listRequests = acting(schemas.casePage, ({ reviews }, tenant, operator, visit) => {
  const { state, type } = visit.query;
  return reviews.list(tenant, operator, {
    ...pageOf(visit),
    ...(state === undefined ? {} : { state }),
    ...(type === undefined ? {} : { type }),
  } as Input<'list'>);
});
export const openRequest = acting(schemas.caseDetailAnswer, ({ reviews }, tenant, operator, { params }) =>
  reviews.read(tenant, operator, params['id'] ?? ''),
);
export const recordRequest = acting(
  schemas.caseAnswer,
  ({ reviews }, tenant, operator, { body }) =>
    reviews.open(tenant, operator, received(schemas.openCaseBody, body) as Input<'open'>),
  201,
);
export const extendRequest = acting(schemas.caseAnswer, ({ reviews }, tenant, operator, visit) =>
  reviews.extend(tenant, operator, ofRequest(visit) as Input<'extend'>),
);
export const reviewDecision = acting(schemas.caseAnswer, ({ reviews }, tenant, operator, visit) =>
  reviews.decide(tenant, operator, ofRequest(visit) as Input<'decide'>),
);
export const answerRequest = acting(schemas.caseAnswer, ({ reviews }, tenant, operator, visit) =>
  reviews.answer(tenant, operator, ofRequest(visit) as Input<'answer'>),
);
export const verifyGuardian = acting(
  schemas.guardianshipAnswer,
  async ({ reviews }, tenant, operator, { body }) =>
    reviews.verifyGuardian(tenant, operator, body as Input<'verifyGuardian'>),
  201,
);
export const endGuardianship = acting(schemas.guardianshipAnswer, async ({ reviews }, tenant, operator, { body }) =>
  reviews.endGuardianship(tenant, operator, body as Input<'endGuardianship'>),
);
export const reportMinor = acting(schemas.minorAnswer, async ({ reviews }, tenant, operator, { body }) =>
  reviews.reportMinor(tenant, operator, body as Input<'reportMinor'>),
);
