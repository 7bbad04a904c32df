import { AsignioError, subjectId } from '@asignio/contracts';
import type { TenantId } from '@asignio/contracts';
import type { AsignioCore, Operator } from '@asignio/core';
import type Joi from 'joi';
import { presented } from '../http/shape.ts';
import type { Handler, Visit } from '../visit.ts';

/**
 * Who acts, as the host says. The guards let nobody else through to these routes.
 * @throws AsignioError `ASIGNIO_NOT_FOUND`.
 */
export function operatorOf({ operator }: Visit): Operator {
  if (operator === undefined) throw new AsignioError('ASIGNIO_NOT_FOUND');
  return operator;
}

/** Which part of a listing was asked for. */
export function pageOf({ query }: Visit): { readonly limit?: number; readonly after?: string } {
  const { limit, after } = query;
  return { ...(limit === undefined ? {} : { limit: Number(limit) }), ...(after === undefined ? {} : { after }) };
}

/** A page of somebody's, or of everybody's. */
export function pageOfSubject(visit: Visit) {
  const { subject } = visit.query;
  return { ...pageOf(visit), ...(subject === undefined ? {} : { subject: subjectId(subject) }) };
}

/** A handler in which an operator acts, and that answers in a schema's form. */
export function acting(
  schema: Joi.Schema,
  act: (core: AsignioCore, tenant: TenantId, operator: Operator, visit: Visit) => Promise<unknown>,
  status = 200,
): Handler {
  return async ({ core }, visit) => {
    const answer = await act(core, visit.tenant, operatorOf(visit), visit);
    visit.res.status(status).json(presented(schema, answer));
  };
}
