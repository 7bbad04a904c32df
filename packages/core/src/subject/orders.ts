import { claimMeets, claimUnder, scopesMeet } from '@asignio/policy';
import type { Scope } from '@asignio/policy';
import type { Effect } from '../effects/effect.ts';
import type { OrderMark, SubjectRecord } from '../store/records.ts';

/*
 * Holds and destructions meet on one record, the subject's, so that one compare-and-set decides which of the two came
 * first: a destruction claims what it is about to take before the first thing goes, and never claims what is under hold; a
 * hold is never placed on what is claimed.
 */

/** An order to destroy. */
export type DestroyOrder = Extract<Effect, { type: 'destroy' }>;

/** The record with an order on it, which claims what it may; the same record when the order is on it already. */
export function withOrder(record: SubjectRecord, order: DestroyOrder): SubjectRecord {
  const { orders = [], effects = [] } = record;
  if (orders.some(({ id }) => id === order.id)) return record;
  const claim = claimUnder(order.scope, holdScopes(record), null) ?? null;
  const mark = { id: order.id, scope: order.scope, claim, turn: claim === null ? 0 : 1, rest: null };
  return { ...record, orders: [...orders, mark], effects: [...effects, order] };
}

/** The record with an order's claim, where the holds leave it anything that it does not have; else the same record. */
export function withClaim(record: SubjectRecord, id: string): SubjectRecord {
  return changeOrder(record, id, (order) => {
    if (order.claim !== null) return order;
    const claim = claimUnder(order.scope, holdScopes(record), order.rest);
    return claim === undefined ? order : { ...order, claim, turn: order.turn + 1 };
  });
}

/** The record with what a claim left for later. */
export function withRest(record: SubjectRecord, id: string): SubjectRecord {
  return changeOrder(record, id, (order) =>
    order.claim === null ? order : { ...order, claim: null, rest: order.claim.except },
  );
}

/** The record without an order, and without what the order owed. */
export function withoutOrder(record: SubjectRecord, id: string): SubjectRecord {
  const orders = (record.orders ?? []).filter((order) => order.id !== id);
  return { ...withoutOrderEffect(record, id), orders };
}

/** The record without the note that an order is to be begun: its own record, which the sweep finds, says so from then on. */
export function withoutOrderEffect(record: SubjectRecord, id: string): SubjectRecord {
  const { effects = [] } = record;
  const others = effects.filter((effect) => effect.type !== 'destroy' || effect.id !== id);
  return others.length === effects.length ? record : { ...record, effects: others };
}

/** The order of an id that stands on the record. */
export function orderOf(record: SubjectRecord | undefined, id: string): OrderMark | undefined {
  return record?.orders?.find((order) => order.id === id);
}

/** Scopes of all holds. */
export function holdScopes({ holds = [] }: SubjectRecord): readonly Scope[] {
  return holds.map(({ scope }) => scope);
}

/** Whether data of a scope are under hold. */
export function isHeld(record: SubjectRecord, scope: Scope | null): boolean {
  // What is of no modality is kept by a hold on everything alone.
  return holdScopes(record).some((hold) => hold === 'all' || (scope !== null && scopesMeet(hold, scope)));
}

/** Whether anything that a hold of this scope would keep is being destroyed, and nothing stops that any more. */
export function isClaimedFrom({ orders = [], takings = [] }: SubjectRecord, hold: Scope): boolean {
  return (
    orders.some(({ claim }) => claim !== null && claimMeets(claim, hold)) ||
    takings.some(({ modality }) => hold === 'all' || hold === modality)
  );
}

/** A destruction that was ordered, of anything of this scope. */
export function orderedFor({ orders = [] }: SubjectRecord, scope: Scope): OrderMark | undefined {
  return orders.find((order) => scopesMeet(order.scope, scope));
}

function changeOrder(record: SubjectRecord, id: string, change: (order: OrderMark) => OrderMark): SubjectRecord {
  const order = orderOf(record, id);
  if (order === undefined) return record;
  const changed = change(order);
  if (changed === order) return record;
  return { ...record, orders: (record.orders ?? []).map((other) => (other === order ? changed : other)) };
}
