import { AsignioError } from '@asignio/contracts';

const KEY_BYTES = 32;

/**
 * Takes a data key away from its owner: the owner's array has length 0 afterwards. An array that is part of a larger
 * buffer cannot be detached without its neighbours; it is copied and overwritten with zeros.
 * @throws AsignioError `ASIGNIO_REFERENCE_UNREADABLE` when it is not 32 bytes, as after it was taken once.
 */
export function takeKey(key: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteLength } = key;
  if (byteLength !== KEY_BYTES)
    throw new AsignioError('ASIGNIO_REFERENCE_UNREADABLE', 'The data key is not 32 bytes, or was used before');
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength)
    return new Uint8Array(structuredClone(buffer, { transfer: [buffer] }));
  const taken = new Uint8Array(key);
  key.fill(0);
  return taken;
}

/**
 * A copy in a buffer of its own. Posting an array to a worker sends the whole buffer beneath it, and small Buffers share
 * one: without this a worker would receive its neighbours' bytes.
 */
export function ownCopy(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
