import type { FaceFrame } from '@asignio/contracts';

/** `ASFC`, version 1: the format of the contract, which tests hold this to. */
const MAGIC = [0x41, 0x53, 0x46, 0x43, 1] as const;
const ENTRY = 9;
const HASH = 32;

/** Packs frames: magic, count, then step, time and length of each, then the frames themselves. */
export function packFrames(frames: readonly FaceFrame[]): Uint8Array<ArrayBuffer> {
  const start = MAGIC.length + 1 + ENTRY * frames.length;
  const bytes = new Uint8Array(start + frames.reduce((sum, { jpeg }) => sum + jpeg.byteLength, 0));
  const view = new DataView(bytes.buffer);
  bytes.set([...MAGIC, frames.length]);
  let body = start;
  for (const [index, { step, t, jpeg }] of frames.entries()) {
    const at = MAGIC.length + 1 + ENTRY * index;
    view.setUint8(at, step);
    view.setUint32(at + 1, t);
    view.setUint32(at + 5, jpeg.byteLength);
    bytes.set(jpeg, body);
    body += jpeg.byteLength;
  }
  return bytes;
}

/** What a commitment is the SHA-256 of: nonce, number of the step, then time and hash of each frame. */
export function committedBytes(
  nonce: Uint8Array,
  step: number,
  frames: readonly { readonly t: number; readonly sha256: Uint8Array }[],
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(nonce.length + 1 + frames.length * (4 + HASH));
  const view = new DataView(bytes.buffer);
  bytes.set(nonce);
  bytes[nonce.length] = step;
  for (const [index, { t, sha256 }] of frames.entries()) {
    const at = nonce.length + 1 + index * (4 + HASH);
    view.setUint32(at, t);
    bytes.set(sha256, at + 4);
  }
  return bytes;
}
