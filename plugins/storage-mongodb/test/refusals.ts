import { inspect } from 'node:util';
import { AsignioError } from '@asignio/contracts';

/** The error that a call is refused with. */
export async function refusal(call: () => unknown): Promise<AsignioError> {
  try {
    await call();
  } catch (error) {
    if (error instanceof AsignioError) return error;
    throw error;
  }
  throw new Error('It was not refused');
}

/** The code that a call is refused with; `undefined` when it is not. */
export async function codeOf(call: () => unknown): Promise<string | undefined> {
  try {
    await call();
    return undefined;
  } catch (error) {
    return error instanceof AsignioError ? error.code : String(error);
  }
}

/** Everything that an error says to whoever prints it, with what caused it. */
export function allOf(error: unknown): string {
  return inspect(error, { depth: 10, showHidden: true });
}
