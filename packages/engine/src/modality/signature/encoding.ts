import { AsignioError, POINTER_TYPES, type PointerType } from '@asignio/contracts';
import { MOST_ROWS } from '../../kernel/sequence.ts';
import { MANIFEST } from './model/manifest.ts';
import { MOST_DRAWINGS } from './model/reference.ts';
import { STEPS } from './preprocess/quantise.ts';
import {
  EMBEDDING_CHANNELS,
  TRACE_POINTS,
  channelsOf,
  type SignatureFeatures,
  type SignatureReference,
  type Variation,
} from './types.ts';

/*
 * Little-endian. Features: magic 'F', version, flags, zero, rows (u16), then the trace and rows x channels of i16; in
 * version 2 follow the tag of a network (u32), its channels (u16) and rows x these of i16.
 * Reference: magic 'R', version, flags, drawings, anchors, three zeros, four f32 of variation (in version 2 six: with the
 * embeddings'), then each drawing as its length in bytes (u32) and its bytes. Version 1 is what has no embedding.
 */
const PLAIN = 1;
const EMBEDDED = 2;
const FEATURES = 0x46;
const REFERENCE = 0x52;
const FEATURES_HEAD = 6;
const DATA = FEATURES_HEAD + 4 * TRACE_POINTS;
const REFERENCE_HEAD = { [PLAIN]: 24, [EMBEDDED]: 32 } as const;
const EMBEDDING_HEAD = 6;
const POINTER_MASK = 0b0011;
const PRESSURE = 0b0100;
const ESTABLISHED = 0b1000;

/** Compact bytes of one drawing's features. */
export function encodeFeatures(features: SignatureFeatures): Uint8Array {
  const { data, length, trace, embedding } = features;
  const end = DATA + 2 * data.length;
  const view = new DataView(
    new ArrayBuffer(embedding === undefined ? end : end + EMBEDDING_HEAD + 2 * embedding.length),
  );
  view.setUint8(0, FEATURES);
  view.setUint8(1, embedding === undefined ? PLAIN : EMBEDDED);
  view.setUint8(2, flagsOf(features));
  view.setUint16(4, length, true);
  for (const [i, value] of trace.entries()) view.setInt16(FEATURES_HEAD + 2 * i, Math.round(value * STEPS), true);
  for (const [i, value] of data.entries()) view.setInt16(DATA + 2 * i, Math.round(value * STEPS), true);
  if (embedding !== undefined) {
    view.setUint32(end, MANIFEST.tag, true);
    view.setUint16(end + 4, EMBEDDING_CHANNELS, true);
    for (const [i, value] of embedding.entries())
      view.setInt16(end + EMBEDDING_HEAD + 2 * i, Math.round(value * STEPS), true);
  }
  return bytesOf(view);
}

/**
 * Reads what {@link encodeFeatures} wrote. Whatever the bytes, it throws or returns something valid. What another network
 * made is left out: it can be compared with nothing of this one's.
 * @throws AsignioError `ASIGNIO_REFERENCE_UNREADABLE`.
 */
export function decodeFeatures(bytes: Uint8Array): SignatureFeatures {
  const view = viewOf(bytes);
  check(view.byteLength >= FEATURES_HEAD && view.getUint8(0) === FEATURES);
  const embedded = versionOf(view) === EMBEDDED;
  const flags = view.getUint8(2);
  const head = { pointerType: pointerOf(flags), pressure: (flags & PRESSURE) !== 0 };
  const length = view.getUint16(4, true);
  const count = length * channelsOf(head);
  check((flags & ~(POINTER_MASK | PRESSURE)) === 0 && view.getUint8(3) === 0);
  const end = DATA + 2 * count;
  check(length > 0 && length <= MOST_ROWS);
  check(embedded ? view.byteLength >= end + EMBEDDING_HEAD : view.byteLength === end);
  const numbers = (from: number, many: number): Float32Array => {
    const out = new Float32Array(many);
    for (let i = 0; i < many; i++) out[i] = view.getInt16(from + 2 * i, true) / STEPS;
    return out;
  };
  const plain = { ...head, length, data: numbers(DATA, count), trace: numbers(FEATURES_HEAD, 2 * TRACE_POINTS) };
  if (!embedded) return plain;
  const channels = view.getUint16(end + 4, true);
  check(view.byteLength === end + EMBEDDING_HEAD + 2 * length * channels);
  if (view.getUint32(end, true) !== MANIFEST.tag) return plain;
  check(channels === EMBEDDING_CHANNELS);
  return { ...plain, embedding: numbers(end + EMBEDDING_HEAD, length * channels) };
}

/** Compact bytes of a reference. */
export function encodeReference(reference: SignatureReference): Uint8Array {
  const drawings = reference.drawings.map(encodeFeatures);
  const { shape, full, network } = reference.variation;
  const version = network === undefined ? PLAIN : EMBEDDED;
  const size = drawings.reduce((sum, drawing) => sum + 4 + drawing.length, 0) + REFERENCE_HEAD[version];
  const view = new DataView(new ArrayBuffer(size));
  view.setUint8(0, REFERENCE);
  view.setUint8(1, version);
  view.setUint8(2, flagsOf(reference) | (reference.established ? ESTABLISHED : 0));
  view.setUint8(3, drawings.length);
  view.setUint8(4, reference.anchors);
  const numbers = [shape.nearest, shape.mean, full?.nearest ?? 0, full?.mean ?? 0];
  if (network !== undefined) numbers.push(network.nearest, network.mean);
  for (const [i, value] of numbers.entries()) view.setFloat32(8 + 4 * i, value, true);
  const bytes = bytesOf(view);
  let at: number = REFERENCE_HEAD[version];
  for (const drawing of drawings) {
    view.setUint32(at, drawing.length, true);
    bytes.set(drawing, at + 4);
    at += 4 + drawing.length;
    drawing.fill(0);
  }
  return bytes;
}

/**
 * Reads what {@link encodeReference} wrote. Whatever the bytes, it throws or returns something valid.
 * @throws AsignioError `ASIGNIO_REFERENCE_UNREADABLE`.
 */
export function decodeReference(bytes: Uint8Array): SignatureReference {
  const view = viewOf(bytes);
  check(view.byteLength >= REFERENCE_HEAD[PLAIN] && view.getUint8(0) === REFERENCE);
  const version = versionOf(view);
  check(view.byteLength >= REFERENCE_HEAD[version]);
  const flags = view.getUint8(2);
  const count = view.getUint8(3);
  const anchors = view.getUint8(4);
  check((flags & ~(POINTER_MASK | PRESSURE | ESTABLISHED)) === 0);
  check(view.getUint8(5) === 0 && view.getUint16(6, true) === 0);
  check(count >= 2 && count <= MOST_DRAWINGS && anchors >= 1 && anchors <= count);
  const pointerType = pointerOf(flags);
  const pressure = (flags & PRESSURE) !== 0;
  const shape = variationAt(view, 8);
  const full = pressure ? variationAt(view, 16) : undefined;
  check(pressure || (view.getFloat32(16, true) === 0 && view.getFloat32(20, true) === 0));
  const ofEmbeddings = version === EMBEDDED ? variationAt(view, 24) : undefined;
  const drawings: SignatureFeatures[] = [];
  let at: number = REFERENCE_HEAD[version];
  for (let i = 0; i < count; i++) {
    check(at + 4 <= view.byteLength);
    const end = at + 4 + view.getUint32(at, true);
    check(end <= view.byteLength);
    drawings.push(decodeFeatures(bytes.subarray(at + 4, end)));
    at = end;
  }
  check(at === view.byteLength);
  check(drawings.every((drawing) => drawing.pointerType === pointerType));
  check(pressure === drawings.every((drawing) => drawing.pressure));
  const established = (flags & ESTABLISHED) !== 0;
  // Another network's embeddings were left out, and their variation goes with them.
  const whole = drawings.every((drawing) => drawing.embedding !== undefined && drawing.pressure === pressure);
  return {
    pointerType,
    pressure,
    established,
    anchors,
    drawings,
    variation: {
      shape,
      ...(full === undefined ? {} : { full }),
      ...(whole && ofEmbeddings !== undefined ? { network: ofEmbeddings } : {}),
    },
  };
}

function variationAt(view: DataView, at: number): Variation {
  const nearest = view.getFloat32(at, true);
  const mean = view.getFloat32(at + 4, true);
  check(Number.isFinite(nearest) && Number.isFinite(mean) && nearest > 0 && mean >= nearest);
  return { nearest, mean };
}

function versionOf(view: DataView): typeof PLAIN | typeof EMBEDDED {
  const version = view.getUint8(1);
  check(version === PLAIN || version === EMBEDDED);
  return version === EMBEDDED ? EMBEDDED : PLAIN;
}

function flagsOf({ pointerType, pressure }: { readonly pointerType: PointerType; readonly pressure: boolean }): number {
  return POINTER_TYPES.indexOf(pointerType) | (pressure ? PRESSURE : 0);
}

function pointerOf(flags: number): PointerType {
  const pointerType = POINTER_TYPES[flags & POINTER_MASK];
  if (pointerType === undefined) throw unreadable();
  return pointerType;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function bytesOf(view: DataView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function check(holds: boolean): void {
  if (!holds) throw unreadable();
}

function unreadable(): AsignioError {
  return new AsignioError('ASIGNIO_REFERENCE_UNREADABLE');
}
