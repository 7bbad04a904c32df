import type { RecordIndex, StoredValue } from '@asignio/contracts';
import { corrupt, decode, encode } from './codec.ts';

/** A record as the B-tree holds it; `body` is the value, or what stands for it. */
export interface Versioned {
  readonly version: number;
  readonly index: RecordIndex;
  readonly body: StoredValue;
}

/** A value taken at the call, so that the caller may change or wipe it at once. */
export interface Prepared {
  /** Makes the stored form. Runs in the transaction that stores it. */
  store(version: number, index: RecordIndex): Buffer;
  /** A copy of the value. */
  value(): StoredValue;
}

/** How the values of a shelf are kept. */
export interface Bodies {
  prepare(address: Buffer, value: StoredValue): Prepared;
  /** The value that a body stands for. Throws {@link StaleRead} where it has been destroyed since the record was read. */
  reveal(address: Buffer, body: StoredValue): StoredValue;
  /** A body is written over or removed. Runs in the transaction that does it. */
  release(body: StoredValue): void;
  /** Destroys what was released; called when that transaction is on disk. */
  settle(): Promise<void>;
}

/** A body was destroyed after its record was read: read again. */
export class StaleRead extends Error {}

export function encodeRecord(address: Buffer, { version, index, body }: Versioned): Buffer {
  return encode(address, [version, index.subject ?? null, index.due ?? null, body]);
}

export function decodeRecord(address: Buffer, bytes: Uint8Array): Versioned {
  const [version, subject, due, body] = decode(address, bytes) as readonly StoredValue[];
  if (typeof version !== 'number' || body === undefined) throw corrupt();
  return {
    version,
    index: { ...(typeof subject === 'string' ? { subject } : {}), ...(typeof due === 'number' ? { due } : {}) },
    body,
  };
}

/** Values kept as they are. */
export const plainBodies: Bodies = {
  prepare(address, value) {
    const body = encode(address, value);
    return {
      store: (version, index) => encodeRecord(address, { version, index, body }),
      value: () => decode(address, body),
    };
  },
  reveal: (address, body) => decode(address, body as Uint8Array),
  release: () => undefined,
  settle: async () => undefined,
};
