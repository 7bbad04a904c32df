import { AsignioError } from '@asignio/contracts';
import type { ErrorCode } from '@asignio/contracts';

/** The code that a call is refused with; `undefined` when it is not. */
export async function codeOf(call: () => Promise<unknown>): Promise<ErrorCode | undefined> {
  try {
    await call();
    return undefined;
  } catch (error) {
    if (error instanceof AsignioError) return error.code;
    throw error;
  }
}
