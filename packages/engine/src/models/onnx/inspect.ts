// Wire types and field numbers: https://protobuf.dev/programming-guides/encoding/ and onnx.proto.
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;
const MODEL = { graph: 7, functions: 25 } as const;
const GRAPH = { node: 1, initializer: 5 } as const;
const NODE = { attribute: 5 } as const;
const ATTRIBUTE = { graph: 6, graphs: 11 } as const;
const TENSOR = { externalData: 13, dataLocation: 14 } as const;

/**
 * What forbids that an ONNX file is run, or `undefined`: graphs within graphs and functions, by which a file could ask for
 * endless work, and weights in other files, which no hash covers.
 */
export function forbiddenIn(model: Uint8Array): string | undefined {
  try {
    for (const { field, bytes } of fieldsOf(model)) {
      if (field === MODEL.functions) return 'has functions of its own';
      if (field !== MODEL.graph) continue;
      const found = forbiddenInGraph(bytes);
      if (found !== undefined) return found;
    }
    return undefined;
  } catch {
    return 'is no ONNX file';
  }
}

function forbiddenInGraph(graph: Uint8Array): string | undefined {
  for (const { field, bytes } of fieldsOf(graph)) {
    if (field === GRAPH.initializer && has(bytes, [TENSOR.externalData, TENSOR.dataLocation]))
      return 'keeps weights in another file';
    if (field !== GRAPH.node) continue;
    for (const part of fieldsOf(bytes))
      if (part.field === NODE.attribute && has(part.bytes, [ATTRIBUTE.graph, ATTRIBUTE.graphs]))
        return 'has loops or branches';
  }
  return undefined;
}

function has(message: Uint8Array, fields: readonly number[]): boolean {
  for (const { field } of fieldsOf(message)) if (fields.includes(field)) return true;
  return false;
}

interface Field {
  readonly field: number;
  /** Empty where it is a number. */
  readonly bytes: Uint8Array;
}

function* fieldsOf(message: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = (): number => {
    let [value, scale] = [0, 1];
    for (let n = 0; n < 10; n++) {
      const byte = message[at++];
      if (byte === undefined) throw new RangeError('cut short');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    throw new RangeError('too long');
  };
  while (at < message.length) {
    const key = varint();
    const length = lengthOf(key % 8, varint);
    if (length > message.length - at) throw new RangeError('cut short');
    yield { field: Math.floor(key / 8), bytes: message.subarray(at, at + length) };
    at += length;
  }
}

function lengthOf(wire: number, varint: () => number): number {
  switch (wire) {
    case VARINT:
      varint();
      return 0;
    case FIXED64:
      return 8;
    case BYTES:
      return varint();
    case FIXED32:
      return 4;
    default:
      throw new RangeError('of an unknown type');
  }
}
