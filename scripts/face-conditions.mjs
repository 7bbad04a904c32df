// Measures the probes of a protocol of faces, where a data set says nothing of them, and writes its trials with a column each
// for light (mean luma of the face, 0..255), sharpness (fine detail in parts of the contrast; low is blurred) and size (longer
// side of the face, px): the third of the probes that each is in, with its bounds. Then `asignio evaluate --by light`.
// Run after a build: node scripts/face-conditions.mjs --data DIR --trials TRIALS.csv --out OUT.csv [--models FOLDER]
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { decodePgm, defaultModelsFolder, FACE_PACKS } from '../packages/engine/dist/index.js';
import { openPack } from '../packages/engine/dist/modality/face/model/pack.js';
import { observe } from '../packages/engine/dist/modality/face/observe.js';
import { decodePicture } from '../packages/engine/dist/modality/face/preprocess/decode.js';

const MEDIA_TYPES = { jpg: 'image/jpeg', jpeg: 'image/jpeg', png: 'image/png', webp: 'image/webp' };
const WHAT = { light: 0, sharpness: 4, size: 0 };

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    trials: { type: 'string' },
    out: { type: 'string' },
    models: { type: 'string', default: defaultModelsFolder() },
  },
});
if (values.data === undefined || values.trials === undefined || values.out === undefined)
  throw new Error('Give --data, --trials and --out');

const [pack] = FACE_PACKS;
const networks = await openPack(pack, values.models);
const [header, ...rows] = (await readFile(values.trials, 'utf8')).trim().split(/\r?\n/);
const probeOf = (row) => row.split(',')[header.split(',').indexOf('probe')];

const measured = new Map();
for (const probe of new Set(rows.map(probeOf))) measured.set(probe, await measure(probe));

const bounds = Object.fromEntries(
  Object.keys(WHAT).map((what) => {
    const sorted = [...measured.values()].flatMap((one) => one?.[what] ?? []).sort((a, b) => a - b);
    return [what, [1, 2].map((part) => sorted[Math.floor((part * sorted.length) / 3)])];
  }),
);
const lines = rows.map((row) => [row, ...Object.keys(WHAT).map((what) => groupOf(probeOf(row), what))].join(','));
await writeFile(values.out, `${[[header, ...Object.keys(WHAT)].join(','), ...lines].join('\n')}\n`);
const unseen = [...measured.values()].filter((one) => one === undefined).length;
process.stdout.write(`${measured.size} probes measured, in ${unseen} of them no one face was found\n`);

/** `undefined` where there is no one face. */
async function measure(probe) {
  const bytes = await readFile(join(values.data, probe));
  const ending = probe.split('.').at(-1).toLowerCase();
  const sample = ending === 'pgm' ? await decodePgm(bytes) : { mediaType: MEDIA_TYPES[ending], bytes };
  return (await observe(await decodePicture(sample), networks, pack)).seen?.measures;
}

function groupOf(probe, what) {
  const value = measured.get(probe)?.[what];
  if (value === undefined) return 'no face';
  const [low, high] = bounds[what];
  const [from, to] = [low, high].map((bound) => bound.toFixed(WHAT[what]));
  if (value < low) return `1: below ${from}`;
  return value < high ? `2: ${from} to ${to}` : `3: from ${to}`;
}
