import { SIGNATURE_LIMITS, SIGNATURE_MEDIA_TYPE, type ModelId } from '@asignio/contracts';
import type { ModalityFacts } from '../../modality.ts';
import { CALIBRATION } from './calibration-table.ts';
import { thresholdOf } from './calibration.ts';
import { SIGNATURE_CLAIMS } from './claims.ts';
import { MANIFEST } from './model/manifest.ts';
import { NETWORK_CALIBRATION } from './network-calibration-table.ts';

/** Drawings that an enrolment takes. */
export const SIGNATURE_SAMPLES_TO_ENROL = 5;

/** Aligned local features, calibrated on synthetic signers. The version changes with anything that changes a score. */
export const SIGNATURE_MODEL: ModelId = { name: 'signature-dtw', version: '1.0.0' };

/** The same with a network's score beside it. */
export const NETWORK_MODEL: ModelId = { name: MANIFEST.name, version: MANIFEST.version };

/** What may be known of signature without loading its code. */
export const SIGNATURE_FACTS: ModalityFacts = {
  name: 'signature',
  model: SIGNATURE_MODEL,
  samplesToEnrol: SIGNATURE_SAMPLES_TO_ENROL,
  mediaTypes: [SIGNATURE_MEDIA_TYPE],
  maxBytes: SIGNATURE_LIMITS.bytes,
  threshold: (fmr) => thresholdOf(CALIBRATION, fmr),
  claims: SIGNATURE_CLAIMS,
};

/**
 * The same where the network runs. References from before it are compared without it, so the threshold is the stricter of
 * both models': the rate holds whichever compared.
 */
export const NETWORK_FACTS: ModalityFacts = {
  ...SIGNATURE_FACTS,
  model: NETWORK_MODEL,
  threshold: (fmr) => Math.max(thresholdOf(CALIBRATION, fmr), thresholdOf(NETWORK_CALIBRATION, fmr)),
  // Nothing was measured of strangers at a threshold that could carry a claim.
  claims: { falseMatch: null, pad: null },
};
