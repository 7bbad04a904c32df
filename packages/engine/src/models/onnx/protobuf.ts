/** Wire types of protocol buffers (https://protobuf.dev/programming-guides/encoding/). */
const VARINT = 0;
const BYTES = 2;
const FIXED32 = 5;

/**
 * Writes one protocol buffer message, field after field. Only what ONNX files need: integers, 32-bit floats, text, bytes
 * and messages within messages.
 * @example
 * ```ts
 * new ProtobufWriter().integer(1, 8).text(2, 'asignio').bytes();
 * ```
 */
export class ProtobufWriter {
  private readonly chunks: Uint8Array[] = [];

  /** @param value a non-negative safe integer */
  integer(field: number, value: number): this {
    return this.push(varint(8 * field + VARINT), varint(value));
  }

  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.push(varint(8 * field + FIXED32), bytes);
  }

  text(field: number, value: string): this {
    return this.raw(field, new TextEncoder().encode(value));
  }

  raw(field: number, value: Uint8Array): this {
    return this.push(varint(8 * field + BYTES), varint(value.byteLength), value);
  }

  message(field: number, value: ProtobufWriter): this {
    return this.raw(field, value.bytes());
  }

  /** All that was written. */
  bytes(): Uint8Array {
    const out = new Uint8Array(this.chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0));
    let at = 0;
    for (const chunk of this.chunks) {
      out.set(chunk, at);
      at += chunk.byteLength;
    }
    return out;
  }

  private push(...chunks: readonly Uint8Array[]): this {
    this.chunks.push(...chunks);
    return this;
  }
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
