// Measures synthetic signers and writes packages/engine/src/modality/signature/calibration-table.ts. No person's data is
// in it. Run after a build: node scripts/calibrate-signature.mjs [--people 250] [--seed calibration/1]
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { createSigner } from '../packages/testkit/dist/index.js';
import { distancesTo } from '../packages/engine/dist/modality/signature/model/distances.js';
import { adapt, enrol } from '../packages/engine/dist/modality/signature/model/reference.js';
import { dissimilarity } from '../packages/engine/dist/modality/signature/postprocess/score.js';
import { extractFeatures } from '../packages/engine/dist/modality/signature/preprocess/features.js';
import { assess } from '../packages/engine/dist/modality/signature/preprocess/quality.js';

const { values } = parseArgs({
  options: { people: { type: 'string', default: '250' }, seed: { type: 'string', default: 'calibration/1' } },
});
const people = Number(values.people);
const FORGERIES = 30;
/** Drawings in a reference: one sitting's five, and with later ones added. */
const SIZES = [5, 7, 10];
const RATES = [0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002, 0.0001];

/** Dissimilarities by circumstances: `with/5`, `without/10`, ... */
const measured = new Map();
let refused = 0;
for (const pointerType of ['stylus', 'finger', 'mouse']) for (let i = 0; i < people; i++) measure(pointerType, i);

const withPressure = SIZES.map((samples) => line('with', samples));
const withoutPressure = SIZES.map((samples) => line('without', samples));
const all = [...measured.values()];
const table = {
  provenance: {
    seed: values.seed,
    people: 3 * people - refused,
    genuine: all.reduce((sum, { genuine }) => sum + genuine.length, 0),
    skilled: all.reduce((sum, { skilled }) => sum + skilled.length, 0),
  },
  withPressure,
  withoutPressure,
  thresholds: RATES.map((fmr) => ({ fmr, llr: round(threshold(fmr)) })),
};
await writeFile(
  new URL('../packages/engine/src/modality/signature/calibration-table.ts', import.meta.url),
  `import type { CalibrationTable } from './calibration-types.ts';

/** Made by scripts/calibrate-signature.mjs of synthetic signers; not to be edited. */
export const CALIBRATION: CalibrationTable = ${literal(table)};
`,
);
console.log(JSON.stringify(table, null, 1));
for (const [key, { genuine, skilled }] of measured)
  console.log(key, 'EER %', round(100 * equalErrorRate(genuine, skilled)));

function measure(pointerType, i) {
  const signer = createSigner({ seed: `${values.seed}/${i}`, pointerType });
  const draw = (count, make) =>
    Array.from({ length: count }, (_, seed) => make(seed)).flatMap((sample) =>
      assess(sample).length > 0 ? [] : [extractFeatures(sample)],
    );
  const sittings = [10, 8, 6].map((count, sitting) => draw(count, (seed) => signer.sign({ sitting, seed })));
  const forgeries = ['shape', 'shape-and-timing'].flatMap((skill) =>
    draw(FORGERIES, (seed) => signer.forge({ skill, seed })),
  );
  const enrolled = enrol(sittings[0].slice(0, 5)).reference;
  if (enrolled === undefined) {
    refused++;
    return;
  }
  for (const samples of SIZES) {
    const later = samples - 5;
    const reference = sittings[1].slice(0, later).reduce((sofar, drawing) => adapt(sofar, drawing).reference, enrolled);
    const genuine = [...sittings[0].slice(5), ...sittings[1].slice(later), ...sittings[2]];
    for (const pressure of reference.variation.full === undefined ? [false] : [true, false]) {
      const key = `${pressure ? 'with' : 'without'}/${samples}`;
      const bin = measured.get(key) ?? { genuine: [], skilled: [] };
      measured.set(key, bin);
      const variation = pressure ? reference.variation.full : reference.variation.shape;
      const comparable = (probe) => !pressure || probe.pressure;
      const score = (probe) => dissimilarity(distancesTo(probe, reference.drawings, pressure), variation);
      bin.genuine.push(...genuine.filter(comparable).map(score));
      bin.skilled.push(...forgeries.filter(comparable).map(score));
    }
  }
}

/** Logistic regression with equal priors by Newton's method: llr = offset - slope * dissimilarity. */
function line(pressure, samples) {
  const { genuine, skilled } = measured.get(`${pressure}/${samples}`);
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
  return { samples, offset: round(offset), slope: round(slope) };
}

/** The strictest of the circumstances', so that the rate holds in each. */
function threshold(fmr) {
  return Math.max(
    ...[...measured].map(([key, { skilled }]) => {
      const [pressure, samples] = key.split('/');
      const fit = (pressure === 'with' ? withPressure : withoutPressure).find(
        (candidate) => candidate.samples === Number(samples),
      );
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
