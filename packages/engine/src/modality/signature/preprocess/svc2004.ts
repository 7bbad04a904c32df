import { AsignioError, SIGNATURE_LIMITS, type SignatureSample } from '@asignio/contracts';
import { checkSample } from './decode.ts';

/** CSS px of one unit: the tablet counts 2540 lines an inch, CSS 96 px. */
const PX = 96 / 2540;
const MOST_PRESSURE = 1023;
/** Pen-down points only are recorded; a longer gap than this, or than 3.5 usual ones, is a lift. */
const LIFT_MS = 35;
const LIFT_STEPS = 3.5;
/** Bytes of text: five times what 4,800 rows of seven numbers take. */
const MOST_CHARACTERS = 1_048_576;

/**
 * Reads the text format of the First International Signature Verification Competition (D.-Y. Yeung et al., SVC2004): the
 * count of points, then rows `x y t button` or `x y t button azimuth altitude pressure`; y counts upwards, t is in ms,
 * pressure 0..1023. Lifts show as gaps in time; they are made explicit. For measuring only: nothing on the network
 * accepts it.
 * @throws AsignioError `ASIGNIO_SAMPLE_INVALID`, `ASIGNIO_SAMPLE_TOO_LARGE`.
 * @example
 * ```ts
 * const sample = decodeSvc2004(await readFile('U1S1.TXT', 'utf8'));
 * ```
 */
export function decodeSvc2004(text: string): SignatureSample {
  if (text.length > MOST_CHARACTERS) throw new AsignioError('ASIGNIO_SAMPLE_TOO_LARGE', 'SVC2004 text: too long');
  const [head = '', ...lines] = text.split(/\r?\n/).map((line) => line.trim());
  const rows = lines.filter((line) => line !== '').map((line) => line.split(/\s+/).map(Number));
  const columns = rows[0]?.length ?? 0;
  if (!/^\d+$/.test(head) || Number(head) !== rows.length) throw invalid('the first line must be the count of points');
  if (rows.length === 0) throw invalid('there are no points');
  if (rows.length > SIGNATURE_LIMITS.points)
    throw new AsignioError('ASIGNIO_SAMPLE_TOO_LARGE', 'SVC2004 text: too many points');
  if (columns !== 4 && columns !== 7) throw invalid('a row has four or seven numbers');
  const odd = rows.findIndex((row) => row.length !== columns || !row.every(Number.isFinite));
  if (odd >= 0) throw invalid(`row ${odd + 1} must be ${columns} numbers`);

  const xs = rows.map((row) => row[0]!);
  const ys = rows.map((row) => row[1]!);
  const left = xs.reduce((low, value) => Math.min(low, value));
  const top = ys.reduce((high, value) => Math.max(high, value));
  const t = elapsed(rows.map((row) => row[2]!));
  return checkSample({
    format: 'asignio-signature/1',
    pointerType: 'stylus',
    canvas: {
      width: Math.max(1, (xs.reduce((high, value) => Math.max(high, value)) - left) * PX),
      height: Math.max(1, (top - ys.reduce((low, value) => Math.min(low, value))) * PX),
    },
    pixelRatio: 1,
    x: xs.map((value) => (value - left) * PX),
    y: ys.map((value) => (top - value) * PX),
    t,
    pressure: rows.map((row) => (columns === 7 ? row[6]! / MOST_PRESSURE : null)),
    pen: lifts(t),
  });
}

/** ms since the first point. Where the tablet's clock stepped back, as it does in a few files, it is taken to have stood. */
function elapsed(clock: readonly number[]): number[] {
  let now = 0;
  return clock.map((time, i) => (now += Math.max(0, time - (clock[i - 1] ?? time))));
}

/** 0 for the last point before a gap, and for the last of all. */
function lifts(t: readonly number[]): (0 | 1)[] {
  const steps = t.slice(1).map((time, i) => time - t[i]!);
  const sorted = steps.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median =
    sorted.length === 0 ? 0 : (sorted[middle]! + sorted[sorted.length % 2 === 0 ? middle - 1 : middle]!) / 2;
  const gap = Math.max(LIFT_STEPS * median, LIFT_MS);
  return t.map((_, i) => (i < steps.length && steps[i]! <= gap ? 1 : 0));
}

function invalid(what: string): AsignioError {
  return new AsignioError('ASIGNIO_SAMPLE_INVALID', `SVC2004 text: ${what}`);
}
