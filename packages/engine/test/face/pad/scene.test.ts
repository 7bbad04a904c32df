import { PORTRAIT_EYES, PORTRAIT_SIDE } from '@asignio/testkit';
import { expect } from 'chai';
import { sceneLight } from '#src/modality/face/pad/scene.js';
import { act } from './sequence.ts';

describe('the light around a face', () => {
  const landmarks = act(['look-straight']).frames[0]?.face?.landmarks ?? [];
  const side = PORTRAIT_SIDE;
  /** A bright wall, and a face or clothes of another brightness. */
  const picture = (face: number, clothes: number) => {
    const data = new Uint8Array(3 * side * side).fill(140);
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++) {
        const far = Math.hypot(x - PORTRAIT_EYES.x, y - PORTRAIT_EYES.y - 40);
        const value = far < 1.5 * PORTRAIT_EYES.apart ? face : y > PORTRAIT_EYES.y + 180 ? clothes : 140;
        data.fill(value, 3 * (y * side + x), 3 * (y * side + x) + 3);
      }
    return { width: side, height: side, data };
  };

  it('is that of the wall, whatever the face and the clothes are', () => {
    for (const [face, clothes] of [
      [60, 20],
      [200, 250],
    ] as const)
      expect(sceneLight(picture(face, clothes), landmarks)).to.be.closeTo(140, 1);
  });

  it('is not known where the face fills the picture', () => {
    const close = landmarks.map(({ x, y }) => ({
      x: PORTRAIT_EYES.x + 3 * (x - PORTRAIT_EYES.x),
      y: PORTRAIT_EYES.y + 3 * (y - PORTRAIT_EYES.y),
    }));
    expect(sceneLight(picture(90, 90), close)).to.equal(undefined);
  });
});
