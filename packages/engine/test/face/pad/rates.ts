/** Wilson's score interval at 95 %. */
export function interval(hits: number, count: number): readonly [number, number] {
  const [z, p] = [1.96, hits / count];
  const middleOf = (p + z ** 2 / (2 * count)) / (1 + z ** 2 / count);
  const half = (z / (1 + z ** 2 / count)) * Math.sqrt((p * (1 - p)) / count + z ** 2 / (4 * count ** 2));
  return [Math.max(0, middleOf - half), Math.min(1, middleOf + half)];
}

/** As it is printed. */
export function percent(rate: number): string {
  return `${(100 * rate).toFixed(1)} %`;
}
