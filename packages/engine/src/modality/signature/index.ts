import { AsignioError, type CaptureChallenge, type RawSample } from '@asignio/contracts';
import { loadAligner } from '../../kernel/aligner.ts';
import type { Acquired, ModalityRunner } from '../../modality.ts';
import { isAnnounced } from './announced.ts';
import { decoy } from './decoy.ts';
import { decodeFeatures, decodeReference, encodeFeatures, encodeReference } from './encoding.ts';
import { NETWORK_FACTS, SIGNATURE_FACTS } from './facts.ts';
import { embed } from './model/network.ts';
import { adapt, enrol, judge } from './model/reference.ts';
import { compare } from './postprocess/score.ts';
import { decodeSample } from './preprocess/decode.ts';
import { extract, type Extracted } from './preprocess/features.ts';
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
  acquire: (raw: RawSample, challenge?: CaptureChallenge) => acquire(raw, challenge, plain),
  judge,
  enrol,
  compare,
  adapt,
  decoy: (sampleBytes: number) => decoy(sampleBytes, plain),
  encodeFeatures,
  decodeFeatures,
  encodeReference,
  decodeReference,
  warm: () => {
    loadAligner();
    signatureRunner.decoy(0);
  },
} satisfies ModalityRunner<SignatureFeatures, SignatureReference>;

/**
 * {@link signatureRunner} with the network of the manifest: it reads each drawing once, when that is acquired, and what it
 * makes is kept with the features. References from before it, and pressure on one side alone, are compared without it.
 */
export const networkRunner = {
  ...signatureRunner,
  ...NETWORK_FACTS,
  acquire: (raw: RawSample, challenge?: CaptureChallenge) => acquire(raw, challenge, withEmbedding),
  decoy: (sampleBytes: number) => decoy(sampleBytes, withEmbedding),
  warm: () => {
    loadAligner();
    networkRunner.decoy(0);
  },
} satisfies ModalityRunner<SignatureFeatures, SignatureReference>;

function acquire(
  raw: RawSample,
  challenge: CaptureChallenge | undefined,
  finish: (extracted: Extracted) => SignatureFeatures,
): Acquired<SignatureFeatures> {
  if (!SIGNATURE_FACTS.mediaTypes.includes(raw.mediaType))
    throw new AsignioError(
      'ASIGNIO_SAMPLE_INVALID',
      `A signature has the media type ${SIGNATURE_FACTS.mediaTypes.join(' or ')}`,
    );
  const sample = decodeSample(raw);
  const findings = assess(sample);
  if (findings.length > 0) return { findings };
  const acquired = { findings, features: finish(extract(sample)) };
  return challenge?.beside === undefined || isAnnounced(raw, sample, challenge.beside)
    ? acquired
    : { ...acquired, pad: { attack: true, species: 'uncommitted' } };
}

function plain({ features, input }: Extracted): SignatureFeatures {
  input.data.fill(0);
  return features;
}

/** The features with what the network makes of the drawing; its input is overwritten. */
function withEmbedding({ features, input }: Extracted): SignatureFeatures {
  const embedding = embed(input);
  input.data.fill(0);
  return embedding === undefined ? features : { ...features, embedding };
}
