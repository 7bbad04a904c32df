// Signatures of the testkit's signers, as JSON lines: a second generator beside signer.py, written apart from it.
//   npm run build && node training/signature/testkit.mjs OUT.jsonl [--people 200] [--first 0] [--seed select/1] [--sittings 10,5,5] [--forgeries 16]
import { openSync, writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { assess } from '../../packages/engine/dist/modality/signature/preprocess/quality.js';
import { createSigner } from '../../packages/testkit/dist/index.js';

const { values, positionals: [out] } = parseArgs({
  allowPositionals: true,
  options: {
    people: { type: 'string', default: '200' },
    first: { type: 'string', default: '0' },
    seed: { type: 'string', default: 'select/1' },
    sittings: { type: 'string', default: '10,5,5' },
    forgeries: { type: 'string', default: '16' },
  },
});
const POINTERS = ['stylus', 'stylus', 'finger', 'stylus', 'finger', 'stylus', 'finger', 'stylus', 'finger', 'mouse'];
const SKILLS = ['shape', 'shape-and-timing'];
const file = openSync(out, 'w');
const first = Number(values.first);
for (let i = first; i < first + Number(values.people); i++) {
  const pointerType = POINTERS[i % POINTERS.length];
  const signer = createSigner({ seed: `${values.seed}/${i}`, pointerType });
  const good = (many, make) =>
    Array.from({ length: many }, (_, k) => make(k))
      .filter((sample) => assess(sample).length === 0)
      .map(({ t, x, y, pressure, pen }) => ({ t, x, y, p: pressure, pen }));
  const counts = values.sittings.split(',').map(Number);
  const sittings = counts.map((many, sitting) => good(many, (k) => signer.sign({ sitting, seed: k })));
  const forgeries = good(Number(values.forgeries), (k) => signer.forge({ skill: SKILLS[k % 2], seed: k }));
  // Those who cannot be enrolled five times and verified twice are left out.
  if (sittings[0].length < 6 || sittings[1].length < 2 || forgeries.length < 5) continue;
  writeSync(file, `${JSON.stringify({ pointerType, sittings, forgeries })}\n`);
}
