import { OnnxGraph } from '../onnx/graph.ts';
import { faceApiWeights, normalised } from './face-api.ts';
import { depthwiseFiltersOf, filtersOf } from './layout.ts';
import type { Weights } from './tfjs-weights.ts';

const BLOCKS = 4;
const CONVOLUTIONS = 4;

/**
 * The 68-landmark network inside `@vladmandic/face-api` (`faceLandmarkNet/FaceLandmark68Net.ts`) as ONNX.
 *
 * Input `x` [n, 3, 112, 112], RGB 0-255. Output `y` [n, 136]: x and y of each landmark in parts of the input's side.
 */
export function landmarks68ToOnnx(json: string, bytes: Uint8Array): Uint8Array {
  const weights = faceApiWeights(json, bytes);
  const graph = new OnnxGraph('landmarks68');
  let x = normalised(graph, graph.input('x', ['n', 3, 112, 112]));
  for (let block = 0; block < BLOCKS; block++) x = denseBlock(graph, weights, `dense${block}`, x);
  const pooled = graph.node('AveragePool', [x], { kernel_shape: [7, 7], strides: [2, 2] });
  const flat = graph.node('Flatten', [pooled], { axis: 1 });
  const layer = [flat, ...['fc/weights', 'fc/bias'].map((name) => graph.floats(weights.get(name)))];
  graph.output(graph.node('Gemm', layer), 'y', ['n', 136]);
  return graph.bytes();
}

/** Each convolution reads the sum of all before it. */
function denseBlock(graph: OnnxGraph, weights: Weights, name: string, x: string): string {
  let sum = graph.node('Relu', [convolution(graph, weights, `${name}/conv0`, x, 2)]);
  let input = sum;
  for (let i = 1; i < CONVOLUTIONS; i++) {
    sum = graph.node('Add', [sum, convolution(graph, weights, `${name}/conv${i}`, input, 1)]);
    input = graph.node('Relu', [sum]);
  }
  return input;
}

/** A convolution, or a depthwise one and one of 1 x 1 after it; padded as TensorFlow's `SAME`. */
function convolution(graph: OnnxGraph, weights: Weights, name: string, x: string, stride: number): string {
  const spatial = { strides: [stride, stride], auto_pad: 'SAME_UPPER' } as const;
  const bias = graph.floats(weights.get(`${name}/bias`));
  if (weights.has(`${name}/filters`))
    return graph.node('Conv', [x, graph.floats(filtersOf(weights.get(`${name}/filters`))), bias], spatial);
  const depthwise = depthwiseFiltersOf(weights.get(`${name}/depthwise_filter`));
  const pointwise = filtersOf(weights.get(`${name}/pointwise_filter`));
  const spread = graph.node('Conv', [x, graph.floats(depthwise)], { ...spatial, group: depthwise.shape[0] ?? 1 });
  return graph.node('Conv', [spread, graph.floats(pointwise), bias]);
}
