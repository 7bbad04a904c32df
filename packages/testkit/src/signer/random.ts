/** A seeded source of randomness: the same seed gives the same numbers on every machine. */
export interface Random {
  /** Uniform in [low, high). */
  uniform(low?: number, high?: number): number;
  /** Normal of this mean and standard deviation. */
  normal(mean?: number, deviation?: number): number;
  /** Lognormal: median, and deviation of its logarithm. */
  around(median: number, deviation: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** Whole number in [low, high). */
  integer(low: number, high: number): number;
}

/**
 * Makes a {@link Random}. The generator is sfc32 (Chris Doty-Humphrey's Small Fast Counting generator, public domain, of
 * PractRand); the seed text is spread over its state by a multiply-and-rotate hash.
 *
 * @example
 * ```ts
 * createRandom('ada').uniform() === createRandom('ada').uniform(); // true
 * ```
 */
export function createRandom(seed: string): Random {
  let a = 0x9e3779b9;
  let b = 0x243f6a88;
  let c = 0xb7e15162;
  let counter = 1;
  for (let i = 0; i < seed.length; i++) {
    const unit = seed.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x85ebca6b);
    b = Math.imul((b << 13) | (b >>> 19), 0xc2b2ae35) ^ a;
    c = Math.imul(c ^ b, 0x27d4eb2f) + unit;
  }
  const next = (): number => {
    const t = (a + b + counter++) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + t) | 0;
    return (t >>> 0) / 4_294_967_296;
  };
  for (let i = 0; i < 15; i++) next();

  const normal = (mean = 0, deviation = 1): number =>
    mean + deviation * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return {
    uniform: (low = 0, high = 1) => low + (high - low) * next(),
    normal,
    around: (median, deviation) => median * Math.exp(normal(0, deviation)),
    chance: (probability) => next() < probability,
    integer: (low, high) => low + Math.floor(next() * (high - low)),
  };
}

/** The value, kept within bounds. */
export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
