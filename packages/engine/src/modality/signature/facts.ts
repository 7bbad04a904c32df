import { SIGNATURE_LIMITS, SIGNATURE_MEDIA_TYPE, type ModelId } from '@asignio/contracts';
import type { ModalityFacts } from '../../modality.ts';
import { signatureThreshold } from './calibration.ts';

/** Drawings that an enrolment takes. */
export const SIGNATURE_SAMPLES_TO_ENROL = 5;

/** Aligned local features, calibrated on synthetic signers. The version changes with anything that changes a score. */
export const SIGNATURE_MODEL: ModelId = { name: 'signature-dtw', version: '1.0.0' };

/** What may be known of signature without loading its code. */
export const SIGNATURE_FACTS: ModalityFacts = {
  name: 'signature',
  model: SIGNATURE_MODEL,
  samplesToEnrol: SIGNATURE_SAMPLES_TO_ENROL,
  mediaTypes: [SIGNATURE_MEDIA_TYPE],
  maxBytes: SIGNATURE_LIMITS.bytes,
  threshold: signatureThreshold,
};
