import { createHash } from 'node:crypto';
import type { AuditEventName, EpochMs, LogEntry } from '@asignio/contracts';
import type { AuditField } from '@asignio/policy';
import type { AuditEntry } from '../api.ts';

/** Name of the log that holds a tenant's chain. */
export const AUDIT_LOG = 'audit';
/** What the first entry follows. */
export const GENESIS = '0'.repeat(64);
/** Entries that are read at a time. */
export const AUDIT_PAGE = 1000;

/** What an entry says, before it has its place in the chain. */
export interface AuditFact {
  /** Unique in the tenant's chain: written once however often it is appended. */
  readonly id: string;
  readonly event: AuditEventName;
  /** Pseudonym, or `null` for the tenant as a whole. */
  readonly subject: string | null;
  readonly at: EpochMs;
  /** R41: fields that are declared in the register of the policy, and no others. */
  readonly data: AuditData;
}

/** Declared fields with their values. */
export type AuditData = { readonly [field in AuditField]?: AuditEntry['data'][string] };

/** An entry as it lies in the log. One that was tampered with may be anything: {@link isEntry} tells. */
export function toEntry(entry: LogEntry): AuditEntry {
  const value = entry.value as unknown as Omit<AuditEntry, 'sequence' | 'id'>;
  return { ...value, sequence: entry.sequence, id: entry.id };
}

const HASH = /^[0-9a-f]{64}$/;

/** Whether something has the form of an entry; says nothing of its hashes. */
export function isEntry(value: unknown): value is AuditEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { sequence, id, at, event, subject, data, previous, hash } = value as Record<keyof AuditEntry, unknown>;
  return (
    Object.keys(value).length === 8 &&
    Number.isSafeInteger(sequence) &&
    typeof id === 'string' &&
    Number.isSafeInteger(at) &&
    typeof event === 'string' &&
    (subject === null || typeof subject === 'string') &&
    isData(data) &&
    [previous, hash].every((one) => typeof one === 'string' && HASH.test(one))
  );
}

function isData(value: unknown): value is AuditEntry['data'] {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((one) => one === null || ['string', 'number', 'boolean'].includes(typeof one))
  );
}

/**
 * SHA-256, hex, of the JSON text `[sequence, id, at, event, subject, [[key, value], ...], previous]`, the data's keys in
 * the order of their UTF-16 units.
 */
export function hashOf(entry: Omit<AuditEntry, 'hash'>): string {
  const { sequence, id, at, event, subject, previous } = entry;
  const text = JSON.stringify([sequence, id, at, event, subject, sorted(entry.data), previous]);
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/**
 * The one way in which an entry is written as a line of an export, so that every changed byte shows: members in this
 * order, data sorted as in {@link hashOf}, no spaces.
 */
export function renderEntry(entry: AuditEntry): string {
  const { sequence, id, at, event, subject, previous, hash } = entry;
  const data = sorted(entry.data).map(([key, value]) => member(key, value));
  return `{${[
    member('sequence', sequence),
    member('id', id),
    member('at', at),
    member('event', event),
    member('subject', subject),
    `"data":{${data.join(',')}}`,
    member('previous', previous),
    member('hash', hash),
  ].join(',')}}`;
}

function member(name: string, value: unknown): string {
  return `${JSON.stringify(name)}:${JSON.stringify(value)}`;
}

/** The entry of a line, or `undefined` where it is not exactly what {@link renderEntry} writes. */
export function parseEntry(line: string): AuditEntry | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isEntry(value) && renderEntry(value) === line ? value : undefined;
  } catch {
    return undefined;
  }
}

function sorted(data: AuditEntry['data']): readonly (readonly [string, string | number | boolean | null])[] {
  return Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1));
}
