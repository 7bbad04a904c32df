import { expect } from 'chai';
import fc from 'fast-check';
import type { TakenFrame } from '#src/face/burst.js';
import { Watch, type PenTime } from '#src/face/watch.js';

const PERIOD = 180;
const picture = (at: number): TakenFrame => ({ at, jpeg: new Uint8Array(4).fill(1), sha256: new Uint8Array(32) });
const wiped = ({ jpeg }: TakenFrame): boolean => jpeg.every((byte) => byte === 0);

/** Somebody who waits, draws, and waits again before they say that they are done. */
function watched(waits: number, draws: number, rests: number) {
  const watch = new Watch();
  const all: TakenFrame[] = [];
  for (let at = 0; at <= waits + draws + rests; at += PERIOD) {
    const pen: PenTime | undefined = at < waits ? undefined : { from: waits, to: Math.min(at, waits + draws) };
    const frame = picture(at);
    all.push(frame);
    watch.add(frame, pen);
  }
  return { watch, all };
}

describe('pictures of somebody who draws', () => {
  it('lie all along the drawing, however long it takes: no more than a step may have, the first and the newest among them', () => {
    const ms = (max: number) => fc.integer({ min: 0, max });
    fc.assert(
      fc.property(ms(20_000), fc.integer({ min: 600, max: 20_000 }), ms(15_000), (waits, draws, rests) => {
        const { watch, all } = watched(waits, draws, rests);
        const taken = watch.take();
        expect(taken.length).to.be.within(3, 10);
        expect(taken[0]).to.equal(all[0]);
        expect(taken.at(-1)).to.equal(all.at(-1));
        const times = taken.map(({ at }) => at);
        expect(times).to.deep.equal(times.toSorted((a, b) => a - b));
        // As the server counts them: within the drawing and a little around it.
        const within = times.filter((at) => at >= waits - 800 && at <= waits + draws + 800);
        expect(within.length).to.be.at.least(3);
        const along = [waits, ...within.map((at) => Math.min(waits + draws, Math.max(waits, at))), waits + draws];
        const gaps = along.slice(1).map((at, i) => at - (along[i] ?? 0));
        expect(Math.max(...gaps)).to.be.at.most(Math.max(1_800, draws / 3));
        for (const frame of all) expect(wiped(frame)).to.equal(!taken.includes(frame));
      }),
      { numRuns: 500 },
    );
  });

  it('of a drawing that was thrown away go with it', () => {
    const { watch, all } = watched(1_000, 2_000, 0);
    const anew = picture(9_000);
    watch.add(anew, undefined);
    expect(watch.take()).to.deep.equal([all[0], anew]);
    for (const frame of all.slice(1)) expect(wiped(frame)).to.equal(true);
  });

  it('are overwritten when they are forgotten', () => {
    const { watch, all } = watched(1_000, 2_000, 4_000);
    watch.clear();
    expect(watch.count).to.equal(0);
    expect(all.every(wiped)).to.equal(true);
  });
});
