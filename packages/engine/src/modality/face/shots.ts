import { createHash } from 'node:crypto';
import { FACE_FRAMES_MEDIA_TYPE, unpackFaceFrames } from '@asignio/contracts';
import type { RawSample } from '@asignio/contracts';
import type { Observation } from './observe.ts';

/** One picture of a sample. */
export interface Shot {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  /** SHA-256 of the bytes. */
  readonly digest: Uint8Array;
  /** Which prompt it was taken for, and when, ms; of a still picture both are 0. */
  readonly step: number;
  readonly t: number;
  /** Whether it is one frame of several. */
  readonly moving: boolean;
}

/** A picture, and what was seen in it. */
export interface SeenShot {
  readonly shot: Shot;
  readonly observation: Observation;
}

/**
 * The pictures of a sample, in order.
 * @throws AsignioError `ASIGNIO_SAMPLE_INVALID`, `ASIGNIO_SAMPLE_TOO_LARGE`.
 */
export function shotsOf({ mediaType, bytes }: RawSample): readonly Shot[] {
  if (mediaType !== FACE_FRAMES_MEDIA_TYPE)
    return [{ mediaType, bytes, digest: digestOf(bytes), step: 0, t: 0, moving: false }];
  return unpackFaceFrames(bytes).map(({ step, t, jpeg }) => ({
    mediaType: 'image/jpeg',
    bytes: jpeg,
    digest: digestOf(jpeg),
    step,
    t,
    moving: true,
  }));
}

function digestOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest());
}
