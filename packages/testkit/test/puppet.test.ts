import { drawPortrait, PORTRAIT_EYES, Puppet, type Photo } from '@asignio/testkit';
import { expect } from 'chai';

const SIDE = 480;

/** Every pixel says where it is: red right, green down. */
function map(): Photo {
  const data = new Uint8Array(3 * SIDE * SIDE);
  for (let y = 0; y < SIDE; y++)
    for (let x = 0; x < SIDE; x++)
      data.set([Math.round((255 * x) / SIDE), Math.round((255 * y) / SIDE), 255], 3 * (y * SIDE + x));
  return { width: SIDE, height: SIDE, data };
}

const { x: EYE_X, y: EYE_Y, apart } = PORTRAIT_EYES;
const NOSE_Y = EYE_Y + 0.7 * apart;

describe('a puppet', () => {
  it('shows a flat print as it is when nothing is turned', () => {
    const photo = map();
    const { data } = new Puppet(photo, { eyes: PORTRAIT_EYES, relief: 0 }).show({});
    for (let at = 3 * SIDE * 100 + 300; at < data.length - 3 * SIDE * 100; at += 3_001)
      expect(Math.abs((data[at] ?? 0) - (photo.data[at] ?? 0))).to.be.at.most(2);
  });

  it('moves the nose across the eyes when a head turns, and hardly so when a print does', () => {
    const shift = (relief: number, yaw: number): number => {
      const head = new Puppet(map(), { eyes: PORTRAIT_EYES, relief });
      const at = (x: number, y: number): number => head.place(x, y, { yaw }).x;
      const [left, right] = [at(EYE_X - apart / 2, EYE_Y), at(EYE_X + apart / 2, EYE_Y)];
      return (at(EYE_X, NOSE_Y) - (left + right) / 2) / (right - left);
    };
    expect(shift(1, 20)).to.be.above(0.1);
    expect(shift(1, -20)).to.be.below(-0.1);
    expect(Math.abs(shift(0, 20))).to.be.below(0.04);
  });

  it('turns to its own left: to the right of who looks at it; and lifts its chin upwards', () => {
    const head = new Puppet(map(), { eyes: PORTRAIT_EYES });
    const straight = head.place(EYE_X, NOSE_Y, {});
    expect(head.place(EYE_X, NOSE_Y, { yaw: 20 }).x).to.be.above(straight.x);
    expect(head.place(EYE_X, NOSE_Y, { pitch: 20 }).y).to.be.below(straight.y);
  });

  it('grows when it comes nearer', () => {
    const head = new Puppet(map(), { eyes: PORTRAIT_EYES });
    const apartAt = (near: number): number =>
      head.place(EYE_X + 40, EYE_Y, { near }).x - head.place(EYE_X - 40, EYE_Y, { near }).x;
    expect(apartAt(1.5) / apartAt(1)).to.be.within(1.4, 1.7);
  });
});

describe('a portrait', () => {
  it('is the same for the same seed, another for another, and another with the eyes shut', () => {
    const ada = drawPortrait({ seed: 'ada' });
    expect(drawPortrait({ seed: 'ada' })).to.equal(ada);
    expect(drawPortrait({ seed: 'bea' })).to.not.equal(ada);
    expect(drawPortrait({ seed: 'ada', shut: 1 })).to.not.equal(ada);
  });
});
