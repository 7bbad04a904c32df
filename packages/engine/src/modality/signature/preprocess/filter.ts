/** Coefficients of a second-order section. */
interface Section {
  readonly b0: number;
  readonly b1: number;
  readonly b2: number;
  readonly a1: number;
  readonly a2: number;
}

/** Butterworth low-pass of second order by the bilinear transform. */
export function butterworth(cutoffHz: number, rateHz: number): Section {
  const k = Math.tan((Math.PI * cutoffHz) / rateHz);
  const gain = 1 / (1 + Math.SQRT2 * k + k * k);
  return {
    b0: k * k * gain,
    b1: 2 * k * k * gain,
    b2: k * k * gain,
    a1: 2 * (k * k - 1) * gain,
    a2: (1 - Math.SQRT2 * k + k * k) * gain,
  };
}

/** Samples by which either end is continued. */
const PAD = 30;

/** Filters forwards and backwards, hence without shift; the ends are continued by reflection about the end value. */
export function zeroPhase(values: Float64Array, section: Section): Float64Array {
  const count = values.length;
  const pad = Math.min(PAD, count - 1);
  const first = values[0]!;
  const last = values[count - 1]!;
  const extended = new Float64Array(count + 2 * pad);
  extended.set(values, pad);
  for (let i = 0; i < pad; i++) {
    extended[i] = 2 * first - values[pad - i]!;
    extended[pad + count + i] = 2 * last - values[count - 2 - i]!;
  }
  run(extended, section);
  extended.reverse();
  run(extended, section);
  extended.reverse();
  return extended.slice(pad, pad + count);
}

/** In place, starting in the steady state of the first value. */
function run(values: Float64Array, { b0, b1, b2, a1, a2 }: Section): void {
  let z2 = (b2 - a2) * values[0]!;
  let z1 = (b1 - a1) * values[0]! + z2;
  for (let i = 0; i < values.length; i++) {
    const input = values[i]!;
    const output = b0 * input + z1;
    z1 = b1 * input - a1 * output + z2;
    z2 = b2 * input - a2 * output;
    values[i] = output;
  }
}

/** Slope by linear regression over five points, the ends held. */
export function slope(values: Float64Array): Float64Array {
  const last = values.length - 1;
  const at = (i: number): number => values[Math.min(Math.max(i, 0), last)]!;
  return values.map((_, i) => (at(i + 1) - at(i - 1) + 2 * (at(i + 2) - at(i - 2))) / 10);
}
