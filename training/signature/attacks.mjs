// Attacks on the signature models of the engine, on synthetic victims: replays, hill climbing on accept or reject, a generator that is given the shape.
//   npm run build && node training/signature/attacks.mjs [--victims 60] [--fmr 0.02] [--out attacks.json]
// Success means: the score reaches the operating point, and presentation attack detection saw nothing ("after PAD").
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { networkRunner, signatureRunner } from '../../packages/engine/dist/modality/signature/index.js';
import { NETWORK_FACTS, SIGNATURE_FACTS } from '../../packages/engine/dist/modality/signature/facts.js';
import { createSigner } from '../../packages/testkit/dist/index.js';

const { values } = parseArgs({
  options: {
    victims: { type: 'string', default: '60' },
    fmr: { type: 'string', default: '0.02' },
    out: { type: 'string', default: '' },
  },
});
/** Attempts before the first delay, and what a patient attacker gets in a day or so of delays. */
const ATTEMPTS = [1, 5, 50];
const MODELS = {
  classical: { runner: signatureRunner, threshold: SIGNATURE_FACTS.threshold(Number(values.fmr)) },
  network: { runner: networkRunner, threshold: NETWORK_FACTS.threshold(Number(values.fmr)) },
};

let state = 1;
const uniform = (from = 0, to = 1) => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return from + ((to - from) * state) / 4_294_967_296;
};
const normal = () => Math.sqrt(-2 * Math.log(uniform() + 1e-12)) * Math.cos(2 * Math.PI * uniform());
const raw = (sample) => ({
  mediaType: SIGNATURE_FACTS.mediaTypes[0],
  bytes: new TextEncoder().encode(JSON.stringify({ ...sample, x: shifted(sample.x), y: shifted(sample.y), t: sample.t.map((v) => Math.round(v * 100) / 100) })),
});
/** Into the canvas: copies may lie anywhere. */
function shifted(column) {
  const least = column.reduce((a, b) => Math.min(a, b), Infinity);
  return column.map((value) => Math.round((value - least + 20) * 100) / 100);
}
const size = ({ x, y }) => {
  const deviation = (c) => Math.sqrt(c.reduce((s, v) => s + (v - c.reduce((a, b) => a + b, 0) / c.length) ** 2, 0) / c.length);
  return Math.hypot(deviation(x), deviation(y));
};
const large = (sample) => ({ ...sample, canvas: { width: 10_000, height: 10_000 } });

// -- replays: a recording of an enrolled drawing, changed ------------------------------------------------------------------------------------
const jitter = (share) => (sample) => {
  const s = share * size(sample);
  return { ...sample, x: sample.x.map((v) => v + s * normal()), y: sample.y.map((v) => v + s * normal()) };
};
const smooth = (count, every) => {
  const knots = Array.from({ length: Math.ceil(count / every) + 2 }, normal);
  return Array.from({ length: count }, (_, i) => {
    const k = Math.floor(i / every), w = (i % every) / every, u = w * w * (3 - 2 * w);
    return knots[k] * (1 - u) + knots[k + 1] * u;
  });
};
const warp = (share) => (sample) => {
  const bend = smooth(sample.t.length, 12);
  let now = 0;
  return { ...sample, t: sample.t.map((t, i) => (i === 0 ? 0 : (now += (t - sample.t[i - 1]) * Math.exp(share * bend[i])))) };
};
const bend = (share) => (sample) => {
  const s = share * size(sample), bx = smooth(sample.x.length, 15), by = smooth(sample.y.length, 15);
  return { ...sample, x: sample.x.map((v, i) => v + s * bx[i]), y: sample.y.map((v, i) => v + s * by[i]) };
};
const affine = (sample) => {
  const a = 0.25 * normal() * 0.5, k = Math.exp(0.1 * normal()), sh = 0.15 * normal(), c = Math.cos(a), d = Math.sin(a);
  return { ...sample, x: sample.x.map((v, i) => k * (c * v - d * sample.y[i]) + sh * sample.y[i]), y: sample.x.map((v, i) => (d * v + c * sample.y[i]) / k) };
};
const resampled = (step) => (sample) => {
  const out = { t: [], x: [], y: [], pressure: [], pen: [] };
  let next = 0;
  for (let i = 0; i < sample.t.length; i++)
    if (sample.t[i] >= next || sample.pen[i] === 0 || i === 0) {
      for (const name of Object.keys(out)) out[name].push(sample[name][i]);
      next = sample.t[i] + step;
    }
  return { ...sample, ...out };
};
const chain = (...changes) => (sample) => changes.reduce((now, change) => change(now), sample);
const REPLAYS = {
  'as recorded': (sample) => sample,
  'jitter 1 %': jitter(0.01),
  'jitter 3 %': jitter(0.03),
  'time bent 20 %': warp(0.2),
  'time bent 40 %': warp(0.4),
  'thinned to 50 Hz': resampled(19),
  'turned, sheared, scaled': affine,
  'all of these, mild': chain(affine, warp(0.2), resampled(14), jitter(0.01)),
  'line bent 5 %': bend(0.05),
  'line bent 10 %, time bent 20 %': chain(bend(0.1), warp(0.2)),
};

// -- a generator that is given the shape: the line of one drawing, at a speed that follows curvature (two-thirds power law), duration guessed ----
function drawn(sample, duration) {
  const n = sample.x.length, s = size(sample);
  const bent = bend(uniform(0.02, 0.06))(sample);
  const speed = Array.from({ length: n }, (_, i) => {
    const a = Math.max(0, i - 3), b = Math.min(n - 1, i + 3);
    const [ux, uy, vx, vy] = [bent.x[i] - bent.x[a], bent.y[i] - bent.y[a], bent.x[b] - bent.x[i], bent.y[b] - bent.y[i]];
    const turn = Math.abs(Math.atan2(ux * vy - uy * vx, ux * vx + uy * vy)), length = Math.hypot(ux, uy) + Math.hypot(vx, vy) + 0.01 * s;
    return (turn / (length / s) + 0.3) ** (-1 / 3);
  });
  const steps = bent.x.map((x, i) => (i === 0 ? 0 : Math.hypot(x - bent.x[i - 1], bent.y[i] - bent.y[i - 1]) / s / speed[i] + 0.002));
  const total = steps.reduce((a, b) => a + b, 0);
  let now = 0;
  return warp(0.15)({ ...bent, t: steps.map((step) => (now += (step * duration) / total)), pressure: smooth(n, 20).map((v, i) => (sample.pressure[i] === null ? null : Math.min(1, Math.max(0.01, 0.5 + 0.12 * v)))) });
}

const count = Number(values.victims);
const result = Object.fromEntries(Object.keys(MODELS).map((model) => [model, {}]));
const add = (model, attack, tries) => {
  const row = (result[model][attack] ??= { people: 0, tries: 0, byScore: 0, afterPad: 0, within: Object.fromEntries(ATTEMPTS.map((a) => [a, 0])) });
  row.people++;
  row.tries += tries.length;
  row.byScore += tries.filter(({ score }) => score).length;
  const passed = tries.map(({ score, attack: seen }) => score && !seen);
  row.afterPad += passed.filter(Boolean).length;
  for (const a of ATTEMPTS) if (passed.slice(0, a).includes(true)) row.within[a]++;
};
const unsuccessful = { score: false, attack: false };

for (let v = 0; v < count; v++) {
  const pointerType = v % 3 === 2 ? 'finger' : 'stylus';
  const victim = createSigner({ seed: `attack/${v}`, pointerType });
  for (const [model, { runner, threshold }] of Object.entries(MODELS)) {
    state = v + 1;
    const acquire = (sample) => runner.acquire(raw(large(sample))).features;
    const samples = [];
    for (let seed = 0; samples.length < 5 && seed < 30; seed++) {
      const sample = victim.sign({ sitting: 0, seed });
      if (acquire(sample) !== undefined) samples.push(sample);
    }
    const { reference } = runner.enrol(samples.map(acquire));
    if (reference === undefined) continue;
    const attempt = (sample) => {
      const probe = acquire(sample);
      if (probe === undefined) return unsuccessful;
      const { score, pad } = runner.compare(reference, probe, []);
      return { score: score >= threshold, attack: pad.attack };
    };
    for (const [name, change] of Object.entries(REPLAYS)) add(model, `replay: ${name}`, samples.map((sample) => attempt(change(sample))));
    add(model, 'genuine, another sitting', [0, 1, 2, 3, 4].map((seed) => attempt(victim.sign({ sitting: 1, seed }))));
    for (const skill of ['shape', 'shape-and-timing'])
      add(model, `forger, ${skill}`, Array.from({ length: 50 }, (_, seed) => attempt(victim.forge({ skill, seed }))));
    const seen = victim.sign({ sitting: 1, seed: 'seen' });
    add(model, 'generator with the shape', Array.from({ length: 50 }, () => attempt(drawn(seen, uniform(800, 3200)))));
    // The same, climbing: only accept or reject is seen, so the best that can be done is to try durations one after the other and keep what passed.
    add(model, 'generator with shape and duration', Array.from({ length: 50 }, () => attempt(drawn(seen, seen.t.at(-1) * uniform(0.9, 1.1)))));
    add(model, 'hill climbing from strangers', climb(attempt, pointerType, v));
  }
}

/** Strangers' drawings, each bent at random: without a score to follow every attempt is a new guess until one passes; then it would climb. */
function climb(attempt, pointerType, v) {
  return Array.from({ length: 50 }, (_, k) => {
    const stranger = createSigner({ seed: `climber/${v}/${k % 10}`, pointerType }).sign({ seed: k });
    return attempt(k < 10 ? stranger : chain(bend(0.3), warp(0.3), affine)(stranger));
  });
}

const percent = (part, of) => `${((100 * part) / of).toFixed(1)}`;
for (const [model, attacks] of Object.entries(result)) {
  console.log(`\n${model}, threshold ${MODELS[model].threshold.toFixed(2)} (skilled FMR ${values.fmr})`);
  for (const [name, row] of Object.entries(attacks))
    console.log(
      `  ${name.padEnd(36)} passes by score ${percent(row.byScore, row.tries).padStart(5)} %, after PAD ${percent(row.afterPad, row.tries).padStart(5)} %; people who fall within ` +
        ATTEMPTS.map((a) => `${a}: ${percent(row.within[a], row.people)} %`).join(', '),
    );
}
if (values.out) writeFileSync(values.out, JSON.stringify({ fmr: Number(values.fmr), result }, null, 1));
