// Measures synthetic signers and writes packages/engine/src/modality/signature/calibration-table.ts and
// network-calibration-table.ts. No person's data is in them. Run after a build, and after each change of the network:
// node scripts/calibrate-signature.mjs [--people 250] [--seed calibration/1]
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { createSigner } from '../packages/testkit/dist/index.js';
import { distancesTo } from '../packages/engine/dist/modality/signature/model/distances.js';
import { adapt, enrol } from '../packages/engine/dist/modality/signature/model/reference.js';
import { embed } from '../packages/engine/dist/modality/signature/model/network.js';
import { dissimilarity, fuse } from '../packages/engine/dist/modality/signature/postprocess/score.js';
import { extract } from '../packages/engine/dist/modality/signature/preprocess/features.js';
import { assess } from '../packages/engine/dist/modality/signature/preprocess/quality.js';

const { values } = parseArgs({
  options: { people: { type: 'string', default: '250' }, seed: { type: 'string', default: 'calibration/1' } },
});
const people = Number(values.people);
const FORGERIES = 30;
/** Drawings in a reference: one sitting's five, and with later ones added. */
const SIZES = [5, 7, 10];
const RATES = [0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002, 0.0001];

const MODELS = {
  classical: { file: 'calibration-table.ts', name: 'CALIBRATION' },
  network: { file: 'network-calibration-table.ts', name: 'NETWORK_CALIBRATION' },
};

/** Dissimilarities by model and circumstances: `classical/with/5`, `network/without/10`, ... */
const measured = new Map();
/** Distances by probe, view and drawing. */
const aligned = new WeakMap();
let refused = 0;
for (const pointerType of ['stylus', 'finger', 'mouse']) for (let i = 0; i < people; i++) measure(pointerType, i);

for (const [model, { file, name }] of Object.entries(MODELS)) {
  const bins = [...measured].filter(([key]) => key.startsWith(`${model}/`));
  const all = bins.map(([, bin]) => bin);
  const withPressure = SIZES.map((samples) => line(`${model}/with/${samples}`));
  const withoutPressure = SIZES.map((samples) => line(`${model}/without/${samples}`));
  const table = {
    provenance: {
      seed: values.seed,
      people: 3 * people - refused,
      genuine: all.reduce((sum, { genuine }) => sum + genuine.length, 0),
      skilled: all.reduce((sum, { skilled }) => sum + skilled.length, 0),
    },
    withPressure,
    withoutPressure,
    thresholds: RATES.map((fmr) => ({ fmr, llr: round(threshold(bins, fmr)) })),
  };
  await writeFile(
    new URL(`../packages/engine/src/modality/signature/${file}`, import.meta.url),
    `import type { CalibrationTable } from './calibration-types.ts';

/** Made by scripts/calibrate-signature.mjs of synthetic signers; not to be edited. */
export const ${name}: CalibrationTable = ${literal(table)};
`,
  );
  console.log(name, JSON.stringify(table, null, 1));
  for (const [key, { genuine, skilled }] of bins)
    console.log(key, 'EER %', round(100 * equalErrorRate(genuine, skilled)));
}

function measure(pointerType, i) {
  const signer = createSigner({ seed: `${values.seed}/${i}`, pointerType });
  const draw = (count, make) =>
    Array.from({ length: count }, (_, seed) => make(seed)).filter((sample) => assess(sample).length === 0);
  const drawn = {
    sittings: [10, 8, 6].map((count, sitting) => draw(count, (seed) => signer.sign({ sitting, seed }))),
    forgeries: ['shape', 'shape-and-timing'].flatMap((skill) =>
      draw(FORGERIES, (seed) => signer.forge({ skill, seed })),
    ),
  };
  const asDrawn = features(drawn, (sample) => sample);
  const pressure = asDrawn.sittings[0].every((drawing) => drawing.pressure);
  const views = pressure
    ? [asDrawn, features(drawn, (sample) => ({ ...sample, pressure: sample.pressure.map(() => null) }))]
    : [asDrawn];
  if (views.map(compareAll).includes(false)) refused++;
}

/** What the engine keeps of each drawing. */
function features({ sittings, forgeries }, change) {
  const of = (sample) => {
    const { features: kept, input } = extract(change(sample));
    return { ...kept, embedding: embed(input) };
  };
  return { sittings: sittings.map((sitting) => sitting.map(of)), forgeries: forgeries.map(of) };
}

/** As `distancesTo`, each pair aligned once: drawings of the smaller references are those of the larger ones. */
function distances(probe, drawings, view) {
  const seen = aligned.get(probe) ?? new Map();
  aligned.set(probe, seen);
  const known = seen.get(view) ?? new Map();
  seen.set(view, known);
  const others = drawings.filter((drawing) => !known.has(drawing));
  if (others.length > 0)
    for (const [i, distance] of distancesTo(probe, others, view).entries()) known.set(others[i], distance);
  return drawings.map((drawing) => known.get(drawing));
}

/** Adds a person's dissimilarities under both models; `false` where no reference can be made. */
function compareAll({ sittings, forgeries }) {
  const enrolled = enrol(sittings[0].slice(0, 5)).reference;
  if (enrolled === undefined) return false;
  for (const samples of SIZES) {
    const later = samples - 5;
    const reference = sittings[1].slice(0, later).reduce((sofar, drawing) => adapt(sofar, drawing).reference, enrolled);
    const { pressure, drawings, variation } = reference;
    const genuine = [...sittings[0].slice(5), ...sittings[1].slice(later), ...sittings[2]];
    const comparable = (probe) => probe.pressure === pressure;
    const classical = (probe) =>
      dissimilarity(
        distances(probe, drawings, pressure ? 'full' : 'shape'),
        pressure ? variation.full : variation.shape,
      );
    const network = (probe) => {
      const to = (view) => distances(probe, drawings, view);
      return fuse({ shape: to('shape'), full: pressure ? to('full') : undefined, network: to('network') }, variation);
    };
    for (const [model, score] of Object.entries({ classical, network })) {
      const key = `${model}/${pressure ? 'with' : 'without'}/${samples}`;
      const bin = measured.get(key) ?? { genuine: [], skilled: [] };
      measured.set(key, bin);
      bin.genuine.push(...genuine.filter(comparable).map(score));
      bin.skilled.push(...forgeries.filter(comparable).map(score));
    }
  }
  return true;
}

/** Logistic regression with equal priors by Newton's method: llr = offset - slope * dissimilarity. */
function line(key) {
  const { genuine, skilled } = measured.get(key);
  let offset = 0;
  let slope = 1;
  for (let iteration = 0; iteration < 50; iteration++) {
    const gradient = [0, 0];
    const hessian = [0, 0, 0];
    for (const [scores, target] of [
      [genuine, 1],
      [skilled, 0],
    ]) {
      for (const score of scores) {
        const probability = 1 / (1 + Math.exp(slope * score - offset));
        const error = (target - probability) / scores.length;
        const weight = (probability * (1 - probability)) / scores.length;
        gradient[0] += error;
        gradient[1] -= error * score;
        hessian[0] += weight;
        hessian[1] -= weight * score;
        hessian[2] += weight * score * score;
      }
    }
    const determinant = hessian[0] * hessian[2] - hessian[1] ** 2;
    offset += (hessian[2] * gradient[0] - hessian[1] * gradient[1]) / determinant;
    slope += (hessian[0] * gradient[1] - hessian[1] * gradient[0]) / determinant;
  }
  return { samples: Number(key.split('/')[2]), offset: round(offset), slope: round(slope) };
}

/** The strictest of the circumstances', so that the rate holds in each. */
function threshold(bins, fmr) {
  return Math.max(
    ...bins.map(([key, { skilled }]) => {
      const fit = line(key);
      const ascending = skilled.toSorted((a, b) => a - b);
      return fit.offset - fit.slope * ascending[Math.floor(fmr * ascending.length)];
    }),
  );
}

function equalErrorRate(genuine, skilled) {
  const mated = genuine.toSorted((a, b) => a - b);
  const others = skilled.toSorted((a, b) => a - b);
  let below = 0;
  for (const [i, score] of mated.entries()) {
    while (below < others.length && others[below] <= score) below++;
    if (below / others.length >= 1 - (i + 1) / mated.length) return below / others.length;
  }
  return 1;
}

function round(value) {
  return Math.round(value * 1e4) / 1e4;
}

/** As TypeScript that the formatter leaves alone. */
function literal({ provenance, withPressure: some, withoutPressure: none, thresholds }) {
  const entries = (record) =>
    Object.entries(record)
      .map(([key, value]) => `${key}: ${typeof value === 'string' ? `'${value}'` : value}`)
      .join(', ');
  const list = (rows) => `[\n${rows.map((row) => `    { ${entries(row)} },\n`).join('')}  ]`;
  return `{
  provenance: { ${entries(provenance)} },
  withPressure: ${list(some)},
  withoutPressure: ${list(none)},
  thresholds: ${list(thresholds)},
}`;
}
