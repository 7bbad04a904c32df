import { createHmac } from 'node:crypto';
import type { KeyedTransform } from '../../../modality.ts';
import type { FaceFeatures, FaceReference, FaceTemplate } from '../types.ts';
import { assemble } from './reference.ts';
import { Rotation } from './rotation.ts';

/**
 * What is kept of a face is turned by a rotation that its key chooses (cancelable biometrics, ISO/IEC 24745:2022): cosines
 * under one key are those of the plain vectors, so nothing is lost in accuracy, with the key known to an attacker or not;
 * under two keys they say nothing of each other. Whoever has the key can turn a vector back: that it stays secret is what
 * the vault is for, and that it is another with each enrolment makes what leaked of an earlier one useless.
 */
export const faceTransform: KeyedTransform<FaceFeatures, FaceReference> = {
  features: ({ templates }, key) =>
    turning(key, templates, (rotation) => ({
      templates: templates.map((template) => ({
        ...template,
        vector: rotation.apply(template.vector),
        digest: createHmac('sha256', key).update(template.digest).digest().subarray(0, template.digest.length),
      })),
    })),
  // What a digest was made of is not known any more; a copy of a picture still shows by its vector.
  reference: ({ templates, anchors, established }, from, to) =>
    turning(from, templates, (back) =>
      turning(to, templates, (on) => {
        const turned = templates.map((template) => {
          const plain = back.undo(template.vector);
          const vector = on.apply(plain);
          plain.fill(0);
          return { ...template, vector };
        });
        return assemble(turned, anchors, established);
      }),
    ),
};

function turning<T>(key: Uint8Array, templates: readonly FaceTemplate[], use: (rotation: Rotation) => T): T {
  const rotation = new Rotation(key, templates[0]?.vector.length ?? 1);
  try {
    return use(rotation);
  } finally {
    rotation.wipe();
  }
}
