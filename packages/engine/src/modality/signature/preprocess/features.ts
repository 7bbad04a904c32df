import type { SignatureSample } from '@asignio/contracts';
import { ALL_CHANNELS, type SignatureFeatures } from '../types.ts';
import { butterworth, slope, zeroPhase } from './filter.ts';
import { quantise } from './quantise.ts';
import { traceOf } from './trace.ts';
import { RATE, resample, type Trajectory } from './trajectory.ts';

const LOWPASS_HZ = 15;
/** Rows of 100 Hz that are averaged into one: half the rows, a quarter of the work. */
const DECIMATION = 2;
const SECTION = butterworth(LOWPASS_HZ, RATE);

/**
 * Local features in the manner of the published functions for on-line signatures (M. Martinez-Diaz, J. Fierrez,
 * R. P. Krish and J. Galbally, "Mobile signature verification: feature robustness and performance comparison", IET
 * Biometrics 3, 2014): velocities, speed, direction, turning, acceleration and, where there is any, pressure and its
 * change. Each channel has zero mean and unit variance over the drawing; one that does not vary is zero.
 */
export function extractFeatures(sample: SignatureSample): SignatureFeatures {
  const channels = localChannels(resample(sample)).map(standardise);
  const length = Math.floor((channels[0]?.length ?? 0) / DECIMATION);
  const data = new Float32Array(channels.length * length);
  for (const [k, channel] of channels.entries())
    for (let i = 0; i < length; i++)
      data[k * length + i] = quantise((channel[2 * i]! + channel[2 * i + 1]!) / DECIMATION);
  return {
    pointerType: sample.pointerType,
    pressure: channels.length === ALL_CHANNELS,
    length,
    data,
    trace: traceOf(sample),
  };
}

function localChannels({ x, y, pressure }: Trajectory): readonly Float64Array[] {
  const dx = slope(zeroPhase(x, SECTION));
  const dy = slope(zeroPhase(y, SECTION));
  const speed = dx.map((value, i) => Math.hypot(value, dy[i]!));
  const slow = 0.05 * Math.sqrt(speed.reduce((sum, value) => sum + value * value, 0) / speed.length) + 1e-9;
  const ax = slope(dx);
  const ay = slope(dy);
  const turning = speed.map((v, i) => (dx[i]! * ay[i]! - dy[i]! * ax[i]!) / (v * v + 16 * slow * slow));
  const shape = [
    dx,
    dy,
    speed,
    dy.map((value, i) => value / (speed[i]! + slow)),
    dx.map((value, i) => value / (speed[i]! + slow)),
    turning,
    slope(speed),
  ];
  if (pressure === undefined) return shape;
  const smooth = zeroPhase(pressure, SECTION);
  return [...shape, smooth, slope(smooth)];
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
