import { FACE_FRAMES_MEDIA_TYPE } from '@asignio/contracts';
import type { ModalityFacts } from '../../modality.ts';
import type { FacePack } from '../../models/manifest-types.ts';
import { FACE_PROMPT_PLAN } from './pad/plan.ts';
import { thresholdOf } from './postprocess/calibration.ts';

/** Media types of a still picture. */
export const STILL_MEDIA_TYPES = ['image/jpeg', 'image/png', 'image/webp'] as const;

/** Caps of a sample. They hold before anything is decoded. */
export const FACE_LIMITS = {
  bytes: 4 * 1024 * 1024,
  /** 4096 x 4096: what phones take by default, and a third of a 50 megapixel bomb. */
  pixels: 16_777_216,
} as const;

/** What may be known of face without loading its code, of the pack that was chosen. */
export function faceFacts(pack: FacePack): ModalityFacts {
  return {
    name: 'face',
    model: { name: `face-${pack.name}`, version: pack.version },
    // One sample is a burst of pictures.
    samplesToEnrol: 1,
    mediaTypes: [FACE_FRAMES_MEDIA_TYPE, ...STILL_MEDIA_TYPES],
    maxBytes: FACE_LIMITS.bytes,
    prompts: FACE_PROMPT_PLAN,
    threshold: (fmr) => thresholdOf(fmr, pack.calibration),
    // The packs' calibration is of published operating points; nothing was measured of people that could carry a claim.
    claims: { falseMatch: null, pad: null },
  };
}
