import type { OnnxGraph } from '../onnx/graph.ts';
import type { WeightSpec } from './tfjs-weights.ts';
import { Weights } from './tfjs-weights.ts';

/** Mean colour that the networks of face-api subtract, RGB 0-255 (`faceRecognitionNet/FaceRecognitionNet.ts` of it). */
const MEAN = Float32Array.of(122.782, 117.001, 104.298);

/** Reads a weights manifest of face-api, and the weights. */
export function faceApiWeights(json: string, bytes: Uint8Array): Weights {
  const groups = JSON.parse(json) as readonly { readonly weights: readonly WeightSpec[] }[];
  return new Weights(
    groups.flatMap(({ weights }) => weights),
    bytes,
  );
}

/**
 * RGB 0-255 less the mean, over 255. It stays an operator: folded into a convolution that pads with zeros it would change
 * what lies beyond the border.
 */
export function normalised(graph: OnnxGraph, x: string): string {
  const centred = graph.node('Sub', [x, graph.floats({ shape: [1, 3, 1, 1], data: MEAN })]);
  return graph.node('Div', [centred, graph.floats({ shape: [1], data: Float32Array.of(255) })]);
}
