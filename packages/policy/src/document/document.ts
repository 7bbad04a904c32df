import { AsignioError } from '@asignio/contracts';
import type { EpochMs } from '@asignio/contracts';

/** Government-issued documents that a person can be asked for (R37). Their class, purpose and lifetime are their own. */
export const DOCUMENT_KINDS = ['passport', 'identity-card', 'driving-licence', 'residence-permit'] as const;
export type DocumentKind = (typeof DOCUMENT_KINDS)[number];

/** What an image of a document is kept by. */
export interface DocumentRule {
  /** Longest that one is kept, ms. It goes before, as soon as it was checked. */
  readonly keptMs: number;
  /** Largest image, bytes. */
  readonly maxBytes: number;
  readonly source: string;
}

/** Our own figures: the published policy (A4, F2) asks for a lifetime of their own and names none. */
export const DEFAULT_DOCUMENT_RULE: DocumentRule = {
  keptMs: 30 * 86_400_000,
  maxBytes: 3 * 1024 * 1024,
  source: 'the published policy, A4 and F2; the figures are ours',
};

/** First bytes of the formats that are taken (ISO/IEC 10918-1 SOI; PNG specification, section 5.2). */
const FORMATS: ReadonlyMap<string, readonly number[]> = new Map([
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
]);

/**
 * Checks an image of a document: its size before its form.
 * @throws AsignioError `ASIGNIO_TOO_LARGE`, `ASIGNIO_MEDIA_TYPE`.
 */
export function checkDocumentImage(mediaType: string, bytes: Uint8Array, rule: DocumentRule): void {
  if (bytes.byteLength > rule.maxBytes)
    throw new AsignioError('ASIGNIO_TOO_LARGE', `An image is at most ${rule.maxBytes} bytes`);
  const magic = FORMATS.get(mediaType);
  if (magic === undefined || !magic.every((byte, index) => bytes[index] === byte))
    throw new AsignioError('ASIGNIO_MEDIA_TYPE', `An image is one of ${[...FORMATS.keys()].join(', ')}`);
}

/** When a document is purged: at the end of its lifetime, or at once where its purpose is met. */
export function documentDue(storedAt: EpochMs, purposeMetAt: EpochMs | null, rule: DocumentRule): EpochMs {
  return Math.min(storedAt + rule.keptMs, purposeMetAt ?? Infinity);
}
