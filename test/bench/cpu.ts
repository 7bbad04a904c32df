/** Many at once share what a server does once for all of them, as they do on a busy one: commits to disk above all. */
export const WAYS = ['at once', 'one by one'] as const;
export type Way = (typeof WAYS)[number];

/** ms of one core that some work takes for each. */
export async function cpuOf<T>(all: readonly T[], way: Way, work: (one: T) => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  if (way === 'at once') await Promise.all(all.map(work));
  else for (const one of all) await work(one);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / all.length;
}
