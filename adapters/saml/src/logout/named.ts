import type { LogoutRequest } from './messages.ts';

/**
 * The sessions that a request to sign out may be about: those that it names, or that of the browser which brings it. Each
 * once; none where it names none that is known.
 */
export async function tokensNamed(
  { sessionIndexes }: Pick<LogoutRequest, 'sessionIndexes'>,
  own: string | undefined,
  find: (sessionIndex: string) => Promise<string | undefined>,
): Promise<ReadonlySet<string>> {
  const tokens = sessionIndexes.length === 0 ? [own] : await Promise.all(sessionIndexes.map(find));
  return new Set(tokens.filter((token) => token !== undefined));
}
