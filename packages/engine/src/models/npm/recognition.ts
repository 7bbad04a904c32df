import { OnnxGraph } from '../onnx/graph.ts';
import { faceApiWeights, normalised } from './face-api.ts';
import { filtersOf, scaleFilters } from './layout.ts';
import type { Weights } from './tfjs-weights.ts';

/** How a residual layer halves: not at all; or with its average-pool branch widened, its convolution one pixel short. */
interface Layer {
  readonly name: string;
  readonly down?: { readonly widen: boolean; readonly short: boolean };
}

/** Side after each halving: 150, 72 (stem), 35 (pooled), 17, 8, then 3 of the convolution against 4, and 1 against 2. */
const LAYERS: readonly Layer[] = [
  { name: 'conv32_1' },
  { name: 'conv32_2' },
  { name: 'conv32_3' },
  { name: 'conv64_down', down: { widen: true, short: false } },
  { name: 'conv64_1' },
  { name: 'conv64_2' },
  { name: 'conv64_3' },
  { name: 'conv128_down', down: { widen: true, short: false } },
  { name: 'conv128_1' },
  { name: 'conv128_2' },
  { name: 'conv256_down', down: { widen: true, short: true } },
  { name: 'conv256_1' },
  { name: 'conv256_2' },
  { name: 'conv256_down_out', down: { widen: false, short: true } },
];

/**
 * dlib's face recognition network (D. King, dlib-models, `dlib_face_recognition_resnet_model_v1`, CC0) inside
 * `@vladmandic/face-api` (`faceRecognitionNet/FaceRecognitionNet.ts`) as ONNX.
 *
 * Input `x` [n, 3, 150, 150], RGB 0-255. Output `y` [n, 128], of any length.
 */
export function recognitionToOnnx(json: string, bytes: Uint8Array): Uint8Array {
  const weights = faceApiWeights(json, bytes);
  const graph = new OnnxGraph('recognition');
  const input = normalised(graph, graph.input('x', ['n', 3, 150, 150]));
  const stem = graph.node('Relu', [convolution(graph, weights, 'conv32_down', input, { stride: 2, pad: 0 })]);
  let x = graph.node('MaxPool', [stem], { kernel_shape: [3, 3], strides: [2, 2] });
  for (const layer of LAYERS) x = residual(graph, weights, layer, x);
  const averaged = graph.node('Flatten', [graph.node('GlobalAveragePool', [x])], { axis: 1 });
  graph.output(graph.node('MatMul', [averaged, graph.floats(weights.get('fc'))]), 'y', ['n', 128]);
  return graph.bytes();
}

function residual(graph: OnnxGraph, weights: Weights, { name, down }: Layer, x: string): string {
  const first = convolution(graph, weights, `${name}/conv1`, x, down ? { stride: 2, pad: 0 } : { stride: 1, pad: 1 });
  let out = convolution(graph, weights, `${name}/conv2`, graph.node('Relu', [first]), { stride: 1, pad: 1 });
  let past = x;
  if (down !== undefined) {
    past = graph.node('AveragePool', [x], { kernel_shape: [2, 2], strides: [2, 2] });
    if (down.short) out = graph.node('Pad', [out, graph.integers([0, 0, 0, 0, 0, 0, 1, 1])]);
    if (down.widen) {
      const more = weights.get(`${name}/conv1/conv/filters`).shape[2] ?? 0;
      past = graph.node('Pad', [past, graph.integers([0, 0, 0, 0, 0, more, 0, 0])]);
    }
  }
  return graph.node('Relu', [graph.node('Add', [past, out])]);
}

/** A convolution with the scale layer after it: `(w * x + b) * s + t` is one of `w * s` and `b * s + t`. */
function convolution(
  graph: OnnxGraph,
  weights: Weights,
  name: string,
  x: string,
  { stride, pad }: { readonly stride: number; readonly pad: number },
): string {
  const scale = weights.get(`${name}/scale/weights`).data;
  const shift = weights.get(`${name}/scale/biases`).data;
  const bias = weights.get(`${name}/conv/bias`);
  const filters = scaleFilters(filtersOf(weights.get(`${name}/conv/filters`)), scale);
  const folded = bias.data.map((value, i) => value * (scale[i] ?? 0) + (shift[i] ?? 0));
  return graph.node('Conv', [x, graph.floats(filters), graph.floats({ shape: bias.shape, data: folded })], {
    strides: [stride, stride],
    pads: [pad, pad, pad, pad],
  });
}
