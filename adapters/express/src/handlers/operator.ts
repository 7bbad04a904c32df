import { AsignioError } from '@asignio/contracts';
import type { Operator } from '@asignio/core';
import type { Visit } from '../visit.ts';

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
