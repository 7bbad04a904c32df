import { AsignioError } from '@asignio/contracts';

const KEY_BYTES = 32;

/**
 * Takes a data key away from its owner: the owner's array is overwritten with zeros, and has length 0 afterwards where it has
 * a buffer to itself. It is overwritten first, since V8 keeps an array of up to 64 bytes on its heap until somebody asks for its
 * buffer, and then leaves the bytes there.
 * @throws AsignioError `ASIGNIO_REFERENCE_UNREADABLE` when it is not 32 bytes, as after it was taken once.
 */
export function takeKey(key: Uint8Array): Uint8Array<ArrayBuffer> {
  if (key.byteLength !== KEY_BYTES)
    throw new AsignioError('ASIGNIO_REFERENCE_UNREADABLE', 'The data key is not 32 bytes, or was used before');
  const taken = new Uint8Array(new ArrayBuffer(KEY_BYTES));
  taken.set(key);
  key.fill(0);
  const { buffer } = key;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === KEY_BYTES) structuredClone(buffer, { transfer: [buffer] });
  return taken;
}

/**
 * A copy in a buffer of its own. Posting an array to a worker sends the whole buffer beneath it, and small Buffers share
 * one: without this a worker would receive its neighbours' bytes.
 */
export function ownCopy(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
