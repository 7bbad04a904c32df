import type { QualityFinding, SignatureSample } from '@asignio/contracts';
import { finding } from '../findings.ts';

/**
 * What a drawing must be to be used at all. Judgement, not measurement: a floor below which a drawing says too little of
 * its maker. The hints of @asignio/capture are no stricter.
 */
export const QUALITY = {
  /** Points with the pen down: half a second at 30 Hz. */
  points: 16,
  /** ms from first to last point. */
  minDurationMs: 500,
  /** The person is asked for ten seconds at most; somebody slower is let through up to here. */
  maxDurationMs: 15_000,
  /** Longer side, CSS px: about 8 mm. */
  extent: 30,
  /** Standard deviation across the main direction in parts of the one along it. */
  straightness: 0.045,
  /** Degrees turned at corners and bends in all; a circle has 360, a printed M about 480. */
  turningDegrees: 400,
  /** What counts as a bend: a departure of this share of the diagonal from the straight. */
  bend: 0.04,
  /** Points among which bends are looked for: the search takes up to the square of it. */
  bendPoints: 512,
} as const;

/** Everything that is wrong with one drawing by itself. */
export function assess({ x, y, t, pen }: SignatureSample): readonly QualityFinding[] {
  const ink = pen.flatMap((down, i) => (down === 1 ? [{ x: x[i]!, y: y[i]! }] : []));
  const duration = t.at(-1) ?? 0;
  const findings: QualityFinding[] = [];
  if (ink.length < QUALITY.points) findings.push(finding('ASIGNIO_QUALITY_TOO_FEW_POINTS'));
  if (duration < QUALITY.minDurationMs) findings.push(finding('ASIGNIO_QUALITY_TOO_SHORT'));
  if (duration > QUALITY.maxDurationMs) findings.push(finding('ASIGNIO_QUALITY_TOO_LONG'));
  if (ink.length < 2) return findings;
  const { width, height } = box(ink);
  if (Math.max(width, height) < QUALITY.extent) findings.push(finding('ASIGNIO_QUALITY_TOO_SMALL'));
  else if (straightness(ink) < QUALITY.straightness) findings.push(finding('ASIGNIO_QUALITY_TOO_STRAIGHT'));
  else if (turning(ink, QUALITY.bend * Math.hypot(width, height)) < QUALITY.turningDegrees)
    findings.push(finding('ASIGNIO_QUALITY_TOO_SIMPLE'));
  return findings;
}

interface Position {
  readonly x: number;
  readonly y: number;
}

function box(ink: readonly Position[]): { width: number; height: number } {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { x, y } of ink) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return { width: right - left, height: bottom - top };
}

/** Square root of the ratio of the eigenvalues of the covariance: 0 for a straight line, 1 for a circle. */
function straightness(ink: readonly Position[]): number {
  const mx = ink.reduce((sum, { x }) => sum + x, 0) / ink.length;
  const my = ink.reduce((sum, { y }) => sum + y, 0) / ink.length;
  let [xx, yy, xy] = [0, 0, 0];
  for (const { x, y } of ink) {
    xx += (x - mx) ** 2;
    yy += (y - my) ** 2;
    xy += (x - mx) * (y - my);
  }
  const half = (xx + yy) / 2;
  const root = Math.hypot((xx - yy) / 2, xy);
  return half + root === 0 ? 0 : Math.sqrt(Math.max(0, half - root) / (half + root));
}

/** Degrees turned along the line once it is reduced to its bends; the way between strokes counts as line. */
function turning(ink: readonly Position[], tolerance: number): number {
  const step = Math.ceil(ink.length / QUALITY.bendPoints);
  const bends = simplify(
    ink.filter((_, i) => i % step === 0),
    tolerance,
  );
  let sum = 0;
  for (let i = 1; i < bends.length - 1; i++) {
    const [a, b, c] = [bends[i - 1]!, bends[i]!, bends[i + 1]!];
    const [ux, uy, vx, vy] = [b.x - a.x, b.y - a.y, c.x - b.x, c.y - b.y];
    sum += Math.abs(Math.atan2(ux * vy - uy * vx, ux * vx + uy * vy));
  }
  return (sum * 180) / Math.PI;
}

/** Ramer-Douglas-Peucker, without recursion. Its worst case, a comb, takes the square of the points. */
function simplify(ink: readonly Position[], tolerance: number): readonly Position[] {
  const keep = new Set([0, ink.length - 1]);
  const open: (readonly [number, number])[] = [[0, ink.length - 1]];
  for (let span = open.pop(); span !== undefined; span = open.pop()) {
    const [from, to] = span;
    let [farthest, most] = [-1, tolerance];
    for (let i = from + 1; i < to; i++) {
      const distance = offLine(ink[i]!, ink[from]!, ink[to]!);
      if (distance > most) [farthest, most] = [i, distance];
    }
    if (farthest < 0) continue;
    keep.add(farthest);
    open.push([from, farthest], [farthest, to]);
  }
  return [...keep].sort((a, b) => a - b).map((i) => ink[i]!);
}

/** Distance of p from the segment a-b. */
function offLine(p: Position, a: Position, b: Position): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const square = dx * dx + dy * dy;
  const along = square === 0 ? 0 : Math.min(1, Math.max(0, ((p.x - a.x) * dx + (p.y - a.y) * dy) / square));
  return Math.hypot(p.x - a.x - along * dx, p.y - a.y - along * dy);
}
