import { createHash } from 'node:crypto';
import type { BesideSample, RawSample, SignatureSample } from '@asignio/contracts';

/** How far the length of a drawing may be from what was said of it, ms: both are rounded. */
const ROUNDING_MS = 50;

/** Whether a drawing is the one that was said to have been made while the camera looked on, and as long. */
export function isAnnounced({ bytes }: RawSample, { t }: SignatureSample, { sha256, from, to }: BesideSample): boolean {
  const digest = createHash('sha256').update(bytes).digest('base64url');
  return digest === sha256 && Math.abs((t.at(-1) ?? 0) - (to - from)) <= ROUNDING_MS;
}
