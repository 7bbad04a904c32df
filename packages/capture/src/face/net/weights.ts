/** Arrays of 32-bit floats by name. */
export type Weights = (name: string) => Float32Array;

/** One array as it is packed: a byte a weight, `byte * scale + min`. */
interface Entry {
  readonly name: string;
  readonly size: number;
  readonly scale: number;
  readonly min: number;
}

/**
 * Reads packed weights: length of the description (4 bytes, little-endian), the description as JSON, then a byte a weight.
 * @throws RangeError where description and bytes do not match, and for a name that is not there.
 */
export function readWeights(bytes: Uint8Array): Weights {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const entries = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length))) as readonly Entry[];
  const arrays = new Map<string, Float32Array>();
  let at = 4 + length;
  for (const { name, size, scale, min } of entries) {
    arrays.set(
      name,
      Float32Array.from(bytes.subarray(at, at + size), (byte) => byte * scale + min),
    );
    at += size;
  }
  if (at !== bytes.length) throw new RangeError(`The weights have ${bytes.length} bytes and not ${at}`);
  return (name) => {
    const found = arrays.get(name);
    if (found === undefined) throw new RangeError(`There are no weights ${name}`);
    return found;
  };
}
