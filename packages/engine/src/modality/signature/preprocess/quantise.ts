/** Features are kept as 16-bit integers: this many steps to a standard deviation. */
export const STEPS = 1024;
const MOST = 32_767;

/** The nearest value that can be kept. */
export function quantise(value: number): number {
  // Plus 0: an integer has no negative zero.
  return Math.min(MOST, Math.max(-MOST, Math.round(value * STEPS))) / STEPS + 0;
}
