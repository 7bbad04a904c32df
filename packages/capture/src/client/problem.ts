/** Something that the person can do better, as the server says it. */
export interface Finding {
  readonly code: string;
  readonly message: string;
}

/** What the server refused, from its problem document (RFC 9457). */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  /** `ASIGNIO_...`; `ASIGNIO_INTERNAL` where the answer was no problem document. */
  readonly code: string;
  readonly status: number;
  readonly remedy: string;
  readonly findings: readonly Finding[];
  /** ms, from `Retry-After`. */
  readonly retryAfterMs: number | undefined;

  constructor(status: number, body: unknown, retryAfterMs?: number) {
    const problem = isRecord(body) ? body : {};
    super(text(problem['title']) ?? 'The request was refused');
    this.code = text(problem['code']) ?? 'ASIGNIO_INTERNAL';
    this.status = status;
    this.remedy = text(problem['remedy']) ?? '';
    this.findings = Array.isArray(problem['findings']) ? problem['findings'].flatMap(finding) : [];
    this.retryAfterMs = retryAfterMs;
  }
}

/** The server could not be reached, or did not answer in time: it is not known whether it did what was asked. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
}

/** Reads `Retry-After`: seconds or a date. */
export function retryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function finding(value: unknown): Finding[] {
  if (!isRecord(value)) return [];
  const code = text(value['code']);
  return code === undefined ? [] : [{ code, message: text(value['message']) ?? '' }];
}
