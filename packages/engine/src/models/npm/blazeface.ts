import { OnnxGraph } from '../onnx/graph.ts';
import { depthwiseFiltersOf, filtersOf } from './layout.ts';
import { Weights } from './tfjs-weights.ts';
import type { WeightSpec } from './tfjs-weights.ts';

interface GraphNode {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr?: {
    readonly padding?: { readonly s: string };
    readonly strides?: { readonly list: { readonly i: readonly string[] } };
    readonly ksize?: { readonly list: { readonly i: readonly string[] } };
    readonly fused_ops?: { readonly list: { readonly s: readonly string[] } };
  };
}

interface GraphModel {
  readonly modelTopology: { readonly node: readonly GraphNode[] };
  readonly weightsManifest: readonly { readonly weights: readonly WeightSpec[] }[];
}

/** Outputs: the network's own names, what they are called here, and their shapes. */
const OUTPUTS = {
  Identity: { name: 'scores16', shape: [1, 512, 1] },
  Identity_1: { name: 'scores8', shape: [1, 384, 1] },
  Identity_2: { name: 'boxes16', shape: [1, 512, 16] },
  Identity_3: { name: 'boxes8', shape: [1, 384, 16] },
} as const;

/**
 * BlazeFace (V. Bazarevsky and others, "BlazeFace: Sub-millisecond Neural Face Detection on Mobile GPUs", 2019), the
 * 256 px network inside `@vladmandic/human`, from a TensorFlow.js graph model to ONNX.
 *
 * Input `x` [1, 3, 256, 256], RGB from -1 to 1. Outputs: scores (logits) and boxes with six points at 16 x 16 places, two
 * each, and at 8 x 8 places, six each.
 * @throws Error for an operator that is not known.
 */
export function blazefaceToOnnx(json: string, bytes: Uint8Array): Uint8Array {
  const model = JSON.parse(json) as GraphModel;
  const weights = new Weights(
    model.weightsManifest.flatMap((group) => group.weights),
    bytes,
  );
  const graph = new OnnxGraph('blazeface');
  const values = new Map<string, string>();
  for (const node of model.modelTopology.node) {
    if (node.op === 'Const') continue;
    const [first = '', ...others] = node.input ?? [];
    const x = values.get(first) ?? '';
    if (node.op === 'Identity') {
      const output = OUTPUTS[node.name as keyof typeof OUTPUTS];
      graph.output(x, output.name, output.shape);
      continue;
    }
    values.set(node.name, convert(graph, node, x, others, { values, weights }));
  }
  return graph.bytes();
}

interface Known {
  readonly values: ReadonlyMap<string, string>;
  readonly weights: Weights;
}

function convert(
  graph: OnnxGraph,
  node: GraphNode,
  x: string,
  others: readonly string[],
  { values, weights }: Known,
): string {
  const [second = '', third = ''] = others;
  switch (node.op) {
    case 'Placeholder':
      return graph.input('x', [1, 3, 256, 256]);
    case '_FusedConv2D': {
      const filters = filtersOf(weights.get(second));
      const bias = weights.get(third);
      const convolved = graph.node('Conv', [x, graph.floats(filters), graph.floats(bias)], spatial(node));
      return activations(node).includes('Relu') ? graph.node('Relu', [convolved]) : convolved;
    }
    case 'DepthwiseConv2dNative': {
      const filters = depthwiseFiltersOf(weights.get(second));
      return graph.node('Conv', [x, graph.floats(filters)], { ...spatial(node), group: filters.shape[0] ?? 1 });
    }
    case 'AddV2':
      return graph.node('Add', [x, values.get(second) ?? '']);
    case 'Relu':
      return graph.node('Relu', [x]);
    case 'MaxPool':
      return graph.node('MaxPool', [x], { ...spatial(node), kernel_shape: inside(node.attr?.ksize) });
    case 'Pad': {
      const [n0, n1, h0, h1, w0, w1, c0, c1] = [...weights.get(second).data] as Eight;
      return graph.node('Pad', [x, graph.integers([n0, c0, h0, w0, n1, c1, h1, w1])]);
    }
    case 'Reshape': {
      const rows = graph.node('Transpose', [x], { perm: [0, 2, 3, 1] });
      return graph.node('Reshape', [rows, graph.integers([...weights.get(second).data])]);
    }
    default:
      throw new Error(`The operator ${node.op} is not known`);
  }
}

type Eight = [number, number, number, number, number, number, number, number];

/** TensorFlow's `SAME` puts the odd pixel of padding last, as ONNX's `SAME_UPPER`. */
function spatial({ attr }: GraphNode): { readonly strides: readonly number[]; readonly auto_pad: string } {
  const same = Buffer.from(attr?.padding?.s ?? '', 'base64').toString() === 'SAME';
  return { strides: inside(attr?.strides), auto_pad: same ? 'SAME_UPPER' : 'VALID' };
}

/** Rows and columns of a list over batch, rows, columns and channels. */
function inside(list: { readonly list: { readonly i: readonly string[] } } | undefined): readonly number[] {
  return (list?.list.i ?? []).slice(1, 3).map(Number);
}

function activations({ attr }: GraphNode): readonly string[] {
  return (attr?.fused_ops?.list.s ?? []).map((name) => Buffer.from(name, 'base64').toString());
}
