import mongoose from 'mongoose';
import type { Connection, Model } from 'mongoose';
import { RECORD_KINDS, STORAGE_LIMITS } from '@asignio/contracts';
import type { RecordKind } from '@asignio/contracts';

/** A record as MongoDB holds it, in the collection of its kind. */
export interface RecordDocument {
  /** Tenant and id; see `address.ts`. */
  readonly _id: string;
  readonly tenant: string;
  readonly subject?: string;
  readonly due?: number;
  readonly version: number;
  /** See `codec.ts`. */
  readonly value: Uint8Array;
}

/** One entry of a log. */
export interface EntryDocument {
  /** Tenant and name of the log. */
  readonly log: string;
  readonly sequence: number;
  readonly entry: string;
  readonly value: Uint8Array;
}

/** A lease; the document stays when it is given back, since its fence must go on growing. */
export interface LeaseDocument {
  readonly _id: string;
  /** Empty once given back. */
  readonly holder: string;
  readonly fence: number;
  readonly expiresAt: number;
}

/** Says of which making a database is. */
export interface StampDocument {
  readonly _id: string;
  readonly schemaVersion: number;
  /** The same id in the data and in the keys that belong to them. */
  readonly store: string;
}

/** Waits until a majority of the members have a write in their journals. */
const WRITE_CONCERN = { w: 'majority', j: true } as const;

/**
 * Reads come from the primary and show what a majority has, so nothing that was read can be rolled back. Together with
 * {@link WRITE_CONCERN} every process reads what any process was told to be written.
 */
const OPTIONS = {
  read: 'primary',
  readConcern: { level: 'majority' },
  writeConcern: WRITE_CONCERN,
  strict: 'throw',
  strictQuery: 'throw',
  versionKey: false,
  id: false,
  autoIndex: false,
  autoCreate: false,
  bufferCommands: false,
} as const;

/** Index names, to hint with: a query must not fall back to another plan because a collection happens to be small. */
export const BY_SUBJECT = 'by_subject';
export const BY_DUE = 'by_due';
export const BY_SEQUENCE = 'by_sequence';
export const BY_ENTRY = 'by_entry';

const ADDRESS_LENGTH = 64 + 1 + STORAGE_LIMITS.nameLength;
const name = { type: String, minlength: 1, maxlength: STORAGE_LIMITS.nameLength } as const;
const address = { type: String, required: true, minlength: 1, maxlength: ADDRESS_LENGTH } as const;
const positive = {
  type: Number,
  required: true,
  min: 1,
  validate: { validator: Number.isSafeInteger, message: '{PATH} is a whole number' },
} as const;
const time = {
  type: Number,
  validate: { validator: Number.isSafeInteger, message: '{PATH} is a whole number of ms' },
} as const;
const bytes = { type: Buffer, required: true } as const;

function recordSchema() {
  return new mongoose.Schema(
    {
      _id: address,
      tenant: { type: String, required: true, match: /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/ },
      subject: name,
      due: time,
      version: positive,
      value: bytes,
    },
    OPTIONS,
  )
    .index({ tenant: 1, subject: 1, _id: 1 }, { name: BY_SUBJECT })
    .index({ due: 1, _id: 1 }, { name: BY_DUE });
}

function entrySchema() {
  return new mongoose.Schema(
    { log: address, sequence: positive, entry: { ...name, required: true }, value: bytes },
    OPTIONS,
  )
    .index({ log: 1, sequence: 1 }, { name: BY_SEQUENCE, unique: true })
    .index({ log: 1, entry: 1 }, { name: BY_ENTRY, unique: true });
}

function leaseSchema() {
  return new mongoose.Schema(
    {
      _id: { ...name, required: true },
      holder: { type: String, maxlength: STORAGE_LIMITS.nameLength },
      fence: positive,
      expiresAt: { ...time, required: true },
    },
    OPTIONS,
  );
}

function stampSchema() {
  return new mongoose.Schema(
    { _id: { type: String, required: true }, schemaVersion: positive, store: { type: String, required: true } },
    OPTIONS,
  );
}

/** The collections of a store. Those of `key` records and their stamp are in a database of their own. */
export interface Collections {
  readonly records: ReadonlyMap<RecordKind, Model<RecordDocument>>;
  readonly entries: Model<EntryDocument>;
  readonly leases: Model<LeaseDocument>;
  readonly stamp: Model<StampDocument>;
  readonly keysStamp: Model<StampDocument>;
}

/** Declares the collections on connections that are ours alone. */
export function declare(data: Connection, keys: Connection, prefix: string): Collections {
  const model = <T>(connection: Connection, collection: string, schema: mongoose.Schema): Model<T> =>
    connection.model(`${prefix}${collection}`, schema, `${prefix}${collection}`) as unknown as Model<T>;
  return {
    records: new Map(
      RECORD_KINDS.map((kind) => [
        kind,
        model<RecordDocument>(kind === 'key' ? keys : data, kind, recordSchema() as unknown as mongoose.Schema),
      ]),
    ),
    entries: model(data, 'log_entries', entrySchema() as unknown as mongoose.Schema),
    leases: model(data, 'leases', leaseSchema() as unknown as mongoose.Schema),
    stamp: model(data, 'stamp', stampSchema() as unknown as mongoose.Schema),
    keysStamp: model(keys, 'stamp', stampSchema() as unknown as mongoose.Schema),
  };
}
