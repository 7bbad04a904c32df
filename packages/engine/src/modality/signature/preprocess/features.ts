import type { SignatureSample } from '@asignio/contracts';
import type { Sequence } from '../../../kernel/sequence.ts';
import { ALL_CHANNELS, type SignatureFeatures } from '../types.ts';
import { butterworth, slope, zeroPhase } from './filter.ts';
import { quantise } from './quantise.ts';
import { traceOf } from './trace.ts';
import { RATE, resample, type Trajectory } from './trajectory.ts';

const LOWPASS_HZ = 15;
/** Rows of 100 Hz that are averaged into one: half the rows, a quarter of the work. */
const DECIMATION = 2;
const SECTION = butterworth(LOWPASS_HZ, RATE);
/** What the network reads besides: curvature, centripetal and total acceleration, speed in logarithm. */
const NETWORK_ONLY = 4;
/** Channels that the network reads, in this order: shape, network only, pressure and its change (zero without). */
export const NETWORK_INPUTS = ALL_CHANNELS + NETWORK_ONLY;
/** Where the network's input is cut, in standard deviations. */
const NETWORK_LIMIT = 6;

/** A drawing's local functions of time at {@link RATE}, in two forms. */
export interface Extracted {
  readonly features: SignatureFeatures;
  /** {@link NETWORK_INPUTS} channels at full rate. */
  readonly input: Sequence;
}

/**
 * Local features in the manner of the published functions for on-line signatures (M. Martinez-Diaz, J. Fierrez,
 * R. P. Krish and J. Galbally, "Mobile signature verification: feature robustness and performance comparison", IET
 * Biometrics 3, 2014): velocities, speed, direction, turning, acceleration and, where there is any, pressure and its
 * change. Each channel has zero mean and unit variance over the drawing; one that does not vary is zero.
 */
export function extractFeatures(sample: SignatureSample): SignatureFeatures {
  return extract(sample).features;
}

/** The features, and what the network reads. */
export function extract(sample: SignatureSample): Extracted {
  const { shape, more, pressure } = localChannels(resample(sample));
  const kept = [...shape, ...pressure];
  const rows = kept[0]?.length ?? 0;
  const length = Math.floor(rows / DECIMATION);
  const data = new Float32Array(kept.length * length);
  for (const [k, channel] of kept.entries())
    for (let i = 0; i < length; i++)
      data[k * length + i] = quantise((channel[2 * i]! + channel[2 * i + 1]!) / DECIMATION);
  const input = new Float32Array(NETWORK_INPUTS * rows);
  for (const [k, channel] of [...shape, ...more, ...pressure].entries())
    for (let i = 0; i < rows; i++) input[k * rows + i] = Math.min(NETWORK_LIMIT, Math.max(-NETWORK_LIMIT, channel[i]!));
  const { pointerType } = sample;
  const features = { pointerType, pressure: kept.length === ALL_CHANNELS, length, data, trace: traceOf(sample) };
  return { features, input: { length: rows, data: input } };
}

/** Channels of a drawing, standardised. Velocities are in parts of their root mean square. */
interface LocalChannels {
  readonly shape: readonly Float64Array[];
  readonly more: readonly Float64Array[];
  readonly pressure: readonly Float64Array[];
}

/** Seven of shape and movement, {@link NETWORK_ONLY} for the network, and two of pressure or none. */
function localChannels({ x, y, pressure }: Trajectory): LocalChannels {
  const [rawX, rawY] = [slope(zeroPhase(x, SECTION)), slope(zeroPhase(y, SECTION))];
  const scale = Math.sqrt(rawX.reduce((sum, value, i) => sum + value * value + rawY[i]! ** 2, 0) / rawX.length) + 1e-9;
  const [dx, dy] = [rawX.map((value) => value / scale), rawY.map((value) => value / scale)];
  const speed = dx.map((value, i) => Math.hypot(value, dy[i]!));
  const [ax, ay] = [slope(dx), slope(dy)];
  const cross = dx.map((value, i) => value * ay[i]! - dy[i]! * ax[i]!);
  const shape = [
    dx,
    dy,
    speed,
    dy.map((value, i) => value / (speed[i]! + 0.05)),
    dx.map((value, i) => value / (speed[i]! + 0.05)),
    cross.map((value, i) => value / (speed[i]! ** 2 + 0.04)),
    slope(speed),
  ];
  const more = [
    cross.map((value, i) => Math.log((Math.abs(value) + 0.003) / (speed[i]! ** 3 + 0.02))),
    cross.map((value, i) => value / (speed[i]! + 0.05)),
    ax.map((value, i) => Math.hypot(value, ay[i]!)),
    speed.map((value) => Math.log(value + 0.05)),
  ];
  const smooth = pressure === undefined ? undefined : zeroPhase(pressure, SECTION);
  return {
    shape: shape.map(standardise),
    more: more.map(standardise),
    pressure: smooth === undefined ? [] : [smooth, slope(smooth)].map(standardise),
  };
}

function standardise(channel: Float64Array): Float64Array {
  const mean = meanOf(channel);
  const centred = channel.map((value) => value - mean);
  const deviation = Math.sqrt(centred.reduce((sum, value) => sum + value * value, 0) / centred.length);
  return deviation > 1e-9 ? centred.map((value) => value / deviation) : centred.fill(0);
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
