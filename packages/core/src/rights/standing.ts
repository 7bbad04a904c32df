import type { EpochMs, Purpose } from '@asignio/contracts';
import { UNHINDERED } from '@asignio/policy';
import type { SubjectRecord } from '../store/records.ts';

/*
 * What a person changes of their standing is applied as of when they asked for it: a change that is done late, or again,
 * never undoes a later one. Of two in one moment the one that protects more stands.
 */

/** R21: kept and not processed, or processed again. */
export function restricted(record: SubjectRecord, on: boolean, at: EpochMs): SubjectRecord {
  const standing = record.standing ?? UNHINDERED;
  const changed = asked(record, 'restriction', on, at);
  return changed === undefined
    ? record
    : { ...changed, standing: { ...standing, restrictedAt: on ? (standing.restrictedAt ?? at) : null } };
}

/** R23: a purpose that the person objects to, or no longer. */
export function objected(record: SubjectRecord, purpose: Purpose, on: boolean, at: EpochMs): SubjectRecord {
  const standing = record.standing ?? UNHINDERED;
  const changed = asked(record, `objection ${purpose}`, on, at);
  if (changed === undefined) return record;
  const others = standing.objections.filter((other) => other !== purpose);
  return { ...changed, standing: { ...standing, objections: on ? [...others, purpose] : others } };
}

/** The record with the moment of the change; `undefined` where a later one was made. */
function asked(record: SubjectRecord, aspect: string, on: boolean, at: EpochMs): SubjectRecord | undefined {
  const last = record.askedAt?.[aspect] ?? -Infinity;
  return at > last || (at === last && on) ? { ...record, askedAt: { ...record.askedAt, [aspect]: at } } : undefined;
}
