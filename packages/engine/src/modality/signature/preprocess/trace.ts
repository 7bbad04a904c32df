import type { SignatureSample } from '@asignio/contracts';
import { TRACE_POINTS } from '../types.ts';
import { quantise } from './quantise.ts';

/** Points nearer than this share of the diagonal to the last one kept add jitter to the line's length, not shape. */
const GATE = 0.005;

/**
 * The line that was drawn, lifts included, without its timing: {@link TRACE_POINTS} points at equal distances along it,
 * x of all and then y of all, about their mean and in parts of their radius of gyration. Drawn slower, in another rhythm,
 * elsewhere or larger, the same line has the same trace.
 */
export function traceOf({ x, y }: SignatureSample): Float32Array {
  const [px, py] = gated(x, y);
  const trace = new Float32Array(2 * TRACE_POINTS);
  const [tx, ty] = [trace.subarray(0, TRACE_POINTS), trace.subarray(TRACE_POINTS)];
  const along = new Float64Array(px.length);
  for (let i = 1; i < px.length; i++) along[i] = along[i - 1]! + Math.hypot(px[i]! - px[i - 1]!, py[i]! - py[i - 1]!);
  let k = 0;
  for (let i = 0; i < TRACE_POINTS; i++) {
    const wanted = (along.at(-1)! * i) / (TRACE_POINTS - 1);
    while (k < px.length - 2 && along[k + 1]! < wanted) k++;
    const next = Math.min(k + 1, px.length - 1);
    const wide = along[next]! - along[k]!;
    const part = wide > 0 ? Math.min(1, (wanted - along[k]!) / wide) : 0;
    tx[i] = px[k]! + part * (px[next]! - px[k]!);
    ty[i] = py[k]! + part * (py[next]! - py[k]!);
  }
  centre(tx);
  centre(ty);
  const radius = Math.sqrt(trace.reduce((sum, value) => sum + value * value, 0) / TRACE_POINTS) || 1;
  return trace.map((value) => quantise(value / radius));
}

function gated(x: readonly number[], y: readonly number[]): readonly [number[], number[]] {
  const gate = GATE * Math.hypot(span(x), span(y));
  const [px, py] = [[x[0]!], [y[0]!]];
  for (let i = 1; i < x.length; i++) {
    const far = Math.hypot(x[i]! - px.at(-1)!, y[i]! - py.at(-1)!) >= gate;
    if (!far && i < x.length - 1) continue;
    px.push(x[i]!);
    py.push(y[i]!);
  }
  return [px, py];
}

function span(values: readonly number[]): number {
  return (
    values.reduce((most, value) => Math.max(most, value), -Infinity) -
    values.reduce((least, value) => Math.min(least, value), Infinity)
  );
}

function centre(values: Float32Array): void {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  for (let i = 0; i < values.length; i++) values[i] = values[i]! - mean;
}
