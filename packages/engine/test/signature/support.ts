import { AsignioError, SIGNATURE_MEDIA_TYPE } from '@asignio/contracts';
import type { RawSample, SignatureSample } from '@asignio/contracts';
import type { Signer } from '@asignio/testkit';
import { signatureRunner } from '#src/modality/signature/index.js';
import type { SignatureFeatures, SignatureReference } from '#src/modality/signature/index.js';
import { extractFeatures } from '#src/modality/signature/preprocess/features.js';

/** A sample as it arrives. */
export function raw(sample: unknown): RawSample {
  return { mediaType: SIGNATURE_MEDIA_TYPE, bytes: new TextEncoder().encode(JSON.stringify(sample)) };
}

/** The error that a call throws; fails where it throws none of ours. */
export function errorOf(call: () => unknown): AsignioError {
  try {
    call();
  } catch (error) {
    if (error instanceof AsignioError) return error;
    throw error;
  }
  throw new Error('Nothing was thrown');
}

/** The signer's first five drawings of the first sitting. */
export function drawings(signer: Signer, count = 5, sitting = 0): SignatureFeatures[] {
  return Array.from({ length: count }, (_, seed) => extractFeatures(signer.sign({ sitting, seed })));
}

export function enrolled(signer: Signer): SignatureReference {
  const { reference } = signatureRunner.enrol(drawings(signer));
  if (reference === undefined) throw new Error('The signer cannot be enrolled');
  return reference;
}

/** The same movement elsewhere, larger, later, at another pace, with noise of up to so many px. */
export function copyOf(
  sample: SignatureSample,
  change: { move?: number; scale?: number; delay?: number; pace?: number; jitter?: (index: number) => number } = {},
): SignatureSample {
  const { move = 0, scale = 1, delay = 0, pace = 1, jitter = () => 0 } = change;
  const still = delay > 0 ? 1 : 0;
  const led = <T>(column: readonly T[]): T[] => [...column.slice(0, still), ...column];
  return {
    ...sample,
    x: led(sample.x).map((value, i) => value * scale + move + jitter(2 * i)),
    y: led(sample.y).map((value, i) => value * scale + move + jitter(2 * i + 1)),
    t: [...(still === 1 ? [0] : []), ...sample.t.map((value) => value * pace + delay)],
    pressure: led(sample.pressure),
    pen: led(sample.pen),
  };
}
