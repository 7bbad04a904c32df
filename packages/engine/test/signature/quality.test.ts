import type { SignatureSample } from '@asignio/contracts';
import { createSigner } from '@asignio/testkit';
import { expect } from 'chai';
import { assess } from '#src/modality/signature/preprocess/quality.js';
import { signatureRunner } from '#src/modality/signature/index.js';
import { copyOf, raw } from './support.ts';

type Curve = (part: number) => readonly [x: number, y: number];

function draw(curve: Curve, { points = 100, seconds = 2 } = {}): SignatureSample {
  const parts = Array.from({ length: points }, (_, i) => i / (points - 1));
  return {
    format: 'asignio-signature/1',
    pointerType: 'finger',
    canvas: { width: 400, height: 400 },
    pixelRatio: 2,
    x: parts.map((part) => curve(part)[0]),
    y: parts.map((part) => curve(part)[1]),
    t: parts.map((part) => part * seconds * 1000),
    pressure: parts.map(() => null),
    pen: parts.map((part) => (part === 1 ? 0 : 1)),
  };
}

const loops: Curve = (part) => [100 + 150 * part + 40 * Math.cos(20 * part), 150 + 60 * Math.sin(20 * part)];
const circle: Curve = (part) => [200 + 80 * Math.cos(6.28 * part), 200 + 80 * Math.sin(6.28 * part)];
const tick: Curve = (part) => (part < 0.3 ? [100 + 200 * part, 100 + 200 * part] : [40 + 400 * part, 214 - 180 * part]);

describe('quality of a drawing', () => {
  it('is good for loops', () => {
    expect(assess(draw(loops))).to.deep.equal([]);
  });

  const cases: Record<string, readonly [code: string, sample: SignatureSample]> = {
    'twelve points': ['TOO_FEW_POINTS', draw(loops, { points: 12 })],
    'a third of a second': ['TOO_SHORT', draw(loops, { seconds: 0.3 })],
    'twenty seconds': ['TOO_LONG', draw(loops, { seconds: 20, points: 400 })],
    'the size of a letter on paper': ['TOO_SMALL', copyOf(draw(loops), { scale: 0.1 })],
    'a line': ['TOO_STRAIGHT', draw((part) => [50 + 200 * part, 60 + 100 * part])],
    'a line there and back': ['TOO_STRAIGHT', draw((part) => [50 + 200 * Math.abs(2 * part - 1), 60])],
    'one spot': ['TOO_SMALL', draw(() => [100, 100])],
    'a circle': ['TOO_SIMPLE', draw(circle)],
    'a tick': ['TOO_SIMPLE', draw(tick)],
  };
  for (const [what, [code, sample]] of Object.entries(cases))
    it(`finds ${code} in ${what}, with a sentence, and makes no features`, () => {
      const { findings, features } = signatureRunner.acquire(raw(sample));
      expect(findings.map((finding) => finding.code)).to.include(`ASIGNIO_QUALITY_${code}`);
      for (const { message } of findings) expect(message).to.match(/^[A-Z].*\.$/);
      expect(features).to.equal(undefined);
    });

  it('does not take a shaky line for a rich one', () => {
    const shaky = draw((part) => [50 + 250 * part, 100 + 30 * Math.sin(3 * part) + 2 * Math.sin(300 * part)]);
    expect(assess(shaky).map(({ code }) => code)).to.deep.equal(['ASIGNIO_QUALITY_TOO_SIMPLE']);
  });

  it('finds nothing wrong with nearly all synthetic signatures', () => {
    const samples = Array.from({ length: 60 }, (_, i) =>
      createSigner({ seed: `quality/${i}`, pointerType: 'finger' }).sign(),
    );
    expect(samples.filter((sample) => assess(sample).length === 0).length).to.be.at.least(56);
  });
});
