/**
 * The format in which a signature travels from the browser to the engine (media type {@link SIGNATURE_MEDIA_TYPE}).
 *
 * It is flat arrays, not objects, so that 500 points stay under 20 kB and a cap on bytes is a cap on points.
 */

/** Media type of {@link SignatureSample} as JSON. */
export const SIGNATURE_MEDIA_TYPE = 'application/vnd.asignio.signature+json';

/** What was held. `stylus` gives pressure; `finger` and `mouse` do not. */
export const POINTER_TYPES = ['stylus', 'finger', 'mouse'] as const;
export type PointerType = (typeof POINTER_TYPES)[number];

/** A drawn signature. All five columns have the same length, one entry a point, in order of time. */
export interface SignatureSample {
  readonly format: 'asignio-signature/1';
  readonly pointerType: PointerType;
  /** Size of the drawing surface, CSS px. */
  readonly canvas: { readonly width: number; readonly height: number };
  /** Device pixels in a CSS px. */
  readonly pixelRatio: number;
  /** CSS px from the left edge of the surface. */
  readonly x: readonly number[];
  /** CSS px from the top edge of the surface. */
  readonly y: readonly number[];
  /** ms since the first point; the first is 0; never decreasing. */
  readonly t: readonly number[];
  /** 0..1, or `null` where the device has no pressure. */
  readonly pressure: readonly (number | null)[];
  /** 1 while the pen touches; 0 for the point at which it was lifted (its last position). */
  readonly pen: readonly (0 | 1)[];
}

/** Caps that hold before anything is decoded. */
export const SIGNATURE_LIMITS = {
  /** Bytes of JSON. */
  bytes: 262_144,
  /** Points in one signature: 20 s at 240 Hz. */
  points: 4_800,
  /** ms from first to last point. */
  durationMs: 30_000,
  /** CSS px, either way. */
  canvas: 10_000,
} as const;
