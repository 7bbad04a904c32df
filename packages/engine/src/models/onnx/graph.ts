import { ProtobufWriter } from './protobuf.ts';

/** An array of 32-bit floats with its shape. */
export interface FloatArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export type Attribute = number | string | readonly number[];

/** A dimension: its size, or the name of one that is free. */
export type Dimension = number | string;

// Numbers of onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
const IR_VERSION = 8;
const OPSET = 13;
const FLOAT = 1;
const INT64 = 7;
const ATTRIBUTE = { integer: 2, text: 3, integers: 7 } as const;

/**
 * Builds an ONNX model: 32-bit floats, opset 13, tensors as batch, channels, rows, columns. The same calls always give the
 * same bytes, so that a model can be known by its hash.
 * @example
 * ```ts
 * const graph = new OnnxGraph('double');
 * const x = graph.input('x', ['n', 2]);
 * graph.output(graph.node('Add', [x, x]), 'y', ['n', 2]);
 * graph.bytes();
 * ```
 */
export class OnnxGraph {
  private readonly graph: ProtobufWriter;
  private readonly name: string;
  private values = 0;

  constructor(name: string) {
    this.name = name;
    this.graph = new ProtobufWriter();
  }

  input(name: string, shape: readonly Dimension[]): string {
    this.graph.message(11, valueInfo(name, shape));
    return name;
  }

  /** Names a value as an output. */
  output(value: string, name: string, shape: readonly Dimension[]): void {
    this.operator('Identity', [value], name, {});
    this.graph.message(12, valueInfo(name, shape));
  }

  /** Weights. */
  floats({ shape, data }: FloatArray): string {
    const bytes = new Uint8Array(4 * data.length);
    const view = new DataView(bytes.buffer);
    for (const [i, value] of data.entries()) view.setFloat32(4 * i, value, true);
    return this.tensor(FLOAT, shape, bytes);
  }

  /** A list of integers, as shapes and paddings are. */
  integers(values: readonly number[]): string {
    const bytes = new Uint8Array(8 * values.length);
    const view = new DataView(bytes.buffer);
    for (const [i, value] of values.entries()) view.setBigInt64(8 * i, BigInt(value), true);
    return this.tensor(INT64, [values.length], bytes);
  }

  /** One operator with one output. @returns the output's name */
  node(operator: string, inputs: readonly string[], attributes: { readonly [name: string]: Attribute } = {}): string {
    const output = this.next();
    this.operator(operator, inputs, output, attributes);
    return output;
  }

  /** The model file. */
  bytes(): Uint8Array {
    this.graph.text(2, this.name);
    const opset = new ProtobufWriter().text(1, '').integer(2, OPSET);
    return new ProtobufWriter()
      .integer(1, IR_VERSION)
      .text(2, 'asignio')
      .message(7, this.graph)
      .message(8, opset)
      .bytes();
  }

  private operator(
    operator: string,
    inputs: readonly string[],
    output: string,
    attributes: { readonly [name: string]: Attribute },
  ): void {
    const node = new ProtobufWriter();
    for (const input of inputs) node.text(1, input);
    node.text(2, output).text(4, operator);
    for (const [name, value] of Object.entries(attributes)) node.message(5, attribute(name, value));
    this.graph.message(1, node);
  }

  private tensor(type: number, shape: readonly number[], bytes: Uint8Array): string {
    const name = this.next();
    const tensor = new ProtobufWriter();
    for (const size of shape) tensor.integer(1, size);
    this.graph.message(5, tensor.integer(2, type).text(8, name).raw(9, bytes));
    return name;
  }

  private next(): string {
    this.values++;
    return `v${this.values}`;
  }
}

function attribute(name: string, value: Attribute): ProtobufWriter {
  const writer = new ProtobufWriter().text(1, name);
  if (typeof value === 'number') return writer.integer(3, value).integer(20, ATTRIBUTE.integer);
  if (typeof value === 'string') return writer.text(4, value).integer(20, ATTRIBUTE.text);
  for (const one of value) writer.integer(8, one);
  return writer.integer(20, ATTRIBUTE.integers);
}

function valueInfo(name: string, shape: readonly Dimension[]): ProtobufWriter {
  const dimensions = new ProtobufWriter();
  for (const size of shape)
    dimensions.message(
      1,
      typeof size === 'number' ? new ProtobufWriter().integer(1, size) : new ProtobufWriter().text(2, size),
    );
  const tensor = new ProtobufWriter().integer(1, FLOAT).message(2, dimensions);
  return new ProtobufWriter().text(1, name).message(2, new ProtobufWriter().message(1, tensor));
}
