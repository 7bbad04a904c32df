import { crc32 } from 'node:zlib';
import { Packr } from 'msgpackr';
import { AsignioError } from '@asignio/contracts';
import type { StoredValue } from '@asignio/contracts';

/*
 * Stored form of a value: one byte of format, the CRC-32 of key and body (4 bytes, big-endian), the body in MessagePack.
 * The checksum covers the key, so that a value which turns up in another's place is found out too. It finds accidents, not
 * attackers: those meet the sealing of what is stored.
 */
const FORMAT = 1;
const HEADER_BYTES = 5;

// Maps keep `__proto__` and every other name as it is; the object forms of msgpackr rename it.
const packr = new Packr({ useRecords: false, mapsAsObjects: false });

type Wire = null | boolean | number | string | Uint8Array | Wire[] | Map<string, Wire>;

/** Encodes a value that has passed `checkStoredValue`, to be stored under a key. */
export function encode(key: Uint8Array, value: StoredValue): Buffer {
  const body = packr.pack(toWire(value));
  const bytes = Buffer.allocUnsafeSlow(HEADER_BYTES + body.length);
  bytes[0] = FORMAT;
  bytes.writeUInt32BE(crc32(body, crc32(key)), 1);
  bytes.set(body, HEADER_BYTES);
  return bytes;
}

/** Whether bytes are what {@link encode} made for this key. */
export function isWhole(key: Uint8Array, bytes: Buffer): boolean {
  if (bytes.length <= HEADER_BYTES || bytes[0] !== FORMAT) return false;
  return bytes.readUInt32BE(1) === crc32(bytes.subarray(HEADER_BYTES), crc32(key));
}

/** Decodes what {@link encode} made for this key. Throws `ASIGNIO_STORAGE_CORRUPT`. */
export function decode(key: Uint8Array, bytes: Uint8Array): StoredValue {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!isWhole(key, buffer)) throw corrupt();
  return fromWire(packr.unpack(buffer.subarray(HEADER_BYTES)));
}

function toWire(value: StoredValue): Wire {
  if (value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(toWire);
  if (typeof value === 'object' && value !== null)
    return new Map(Object.entries(value).map(([name, inner]) => [name, toWire(inner)]));
  return value;
}

function fromWire(value: unknown): StoredValue {
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (Array.isArray(value)) return value.map(fromWire);
  if (value instanceof Map) {
    const object: { [key: string]: StoredValue } = {};
    for (const [name, inner] of value as Map<string, unknown>) {
      // The one name that an assignment does not keep.
      if (name === '__proto__') defineOwn(object, name, fromWire(inner));
      else object[name] = fromWire(inner);
    }
    return object;
  }
  if (value === null || typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string')
    return value;
  throw corrupt();
}

function defineOwn(object: object, name: string, value: StoredValue): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}

/** The error of a value that is not what was written. */
export function corrupt(detail = 'A stored value is not what was written'): AsignioError {
  return new AsignioError('ASIGNIO_STORAGE_CORRUPT', detail);
}
