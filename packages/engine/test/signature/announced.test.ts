import { createHash } from 'node:crypto';
import { SIGNATURE_MEDIA_TYPE, type BesideSample } from '@asignio/contracts';
import { createSigner } from '@asignio/testkit';
import { expect } from 'chai';
import { signatureRunner } from '#src/modality/signature/index.js';

describe('a drawing that was announced before it was sent', () => {
  const drawing = createSigner({ seed: 'announced', pointerType: 'finger' }).sign({ sitting: 0, seed: 'one' });
  const bytes = Buffer.from(JSON.stringify(drawing));
  const length = Math.round(drawing.t.at(-1) ?? 0);
  const announced: BesideSample = {
    sha256: createHash('sha256').update(bytes).digest('base64url'),
    from: 4_000,
    to: 4_000 + length,
  };
  const acquired = (beside: BesideSample, sent = bytes) =>
    signatureRunner.acquire({ mediaType: SIGNATURE_MEDIA_TYPE, bytes: sent }, { nonce: '', steps: [], beside });

  it('is taken when it is that one', () => {
    const { features, pad } = acquired(announced);
    expect(features).to.not.equal(undefined);
    expect(pad).to.equal(undefined);
  });

  it('is an attack when another one is sent, or it was longer or shorter than was said', () => {
    const other = Buffer.from(JSON.stringify({ ...drawing, pixelRatio: 1.25 }));
    for (const { pad } of [
      acquired(announced, other),
      acquired({ ...announced, to: announced.to + 400 }),
      acquired({ ...announced, to: announced.to - 400 }),
    ])
      expect(pad).to.deep.equal({ attack: true, species: 'uncommitted' });
  });
});
