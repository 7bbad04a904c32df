import { AsignioError, type RawSample } from '@asignio/contracts';
import { loadAligner } from '../../kernel/aligner.ts';
import type { Acquired, ModalityRunner } from '../../modality.ts';
import { decoy } from './decoy.ts';
import { decodeFeatures, decodeReference, encodeFeatures, encodeReference } from './encoding.ts';
import { SIGNATURE_FACTS } from './facts.ts';
import { adapt, enrol, judge } from './model/reference.ts';
import { compare } from './postprocess/score.ts';
import { decodeSample } from './preprocess/decode.ts';
import { extractFeatures } from './preprocess/features.ts';
import { assess } from './preprocess/quality.ts';
import type { SignatureFeatures, SignatureReference } from './types.ts';

export { decodeSvc2004 } from './preprocess/svc2004.ts';
export type { SignatureFeatures, SignatureReference } from './types.ts';

/**
 * The signature modality: a drawing becomes local features in time, drawings are compared by dynamic time warping, and
 * distances, seen against the person's own variation, become a calibrated log-likelihood ratio. Recordings are refused.
 */
export const signatureRunner = {
  ...SIGNATURE_FACTS,
  acquire: (raw: RawSample): Acquired<SignatureFeatures> => {
    if (!SIGNATURE_FACTS.mediaTypes.includes(raw.mediaType))
      throw new AsignioError(
        'ASIGNIO_SAMPLE_INVALID',
        `A signature has the media type ${SIGNATURE_FACTS.mediaTypes.join(' or ')}`,
      );
    const sample = decodeSample(raw);
    const findings = assess(sample);
    return findings.length > 0 ? { findings } : { findings, features: extractFeatures(sample) };
  },
  judge,
  enrol,
  compare,
  adapt,
  decoy,
  encodeFeatures,
  decodeFeatures,
  encodeReference,
  decodeReference,
  warm: () => {
    loadAligner();
    decoy(0);
  },
} satisfies ModalityRunner<SignatureFeatures, SignatureReference>;
