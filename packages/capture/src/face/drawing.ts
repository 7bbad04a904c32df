import type { SignatureSample } from '../sample/format.ts';
import { toBase64url } from './answers.ts';
import type { PenTime } from './watch.ts';

/** What is said of a drawing before it is sent: its hash, and when it was made, ms on the page's clock. */
export interface DrawingMark extends PenTime {
  /** SHA-256 of the bytes that are sent, base64url. */
  readonly sha256: string;
}

/** @param begunAt the moment of its first point, ms on the page's clock */
export async function markOf(sample: SignatureSample, begunAt: number): Promise<DrawingMark> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify(sample)));
  return { sha256: toBase64url(new Uint8Array(digest)), from: begunAt, to: begunAt + (sample.t.at(-1) ?? 0) };
}
