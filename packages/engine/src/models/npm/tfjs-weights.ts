import type { FloatArray } from '../onnx/graph.ts';

/** One array in a TensorFlow.js weights manifest. */
export interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization?: { readonly dtype: string; readonly scale?: number; readonly min?: number };
}

/** Arrays of weights by name. 32-bit integers (shapes, paddings) are held as floats too: they are small. */
export class Weights {
  private readonly arrays: ReadonlyMap<string, FloatArray>;

  /**
   * Reads the arrays one after another, dequantised as `q * scale + min`.
   * @throws Error for a type that is unknown, and where the bytes are not used up to the last.
   */
  constructor(specs: readonly WeightSpec[], bytes: Uint8Array) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const arrays = new Map<string, FloatArray>();
    let at = 0;
    for (const { name, shape, dtype, quantization } of specs) {
      const { size, read } = readerOf(quantization?.dtype ?? dtype);
      const { scale = 1, min = 0 } = quantization ?? {};
      const data = new Float32Array(shape.reduce((product, one) => product * one, 1));
      for (let i = 0; i < data.length; i++) data[i] = read(view, at + i * size) * scale + min;
      at += data.length * size;
      arrays.set(name, { shape, data });
    }
    if (at !== bytes.byteLength) throw new Error(`The weights have ${bytes.byteLength} bytes and not ${at}`);
    this.arrays = arrays;
  }

  /** @throws Error where there is none of this name. */
  get(name: string): FloatArray {
    const found = this.arrays.get(name);
    if (found === undefined) throw new Error(`There are no weights ${name}`);
    return found;
  }

  has(name: string): boolean {
    return this.arrays.has(name);
  }
}

interface Reader {
  readonly size: number;
  readonly read: (view: DataView, at: number) => number;
}

function readerOf(dtype: string): Reader {
  switch (dtype) {
    case 'float32':
      return { size: 4, read: (view, at) => view.getFloat32(at, true) };
    case 'int32':
      return { size: 4, read: (view, at) => view.getInt32(at, true) };
    case 'uint8':
      return { size: 1, read: (view, at) => view.getUint8(at) };
    case 'uint16':
      return { size: 2, read: (view, at) => view.getUint16(at, true) };
    case 'float16':
      return { size: 2, read: (view, at) => half(view.getUint16(at, true)) };
    default:
      throw new Error(`Weights of type ${dtype} cannot be read`);
  }
}

/** A 16-bit float (IEEE 754 binary16). */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
