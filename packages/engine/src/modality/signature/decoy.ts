import { SIGNATURE_LIMITS, type SignatureSample } from '@asignio/contracts';
import { decodeReference, encodeFeatures, encodeReference } from './encoding.ts';
import { assemble } from './model/reference.ts';
import { compare } from './postprocess/score.ts';
import { decodeSample } from './preprocess/decode.ts';
import { extract, type Extracted } from './preprocess/features.ts';
import { assess } from './preprocess/quality.ts';
import { SIGNATURE_SAMPLES_TO_ENROL } from './facts.ts';
import type { SignatureFeatures } from './types.ts';

/** Bytes that a point takes in a sample. */
const BYTES_A_POINT = 26;
const USUAL_POINTS = 200;
/** Made once for each way to finish what was extracted. */
const references = new Map<Finish, Uint8Array>();

/** Makes the features that are kept of what was extracted. */
type Finish = (extracted: Extracted) => SignatureFeatures;

/**
 * Does all that a comparison does, on a made-up scribble of as many points as a sample of so many bytes has: reads,
 * assesses, extracts, opens a reference, compares, writes.
 */
export function decoy(sampleBytes: number, finish: Finish): void {
  const reference = references.get(finish) ?? makeReference(finish);
  const points = Math.round(Math.min(SIGNATURE_LIMITS.points, Math.max(40, (sampleBytes || 0) / BYTES_A_POINT)));
  const sample = decodeSample({ mediaType: '', bytes: new TextEncoder().encode(JSON.stringify(scribble(points, 0))) });
  assess(sample);
  const probe = finish(extract(sample));
  compare(decodeReference(reference), probe, []);
  encodeFeatures(probe);
}

function makeReference(finish: Finish): Uint8Array {
  const drawings = Array.from({ length: SIGNATURE_SAMPLES_TO_ENROL }, (_, i) =>
    finish(extract(scribble(USUAL_POINTS, 0.4 * (i + 1)))),
  );
  const reference = encodeReference(assemble(drawings, drawings.length, false));
  references.set(finish, reference);
  return reference;
}

/** Loops with a wobble; another phase, another repetition. At most ten seconds, as drawings that are compared are. */
function scribble(points: number, phase: number): SignatureSample {
  const step = Math.min(10, 10_000 / points);
  const at = Array.from({ length: points }, (_, i) => i * step);
  const wave = (t: number, pulse: number, wobble: number): number =>
    Math.sin(pulse * t + 0.3 * Math.sin(wobble * t + phase));
  return {
    format: 'asignio-signature/1',
    pointerType: 'stylus',
    canvas: { width: 640, height: 320 },
    pixelRatio: 1,
    x: at.map((t) => round(320 + 0.02 * t + 60 * wave(t, 0.013, 0.0021))),
    y: at.map((t) => round(160 + 50 * wave(t, 0.017, 0.0013))),
    t: at.map(round),
    pressure: at.map((t) => round(0.5 + 0.2 * wave(t, 0.007, 0.0031))),
    pen: at.map((_, i) => (i === points - 1 ? 0 : 1)),
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
