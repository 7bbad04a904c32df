import { AsignioError } from '@asignio/contracts';

/** What one check found. */
export interface Finding {
  readonly status: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  /** What to do; only where something is wrong. */
  readonly remedy?: string;
}

export function ok(detail: string): Finding {
  return { status: 'ok', detail };
}

export function warn(detail: string, remedy: string): Finding {
  return { status: 'warn', detail, remedy };
}

export function fail(detail: string, remedy: string): Finding {
  return { status: 'fail', detail, remedy };
}

export function faultOf(error: unknown, what: string): Finding {
  if (!(error instanceof AsignioError))
    return fail(`${what}: ${error instanceof Error ? error.message : String(error)}`, 'See the message.');
  return fail(`${what}: ${error.message} (${error.code})`, error.remedy);
}
