import assert from 'node:assert/strict';
import { AsignioError } from '@asignio/contracts';
import type { ErrorCode } from '@asignio/contracts';

/**
 * The two functions that a suite needs of a test runner. Those of mocha, vitest, jest and `node:test` fit.
 */
export interface TestRunner {
  readonly describe: (title: string, body: () => void) => unknown;
  readonly it: (title: string, body: () => Promise<void>) => unknown;
}

/** Asserts that a call is refused with one of the codes. A call that throws instead of rejecting counts as well. */
export async function refuses(codes: ErrorCode | readonly ErrorCode[], call: () => Promise<unknown>): Promise<void> {
  const wanted: readonly ErrorCode[] = typeof codes === 'string' ? [codes] : codes;
  let result: unknown;
  try {
    result = await call();
  } catch (error) {
    assert.ok(error instanceof AsignioError, `an AsignioError, not ${String(error)}`);
    assert.ok(wanted.includes(error.code), `${wanted.join(' or ')}, not ${error.code}: ${error.message}`);
    return;
  }
  assert.fail(`refused with ${wanted.join(' or ')}, but it gave ${JSON.stringify(result)}`);
}

/** How many of the calls succeeded; the others must have been refused with the code. */
export async function winners<T>(code: ErrorCode, calls: readonly Promise<T>[]): Promise<readonly T[]> {
  const won: T[] = [];
  for (const outcome of await Promise.allSettled(calls)) {
    if (outcome.status === 'fulfilled') won.push(outcome.value);
    else await refuses(code, async () => Promise.reject(outcome.reason as Error));
  }
  return won;
}
