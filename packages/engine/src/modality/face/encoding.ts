import { AsignioError } from '@asignio/contracts';
import { assemble, MOST_TEMPLATES } from './model/reference.ts';
import type { FaceFeatures, FaceReference, FaceTemplate } from './types.ts';

/**
 * Bytes of features and references. Head: kind, version, the network's tag (4 bytes), count, anchors, flags; then each
 * template: quality (float), digest (16 bytes), vector (floats). Little-endian.
 */
const FEATURES = 0xfa;
const REFERENCE = 0xfb;
const VERSION = 1;
const HEAD = 12;
const DIGEST = 16;
const ESTABLISHED = 1;

/** What makes and reads the bytes of one network's vectors. */
export interface FaceCodec {
  encodeFeatures(features: FaceFeatures): Uint8Array;
  decodeFeatures(bytes: Uint8Array): FaceFeatures;
  encodeReference(reference: FaceReference): Uint8Array;
  decodeReference(bytes: Uint8Array): FaceReference;
}

/**
 * @param tag of the network: what another one made cannot be read, for it can be compared with nothing of this one's
 * @param dimensions of a vector
 */
export function faceCodec(tag: number, dimensions: number): FaceCodec {
  const each = 4 + DIGEST + 4 * dimensions;

  const write = (kind: number, templates: readonly FaceTemplate[], anchors: number, flags: number): Uint8Array => {
    const bytes = new Uint8Array(HEAD + each * templates.length);
    const view = new DataView(bytes.buffer);
    bytes.set([kind, VERSION, templates.length, anchors, flags]);
    view.setUint32(8, tag, true);
    for (const [i, { vector, quality, digest }] of templates.entries()) {
      const at = HEAD + each * i;
      view.setFloat32(at, quality, true);
      bytes.set(digest, at + 4);
      for (const [j, value] of vector.entries()) view.setFloat32(at + 4 + DIGEST + 4 * j, value, true);
    }
    return bytes;
  };

  const read = (bytes: Uint8Array, kind: number) => {
    check(bytes.byteLength >= HEAD);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const [ofKind, version, count = 0, anchors = 0, flags = 0] = bytes;
    check(ofKind === kind && version === VERSION && view.getUint32(8, true) === tag);
    check(bytes[5] === 0 && bytes[6] === 0 && bytes[7] === 0);
    check(count >= 1 && count <= MOST_TEMPLATES && bytes.byteLength === HEAD + each * count);
    const templates = Array.from({ length: count }, (_, i) => {
      const at = HEAD + each * i;
      const vector = Float32Array.from({ length: dimensions }, (__, j) =>
        view.getFloat32(at + 4 + DIGEST + 4 * j, true),
      );
      const quality = view.getFloat32(at, true);
      const square = vector.reduce((sum, value) => sum + value * value, 0);
      check(Math.abs(square - 1) < 1e-3 && quality >= 0 && quality <= 1);
      return { vector, quality, digest: bytes.slice(at + 4, at + 4 + DIGEST) };
    });
    return { templates, anchors, flags };
  };

  return {
    encodeFeatures: ({ templates }) => write(FEATURES, templates, 0, 0),
    decodeFeatures(bytes) {
      const { templates, anchors, flags } = read(bytes, FEATURES);
      check(anchors === 0 && flags === 0);
      return { templates };
    },
    encodeReference: ({ templates, anchors, established }) =>
      write(REFERENCE, templates, anchors, established ? ESTABLISHED : 0),
    decodeReference(bytes) {
      const { templates, anchors, flags } = read(bytes, REFERENCE);
      check(anchors >= 1 && anchors <= templates.length && (flags & ~ESTABLISHED) === 0);
      return assemble(templates, anchors, flags === ESTABLISHED);
    },
  };
}

function check(holds: boolean): void {
  if (!holds) throw new AsignioError('ASIGNIO_REFERENCE_UNREADABLE');
}
