import { expect } from 'chai';
import fc from 'fast-check';
import { NIB, inkOf } from '#src/ink/stroke.js';
import { fit, toFrame } from '#src/ink/view.js';
import type { InkPoint } from '#src/sample/recorder.js';

const point = (x: number, y: number, t: number, pen: 0 | 1 = 1, pressure: number | null = null): InkPoint => ({
  x,
  y,
  t,
  pen,
  pressure,
});
const walk = (count: number, step: number): readonly InkPoint[] =>
  Array.from({ length: count }, (_, i) => point(i * step, Math.sin(i) * 10, i * 10, i === count - 1 ? 0 : 1));
const meanWidth = (points: readonly InkPoint[]): number => {
  const widths = inkOf(points).map(({ width }) => width);
  return widths.reduce((sum, width) => sum + width, 0) / widths.length;
};

describe('ink', () => {
  it('is thinner where the pen is faster', () => {
    expect(meanWidth(walk(40, 20))).to.be.below(meanWidth(walk(40, 1)));
  });

  it('is thicker where the pen is pressed harder', () => {
    const pressed = (pressure: number): readonly InkPoint[] =>
      walk(40, 5).map((each) => ({ ...each, pressure: each.pen === 1 ? pressure : 0 }));
    expect(meanWidth(pressed(0.9))).to.be.above(meanWidth(pressed(0.1)));
  });

  it('shows a dot for a tap', () => {
    const [dot] = inkOf([point(5, 6, 0), point(5, 6, 40, 0)]);
    expect(dot).to.include({ x0: 5, y0: 6, x1: 5, y1: 6 });
  });

  it('reaches the last point at once, and does not join strokes', () => {
    const ink = inkOf([point(0, 0, 0), point(10, 0, 10), point(20, 0, 20)]);
    expect(ink.at(-1)).to.include({ x1: 20, y1: 0 });
    const two = inkOf([point(0, 0, 0), point(10, 0, 10, 0), point(100, 0, 50), point(110, 0, 60, 0)]);
    expect(two.some(({ x0, x1 }) => x0 < 50 && x1 > 50)).to.equal(false);
  });

  it('is one unbroken line a stroke, of a width within the nib', () => {
    const xy = fc.double({ min: -500, max: 500, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(xy, xy), { minLength: 2, maxLength: 50 }), (path) => {
        const ink = inkOf(path.map(([x, y], i) => point(x, y, i * 8, i === path.length - 1 ? 0 : 1)));
        for (const [i, { x0, y0, width }] of ink.entries()) {
          expect(width).to.be.within(NIB.thin, NIB.thick);
          const before = ink[i - 1];
          if (before !== undefined) expect(Math.hypot(x0 - before.x1, y0 - before.y1)).to.be.below(1e-6);
        }
      }),
    );
  });
});

describe('a drawing on a surface that was turned', () => {
  it('keeps its proportions, centred', () => {
    expect(fit({ width: 300, height: 200 }, { width: 600, height: 200 })).to.deep.equal({ scale: 1, dx: 150, dy: 0 });
    expect(fit({ width: 300, height: 200 }, { width: 150, height: 200 })).to.deep.equal({ scale: 0.5, dx: 0, dy: 50 });
  });

  it('takes new points into the frame it began in', () => {
    const view = fit({ width: 300, height: 200 }, { width: 150, height: 200 });
    expect(toFrame(view, 75, 100)).to.deep.equal({ x: 150, y: 100 });
  });

  it('does not divide by a surface that has no size', () => {
    expect(fit({ width: 0, height: 0 }, { width: 100, height: 100 })).to.deep.equal({ scale: 1, dx: 0, dy: 0 });
    expect(fit({ width: 100, height: 100 }, { width: 0, height: 0 })).to.deep.equal({ scale: 1, dx: 0, dy: 0 });
  });
});
