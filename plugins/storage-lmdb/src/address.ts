import { RECORD_KINDS } from '@asignio/contracts';
import type { EpochMs, RecordKind, TenantId } from '@asignio/contracts';

/*
 * Keys in the B-trees, compared byte by byte. A tenant id holds no NUL, so NUL ends it; names of any characters are
 * preceded by their length where something follows. The longest, a subject's index entry, has 64 + 2 + 2 + 768 + 768 =
 * 1604 bytes of the 1978 that LMDB allows with pages of 4 kB.
 *
 *   record   tenant NUL kind id
 *   subject  tenant NUL kind length(subject) subject id
 *   due      kind time tenant NUL id
 *   entry    tenant NUL length(log) log sequence
 *   entry id tenant NUL length(log) log id
 */

/** Number of a kind in keys. Kinds are only ever appended to the contract's list. */
function kindByte(kind: RecordKind): number {
  return RECORD_KINDS.indexOf(kind) + 1;
}

/** What all records and entries of a tenant begin with. */
export function tenantPrefix(tenant: TenantId): Buffer {
  return Buffer.from(`${tenant}\0`, 'latin1');
}

/** A name with its length in front, two bytes. */
function counted(name: string): Buffer {
  const text = Buffer.from(name, 'utf8');
  const length = Buffer.alloc(2);
  length.writeUInt16BE(text.length);
  return Buffer.concat([length, text]);
}

/** A time as eight bytes that sort as the numbers do. */
function timeBytes(time: EpochMs): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(time) + 2n ** 63n);
  return bytes;
}

function readTime(bytes: Buffer): EpochMs {
  return Number(bytes.readBigUInt64BE() - 2n ** 63n);
}

/** What all records of a tenant's kind begin with. */
export function recordPrefix(tenant: TenantId, kind: RecordKind): Buffer {
  return Buffer.concat([tenantPrefix(tenant), Buffer.of(kindByte(kind))]);
}

export function recordAddress(tenant: TenantId, kind: RecordKind, id: string): Buffer {
  return Buffer.concat([recordPrefix(tenant, kind), Buffer.from(id, 'utf8')]);
}

/** What all index entries of one subject's records of a kind begin with; the record's id follows. */
export function subjectPrefix(tenant: TenantId, kind: RecordKind, subject: string): Buffer {
  return Buffer.concat([recordPrefix(tenant, kind), counted(subject)]);
}

/** What all due entries of a kind begin with. */
export function duePrefix(kind: RecordKind): Buffer {
  return Buffer.of(kindByte(kind));
}

/** First bytes of all entries that are due at a time. */
export function dueAt(kind: RecordKind, due: EpochMs): Buffer {
  return Buffer.concat([duePrefix(kind), timeBytes(due)]);
}

export function dueAddress(kind: RecordKind, due: EpochMs, tenant: TenantId, id: string): Buffer {
  return Buffer.concat([dueAt(kind, due), tenantPrefix(tenant), Buffer.from(id, 'utf8')]);
}

/** Takes a due entry's key apart, after the kind. */
export function readDueAddress(bytes: Uint8Array): { due: EpochMs; tenant: TenantId; id: string } | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = buffer.indexOf(0, 8);
  if (end < 0) return undefined;
  return {
    due: readTime(buffer),
    tenant: buffer.toString('latin1', 8, end) as TenantId,
    id: buffer.toString('utf8', end + 1),
  };
}

/** What all entries of a log begin with. */
export function logPrefix(tenant: TenantId, log: string): Buffer {
  return Buffer.concat([tenantPrefix(tenant), counted(log)]);
}

/** The name of the log that an entry's key belongs to. */
export function readLogName(tenant: TenantId, entry: Uint8Array): string {
  const bytes = Buffer.from(entry).subarray(tenantPrefix(tenant).length);
  return bytes.toString('utf8', 2, 2 + bytes.readUInt16BE());
}

export function entryAddress(tenant: TenantId, log: string, sequence: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(sequence));
  return Buffer.concat([logPrefix(tenant, log), bytes]);
}

export function entryIdAddress(tenant: TenantId, log: string, id: string): Buffer {
  return Buffer.concat([logPrefix(tenant, log), Buffer.from(id, 'utf8')]);
}

/** First key after all that begin with a prefix. */
export function endOf(prefix: Buffer): Buffer {
  const end = Buffer.from(prefix);
  for (let i = end.length - 1; i >= 0; i--) {
    const byte = end[i] ?? 0;
    if (byte < 0xff) {
      end[i] = byte + 1;
      return end.subarray(0, i + 1);
    }
  }
  return Buffer.concat([prefix, Buffer.alloc(1, 0xff)]);
}
