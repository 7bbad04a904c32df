import type { Random } from './random.ts';

/** Noise of about unit variance whose neighbours agree over `width` samples. */
export function smoothNoise(random: Random, count: number, width: number): Float64Array {
  const knots = Array.from({ length: Math.floor(count / width) + 4 }, () => random.normal());
  const offset = random.uniform();
  return Float64Array.from({ length: count }, (_, i) => {
    const position = i / width + offset;
    const knot = Math.floor(position);
    const part = position - knot;
    const weight = part * part * (3 - 2 * part);
    return 1.15 * ((knots[knot] ?? 0) * (1 - weight) + (knots[knot + 1] ?? 0) * weight);
  });
}
