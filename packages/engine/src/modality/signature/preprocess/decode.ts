import {
  AsignioError,
  POINTER_TYPES,
  SIGNATURE_LIMITS,
  type PointerType,
  type RawSample,
  type SignatureSample,
} from '@asignio/contracts';

/** Px beyond the canvas that a captured pointer may wander, as a multiple of the canvas. */
const WANDER = 2;
const LEAST_CANVAS = 1;
const MOST_PIXEL_RATIO = 20;
const COLUMNS = ['x', 'y', 't', 'pressure', 'pen'] as const;
const FIELDS = ['format', 'pointerType', 'canvas', 'pixelRatio', ...COLUMNS] as const;

/**
 * Reads a {@link SignatureSample} from bytes that anybody may have sent. Bytes are counted before they are parsed, points
 * before they are looked at.
 * @throws AsignioError `ASIGNIO_SAMPLE_TOO_LARGE` past a cap; `ASIGNIO_SAMPLE_INVALID`, which names the field.
 */
export function decodeSample({ bytes }: RawSample): SignatureSample {
  if (bytes.byteLength > SIGNATURE_LIMITS.bytes) throw tooLarge(`more than ${SIGNATURE_LIMITS.bytes} bytes`);
  return checkSample(parse(bytes));
}

/**
 * Checks every field of what is said to be a {@link SignatureSample}.
 * @throws AsignioError as {@link decodeSample}.
 */
export function checkSample(value: unknown): SignatureSample {
  const record = object(value, 'the sample');
  const unknown = Object.keys(record).find((key) => !(FIELDS as readonly string[]).includes(key));
  if (unknown !== undefined) throw invalid('the sample', 'has a field that the format does not know');
  if (record['format'] !== 'asignio-signature/1') throw invalid('format', 'must be asignio-signature/1');
  const pointerType = record['pointerType'];
  if (!isPointerType(pointerType)) throw invalid('pointerType', `must be one of ${POINTER_TYPES.join(', ')}`);
  const size = object(record['canvas'], 'canvas');
  const canvas = {
    width: number(size['width'], 'canvas.width', LEAST_CANVAS, SIGNATURE_LIMITS.canvas),
    height: number(size['height'], 'canvas.height', LEAST_CANVAS, SIGNATURE_LIMITS.canvas),
  };
  const pixelRatio = number(record['pixelRatio'], 'pixelRatio', 0.1, MOST_PIXEL_RATIO);
  const [x, y, t, pressure, pen] = columns(record);
  return {
    format: 'asignio-signature/1',
    pointerType,
    canvas,
    pixelRatio,
    x: x.map((item, i) => number(item, `x[${i}]`, -WANDER * canvas.width, (1 + WANDER) * canvas.width)),
    y: y.map((item, i) => number(item, `y[${i}]`, -WANDER * canvas.height, (1 + WANDER) * canvas.height)),
    t: times(t),
    pressure: pressure.map((item, i) => (item === null ? null : number(item, `pressure[${i}]`, 0, 1))),
    pen: pen.map((item, i) => {
      if (item !== 0 && item !== 1) throw invalid(`pen[${i}]`, 'must be 0 or 1');
      return item;
    }),
  };
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    // What the parser says would quote the sample.
    throw invalid('the sample', 'is not JSON in UTF-8');
  }
}

function columns(
  record: Readonly<Record<string, unknown>>,
): readonly [unknown[], unknown[], unknown[], unknown[], unknown[]] {
  const found = COLUMNS.map((name) => {
    const column = record[name];
    if (!Array.isArray(column)) throw invalid(name, 'must be an array');
    if (column.length > SIGNATURE_LIMITS.points)
      throw tooLarge(`${name} has more than ${SIGNATURE_LIMITS.points} points`);
    return column as unknown[];
  });
  const [x] = found;
  if (x === undefined || x.length === 0) throw invalid('x', 'must not be empty');
  const odd = found.findIndex((column) => column.length !== x.length);
  if (odd >= 0) throw invalid(COLUMNS[odd] ?? 'x', 'must be as long as x');
  return found as unknown as readonly [unknown[], unknown[], unknown[], unknown[], unknown[]];
}

function times(column: readonly unknown[]): number[] {
  let before = 0;
  return column.map((item, i) => {
    const time = number(item, `t[${i}]`, 0, Number.MAX_VALUE);
    if (i === 0 && time !== 0) throw invalid('t[0]', 'must be 0');
    if (time < before) throw invalid(`t[${i}]`, 'must not be before the point before it');
    if (time > SIGNATURE_LIMITS.durationMs) throw tooLarge(`t[${i}] is past ${SIGNATURE_LIMITS.durationMs} ms`);
    before = time;
    return time;
  });
}

function object(value: unknown, field: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(field, 'must be an object');
  return value as Readonly<Record<string, unknown>>;
}

function number(value: unknown, field: string, low: number, high: number): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw invalid(field, 'must be a finite number');
  if (value < low || value > high) throw invalid(field, `must be from ${low} to ${high}`);
  return value;
}

function isPointerType(value: unknown): value is PointerType {
  return (POINTER_TYPES as readonly unknown[]).includes(value);
}

function invalid(field: string, what: string): AsignioError {
  return new AsignioError('ASIGNIO_SAMPLE_INVALID', `Signature sample: ${field} ${what}`);
}

function tooLarge(what: string): AsignioError {
  return new AsignioError('ASIGNIO_SAMPLE_TOO_LARGE', `Signature sample: ${what}`);
}
