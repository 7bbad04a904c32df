/** Inner product of two vectors of one length: of unit vectors, the cosine. */
export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** The mean of vectors of one length, not of unit length itself. */
export function meanVector(all: readonly { readonly vector: Float32Array }[]): Float32Array {
  const mean = new Float32Array(all[0]?.vector.length ?? 0);
  for (const { vector } of all) for (let i = 0; i < mean.length; i++) mean[i] = mean[i]! + vector[i]! / all.length;
  return mean;
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
