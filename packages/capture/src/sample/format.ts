import type {
  FACE_FRAMES_MEDIA_TYPE as ContractFramesType,
  PointerType,
  SIGNATURE_LIMITS as ContractLimits,
  SIGNATURE_MEDIA_TYPE as ContractMediaType,
  SignatureSample,
} from '@asignio/contracts';

export type { PointerType, SignatureSample };

/** Content type of a signature sent to the server. The type is the contract's literal, so a change there fails the build here. */
export const SIGNATURE_MEDIA_TYPE: typeof ContractMediaType = 'application/vnd.asignio.signature+json';

/** Content type of the camera's frames, likewise. */
export const FACE_FRAMES_MEDIA_TYPE: typeof ContractFramesType = 'application/vnd.asignio.face-frames';

/** Where the recorder stops, as the contract's caps say. */
export const SIGNATURE_LIMITS: Pick<typeof ContractLimits, 'points' | 'durationMs'> = {
  points: 4_800,
  durationMs: 30_000,
};
