import { crc32 } from 'node:zlib';
import { Packr } from 'msgpackr';
import { AsignioError } from '@asignio/contracts';
import type { StoredValue } from '@asignio/contracts';

/*
 * A value is kept as one byte array: a format byte, the CRC-32 of address and body (4 bytes, big-endian), the body in
 * MessagePack. As BSON it would not come back as it went: `$`, `.`, `_bsontype` and `$ref` in names mean something there.
 * The checksum covers the address, so that a value which turns up in another's place is found out too. It finds
 * accidents, not attackers: those meet the sealing of what is stored.
 */
const FORMAT = 1;
const HEADER_BYTES = 5;

// Maps keep `__proto__` and every other name as it is; the object forms of msgpackr rename it.
const packr = new Packr({ useRecords: false, mapsAsObjects: false });

type Wire = null | boolean | number | string | Uint8Array | Wire[] | Map<string, Wire>;

/** Encodes a value that has passed `checkStoredValue`, to be stored at an address. */
export function encode(address: string, value: StoredValue): Buffer {
  const body = packr.pack(toWire(value));
  const bytes = Buffer.allocUnsafeSlow(HEADER_BYTES + body.length);
  bytes[0] = FORMAT;
  bytes.writeUInt32BE(checksum(address, body), 1);
  bytes.set(body, HEADER_BYTES);
  return bytes;
}

/**
 * Decodes what {@link encode} made for this address.
 * @throws AsignioError `ASIGNIO_STORAGE_CORRUPT`
 */
export function decode(address: string, bytes: Uint8Array): StoredValue {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length <= HEADER_BYTES || buffer[0] !== FORMAT) throw corrupt();
  const body = buffer.subarray(HEADER_BYTES);
  if (buffer.readUInt32BE(1) !== checksum(address, body)) throw corrupt();
  return fromWire(packr.unpack(body));
}

function checksum(address: string, body: Uint8Array): number {
  return crc32(body, crc32(Buffer.from(address, 'utf8')));
}

function toWire(value: StoredValue): Wire {
  if (value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(toWire);
  if (typeof value === 'object' && value !== null)
    return new Map(Object.entries(value).map(([name, inner]) => [name, toWire(inner)]));
  return value;
}

function fromWire(value: unknown): StoredValue {
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  if (Array.isArray(value)) return value.map(fromWire);
  if (value instanceof Map) {
    const object: { [key: string]: StoredValue } = {};
    for (const [name, inner] of value as Map<string, unknown>)
      Object.defineProperty(object, name, {
        value: fromWire(inner),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    return object;
  }
  if (value === null || typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string')
    return value;
  throw corrupt();
}

/** The error of something that is not what was written. */
export function corrupt(detail = 'A stored value is not what was written'): AsignioError {
  return new AsignioError('ASIGNIO_STORAGE_CORRUPT', detail);
}
