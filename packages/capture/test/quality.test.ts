import { expect } from 'chai';
import type { SignatureSample } from '#src/sample/format.js';
import { assessSample } from '#src/sample/quality.js';

/** A drawing of so many points along a curve of `u` in 0..1. */
function drawing(count: number, durationMs: number, curve: (u: number) => readonly [number, number]): SignatureSample {
  const points = Array.from({ length: count }, (_, i) => curve(i / (count - 1)));
  return {
    format: 'asignio-signature/1',
    pointerType: 'finger',
    canvas: { width: 320, height: 180 },
    pixelRatio: 1,
    x: points.map(([x]) => x),
    y: points.map(([, y]) => y),
    t: points.map((_, i) => (durationMs * i) / (count - 1)),
    pressure: points.map(() => null),
    pen: points.map((_, i) => (i === count - 1 ? 0 : 1)),
  };
}
const loops = (size: number) => (u: number) => [size * u + size * Math.sin(20 * u), size * Math.cos(20 * u)] as const;

describe('the hints that need no server', () => {
  it('have nothing against a drawing with loops', () => {
    expect(assessSample(drawing(150, 2000, loops(60)))).to.deep.equal([]);
  });

  it('tell of too few points', () => {
    expect(assessSample(drawing(10, 2000, loops(60)))).to.deep.equal(['ASIGNIO_QUALITY_TOO_FEW_POINTS']);
  });

  it('tell of a drawing that is over too soon, or goes on and on', () => {
    expect(assessSample(drawing(60, 300, loops(60)))).to.deep.equal(['ASIGNIO_QUALITY_TOO_SHORT']);
    expect(assessSample(drawing(900, 16_000, loops(60)))).to.deep.equal(['ASIGNIO_QUALITY_TOO_LONG']);
  });

  it('tell of a drawing that is tiny', () => {
    expect(assessSample(drawing(100, 2000, loops(5)))).to.deep.equal(['ASIGNIO_QUALITY_TOO_SMALL']);
  });

  it('tell of a line, in whichever direction', () => {
    for (const turn of [0, 0.4, 1.2, Math.PI / 2, 3])
      expect(
        assessSample(drawing(100, 2000, (u) => [200 * u * Math.cos(turn), 200 * u * Math.sin(turn)])),
        `${turn}`,
      ).to.deep.equal(['ASIGNIO_QUALITY_TOO_STRAIGHT']);
  });

  it('survive a drawing without ink', () => {
    const nothing = { ...drawing(3, 2000, loops(60)), pen: [0, 0, 0] as const };
    expect(assessSample(nothing)).to.deep.equal(['ASIGNIO_QUALITY_TOO_FEW_POINTS']);
  });
});
