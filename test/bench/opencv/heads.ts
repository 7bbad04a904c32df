/*
 * YuNet as OpenCV 4.6 wants it. Its FaceDetectorYN is of the YuNet of 2021: for each place some anchors (`min_sizes` of
 * modules/objdetect/src/face_detect.cpp at 4.6.0, Apache-2.0), and of all of them three outputs: loc (box and points, from
 * the anchor in parts of a tenth of its size), conf (nobody, somebody) and iou. The YuNet of 2023 has one box a place and twelve
 * outputs. Operators behind these say the same in the other way: each box is that of a place's first anchor, the other
 * anchors are nobody. Weights stay as they are.
 */
const SIDE = 640;
const ANCHORS = [
  { stride: 8, sizes: [10, 16, 24] },
  { stride: 16, sizes: [32, 48] },
  { stride: 32, sizes: [64, 96] },
  { stride: 64, sizes: [128, 192, 256] },
] as const;
/** What 4.6 multiplies places and widths, and heights with. */
const VARIANCE = [0.1, 0.2] as const;
/** The YuNet of 2023 has none there. */
const WITHOUT_BOXES = 64;
const WIDTHS = { loc: 14, conf: 2, iou: 1 } as const;

/** As much as is used of the engine's own writer of ONNX. */
export interface Graph {
  floats(array: { readonly shape: readonly number[]; readonly data: Float32Array }): string;
  integers(values: readonly number[]): string;
  node(operator: string, inputs: readonly string[], attributes?: { readonly [name: string]: number }): string;
  output(value: string, name: string, shape: readonly number[]): void;
  bytes(): Uint8Array;
}

/** The file of YuNet (2023, 640 px) with these outputs too: two protobuf messages one behind the other are one. */
export function withOlderHeads(yunet: Uint8Array, graph: Graph): Uint8Array {
  const parts: { readonly [head in keyof typeof WIDTHS]: string[] } = { loc: [], conf: [], iou: [] };
  let count = 0;
  for (const { stride, sizes } of ANCHORS) {
    const places = (SIDE / stride) ** 2;
    const anchors = places * sizes.length;
    count += anchors;
    const nothing = (rows: number, width: number) =>
      graph.floats({ shape: [1, rows, width], data: new Float32Array(rows * width) });
    if (stride === WITHOUT_BOXES) {
      for (const head of ['loc', 'conf', 'iou'] as const) parts[head].push(nothing(anchors, WIDTHS[head]));
      continue;
    }
    // As large as what they meet: 4.6 spreads no constants over places.
    const everywhere = (values: readonly number[]) =>
      graph.floats({
        shape: [1, places, values.length],
        data: Float32Array.from({ length: places * values.length }, (_, i) => values[i % values.length]!),
      });
    const flat = (value: string, width: number) => graph.node('Reshape', [value, graph.integers([1, anchors, width])]);
    const others = sizes.length - 1;
    // A place is (1/2 + its anchor's size / stride * variance * loc) strides on; a width is the anchor's size * exp(variance * loc).
    const place = stride / (VARIANCE[0] * sizes[0]);
    const size = Math.log(stride / sizes[0]);
    const points = Array.from({ length: 10 }, () => place);
    const factors = [place, place, 1 / VARIANCE[0], 1 / VARIANCE[1], ...points];
    const shifts = [-place / 2, -place / 2, size / VARIANCE[0], size / VARIANCE[1], ...points.map((one) => -one / 2)];
    const numbers = graph.node('Concat', [`bbox_${stride}`, `kps_${stride}`], { axis: 2 });
    const loc = graph.node('Add', [graph.node('Mul', [numbers, everywhere(factors)]), everywhere(shifts)]);
    parts.loc.push(flat(graph.node('Concat', [loc, nothing(places, 14 * others)], { axis: 2 }), 14));
    const conf = [nothing(places, 1), `cls_${stride}`, nothing(places, 2 * others)];
    parts.conf.push(flat(graph.node('Concat', conf, { axis: 2 }), 2));
    parts.iou.push(flat(graph.node('Concat', [`obj_${stride}`, nothing(places, others)], { axis: 2 }), 1));
  }
  for (const head of ['loc', 'conf', 'iou'] as const)
    graph.output(graph.node('Concat', parts[head], { axis: 1 }), head, [1, count, WIDTHS[head]]);
  return Buffer.concat([yunet, graph.bytes()]);
}
