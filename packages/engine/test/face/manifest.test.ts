import { expect } from 'chai';
import { checkFacePack } from '#src/models/manifest.js';
import { FACE_PACKS } from '#src/models/packs/index.js';
import { NPM_PACK } from '#src/models/packs/npm.js';
import { refusal } from './support.ts';

/** A pack as JSON, to be spoiled: a path with points, and what to put there. */
function spoiled(path: string, value: unknown): object {
  const pack = structuredClone(NPM_PACK) as unknown as Record<string, unknown>;
  const keys = path.split('.');
  let at = pack;
  for (const key of keys.slice(0, -1)) at = at[key] as Record<string, unknown>;
  at[keys.at(-1)!] = value;
  return pack;
}

describe('the manifest of a face pack', () => {
  for (const pack of FACE_PACKS)
    it(`is in order for ${pack.name}, also when it was written to a file`, () => {
      expect(checkFacePack(JSON.parse(JSON.stringify(pack)))).to.deep.equal(pack);
    });

  const wrong: readonly (readonly [field: string, value: unknown])[] = [
    ['format', 'asignio-face-pack/2'],
    ['name', '../etc'],
    ['files.embedder.sha256', 'abc'],
    ['files.embedder.bytes', -1],
    ['files.embedder.name', '../../x'],
    ['files.embedder.source', { url: 'http://example.org/x.onnx' }],
    ['detector.file', '__proto__'],
    ['detector.kind', 'haar'],
    ['landmarks.file', undefined],
    ['aligner.template', [[1, 2]]],
    ['embedder.side', 100_000],
    ['embedder.std', [1, 0, 1]],
    ['embedder.dimensions', 1.5],
    ['calibration.mated.deviation', 0],
    ['calibration.mated', 7],
    ['pad', { kind: 'minifasnet', members: [{ file: 'detector', scale: 2 }], threshold: 7 }],
  ];
  for (const [field, value] of wrong)
    it(`is refused for its ${field}, by name`, () => {
      expect(() => checkFacePack(spoiled(field, value)))
        .to.throw(field)
        .with.property('code', 'ASIGNIO_MODEL_INVALID');
    });

  it('is refused where its ratio would fall as the cosine grows', () => {
    expect(() => checkFacePack(spoiled('calibration.mated', { mean: 0.1, deviation: 0.01 }))).to.throw('calibration');
  });

  it('is refused where it is no manifest', async () => {
    for (const value of [undefined, null, 7, 'npm', [], {}])
      expect(await refusal(() => checkFacePack(value))).to.equal('ASIGNIO_MODEL_INVALID');
  });
});
