// Draws DET curves of several systems on one data set as SVG, from the scores that `asignio evaluate --scores` writes (or
// training/signature/evaluate.py --scores, for controls that the engine does not have). Skilled forgeries, one threshold,
// 95 % bands by bootstrap over people:
// npm run build && node scripts/det-signature.mjs OUT.svg --title TEXT NAME=SCORES.csv [NAME=SCORES.csv ...]
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { detPlot } from '../packages/asignio/dist/commands/evaluate/det-plot.js';
import { scoreList } from '../packages/asignio/dist/commands/evaluate/error-rates.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    title: { type: 'string', default: 'Signature' },
    kind: { type: 'string', default: 'skilled' },
    seed: { type: 'string', default: '1' },
  },
});
const [out, ...systems] = positionals;
if (systems.length === 0 || !systems.every((system) => system.includes('=')))
  throw new Error('Name a file to write and at least one NAME=SCORES.csv');
/** People by name, numbered as they come. */
const users = new Map();

const comparisons = [];
for (const system of systems) {
  const [name, path] = system.split('=');
  comparisons.push(comparison(name, await readFile(path, 'utf8')));
}
const subtitle = `${values.kind} forgeries, ${users.size} people; circle: equal error rate; shade: 95 % interval of FNMR over people`;
await writeFile(out, detPlot(comparisons, users.size, Number(values.seed), { title: values.title, subtitle }));

function comparison(kind, text) {
  const [header, ...rows] = text.trim().split(/\r?\n/);
  const columns = header.split(',');
  const scored = rows
    .map((row) => Object.fromEntries(row.split(',').map((cell, i) => [columns[i], cell])))
    .filter((row) => row.score !== '' && (row.mated === '1' || row.kind === values.kind))
    .map(({ model, score, mated }) => ({ user: userOf(model), score: Number(score), mated: mated === '1' }));
  const mated = scored.filter((one) => one.mated).length;
  return { kind, list: scoreList(scored), mated, nonMated: scored.length - mated };
}

/** `U3`, `U3d2` and `U3#d2` are one person's. */
function userOf(model) {
  const name = /^[A-Za-z]*\d+/.exec(model)?.[0] ?? model;
  if (!users.has(name)) users.set(name, users.size);
  return users.get(name);
}
