import { POINTER_TYPES, SIGNATURE_LIMITS } from '@asignio/contracts';
import type { SignatureSample } from '@asignio/contracts';
import { createSigner, FORGERY_SKILLS } from '@asignio/testkit';
import { expect } from 'chai';

const duration = ({ t }: SignatureSample): number => t.at(-1) ?? 0;
const seeds = Array.from({ length: 25 }, (_, i) => i);

/** The way from the middle to each of 40 equal shares of time, as shares of the size. */
function outline({ x, y, t }: SignatureSample): number[] {
  const rows = Array.from({ length: 40 }, (_, i) => {
    const at = t.findIndex((time) => time >= ((t.at(-1) ?? 0) * i) / 39);
    return [x.at(at) ?? 0, y.at(at) ?? 0] as const;
  });
  const middle = [0, 1].map((axis) => rows.reduce((sum, row) => sum + (row[axis] ?? 0), 0) / rows.length);
  const moved = rows.flatMap((row) => [row[0] - (middle[0] ?? 0), row[1] - (middle[1] ?? 0)]);
  const size = Math.hypot(...moved);
  return moved.map((value) => value / size);
}
const apart = (a: SignatureSample, b: SignatureSample): number => {
  const other = outline(b);
  return Math.hypot(...outline(a).map((value, i) => value - (other[i] ?? 0)));
};
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('synthetic signer', () => {
  it('draws the same again from the same seeds, and something else from others', () => {
    const draw = (seed: string, which: number) => createSigner({ seed }).sign({ sitting: 1, seed: which });
    expect(draw('ada', 1)).to.deep.equal(draw('ada', 1));
    expect(draw('ada', 1)).not.to.deep.equal(draw('ada', 2));
    expect(draw('ada', 1)).not.to.deep.equal(draw('bob', 1));
    const forge = (seed: number) => createSigner({ seed: 'ada' }).forge({ skill: 'shape', seed });
    expect(forge(1)).to.deep.equal(forge(1));
    expect(forge(1)).not.to.deep.equal(forge(2));
  });

  it('goes on to the next drawing and the next forger when no seed is given, in the same order each time', () => {
    const signer = createSigner({ seed: 'next' });
    const drawn = [signer.sign(), signer.sign(), signer.forge({ skill: 'shape' })];
    const again = createSigner({ seed: 'next' });
    expect([again.sign(), again.sign(), again.forge({ skill: 'shape' })]).to.deep.equal(drawn);
    expect(drawn[0]).not.to.deep.equal(drawn[1]);
  });

  for (const pointerType of POINTER_TYPES)
    it(`keeps to the sample format (${pointerType})`, () => {
      for (const seed of seeds) {
        const signer = createSigner({ seed, pointerType });
        for (const sample of [signer.sign(), ...FORGERY_SKILLS.map((skill) => signer.forge({ skill }))]) {
          const { x, y, t, pressure, pen, canvas } = sample;
          expect(sample).to.include({ format: 'asignio-signature/1', pointerType });
          expect(new Set([x, y, t, pressure, pen].map((column) => column.length)).size).to.equal(1);
          expect(x.length).to.be.within(10, SIGNATURE_LIMITS.points);
          expect([...x, ...y, ...t].every(Number.isFinite)).to.equal(true);
          expect(t[0]).to.equal(0);
          expect(t.every((time, i) => time >= (t[i - 1] ?? 0))).to.equal(true);
          expect(pen[0]).to.equal(1);
          expect(pen.at(-1)).to.equal(0);
          expect(Math.max(...x) - Math.min(...x)).to.be.below(2 * canvas.width);
          if (pointerType === 'stylus') expect(new Set(pressure).size).to.be.above(5);
          else expect(new Set(pressure).size).to.equal(1);
        }
      }
    });

  it('draws for half a second to nine', () => {
    for (const seed of seeds) expect(duration(createSigner({ seed }).sign())).to.be.within(400, 9_000);
  });

  it('varies less within a sitting than between sittings, and far less than people differ', () => {
    const within: number[] = [];
    const between: number[] = [];
    const strangers: number[] = [];
    for (const seed of seeds) {
      const signer = createSigner({ seed });
      const first = signer.sign({ sitting: 0, seed: 'a' });
      within.push(apart(first, signer.sign({ sitting: 0, seed: 'b' })));
      between.push(apart(first, signer.sign({ sitting: 1, seed: 'b' })));
      strangers.push(apart(first, createSigner({ seed: seed + 1000 }).sign()));
    }
    expect(mean(within)).to.be.above(0.01);
    expect(mean(within)).to.be.below(mean(between));
    expect(mean(between)).to.be.below(0.6 * mean(strangers));
  });

  it('is forged in shape, and in timing too by those who saw the hand move', () => {
    const misses = { shape: [] as number[], 'shape-and-timing': [] as number[] };
    for (const seed of Array.from({ length: 60 }, (_, i) => i)) {
      const signer = createSigner({ seed });
      const own = signer.sign({ seed: 'own' });
      for (const skill of FORGERY_SKILLS) misses[skill].push(apart(own, signer.forge({ skill })));
    }
    expect(mean(misses['shape-and-timing'])).to.be.below(mean(misses.shape));
    expect(mean(misses.shape)).to.be.below(1.1);
  });
});
