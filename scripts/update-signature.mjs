// What a reference gains when accepted drawings of a later sitting are added to it, on synthetic people: enrolled in a first
// sitting, signing in during a second, measured in a third and against forgers.
//   npm run build && node scripts/update-signature.mjs [--people 60] [--seed update/1] [--model classical]
import { parseArgs } from 'node:util';
import { NETWORK_FACTS, SIGNATURE_FACTS } from '../packages/engine/dist/modality/signature/facts.js';
import { networkRunner, signatureRunner } from '../packages/engine/dist/modality/signature/index.js';
import { assemble } from '../packages/engine/dist/modality/signature/model/reference.js';
import { createSigner } from '../packages/testkit/dist/index.js';

const { values } = parseArgs({
  options: {
    people: { type: 'string', default: '60' },
    seed: { type: 'string', default: 'update/1' },
    model: { type: 'string', default: 'classical' },
  },
});
const { runner, facts } =
  values.model === 'network'
    ? { runner: networkRunner, facts: NETWORK_FACTS }
    : { runner: signatureRunner, facts: SIGNATURE_FACTS };
const POINTERS = ['stylus', 'finger', 'stylus', 'finger', 'mouse'];
const ACCEPTED = facts.threshold(0.02);
/** From here on a drawing may be added by what ships (STRONG_FMR in the core's verification). */
const STRONG = facts.threshold(0.001);
const ATTEMPTS = 5;

const replaceOldest = (reference, probe) => assemble([...reference.drawings.slice(1), probe], 0, true);
const add = (reference, probe) => runner.adapt(reference, probe).reference;
/** How a drawing of the second sitting changes the reference: from which score on, how many at most, how. */
const POLICIES = {
  none: { most: 0, from: STRONG, change: add },
  'add one, strongly accepted (ships)': { most: 1, from: STRONG, change: add },
  'add up to five, strongly accepted': { most: 5, from: STRONG, change: add },
  'add one, accepted': { most: 1, from: ACCEPTED, change: add },
  'add up to five, accepted': { most: 5, from: ACCEPTED, change: add },
  'oldest replaced, once, strongly accepted': { most: 1, from: STRONG, change: replaceOldest },
  'oldest replaced, each strongly accepted': { most: 5, from: STRONG, change: replaceOldest },
  'oldest replaced, each accepted': { most: 5, from: ACCEPTED, change: replaceOldest },
};
const results = Object.fromEntries(
  Object.keys(POLICIES).map((name) => [name, { genuine: [], skilled: [], added: 0, gone: [] }]),
);
let people = 0;
let stolen = 0;

for (let i = 0; i < Number(values.people); i++) measure(i);

console.log(
  `${people} people, ${values.model}; a forger is strongly accepted within ${ATTEMPTS} attempts at ${stolen} of them`,
);
console.log(
  'policy | drawings added | EER | FNMR, FMR at the operating point | changed references alone: EER before -> after'.replaceAll(
    ' | ',
    '\t',
  ),
);
for (const [name, { genuine, skilled, added, gone }] of Object.entries(results)) {
  const before = pooled(gone, 'before');
  const after = pooled(gone, 'after');
  const alone = gone.length === 0 ? '-' : `${rate(eer(...before))} -> ${rate(eer(...after))} (${gone.length} people)`;
  console.log(
    [
      name,
      (added / people).toFixed(2),
      rate(eer(genuine, skilled)),
      rate(share(genuine, (s) => s < ACCEPTED)),
      rate(share(skilled, (s) => s >= ACCEPTED)),
      alone,
    ].join('\t'),
  );
}

function measure(i) {
  const signer = createSigner({ seed: `${values.seed}/${i}`, pointerType: POINTERS[i % POINTERS.length] });
  const drawn = (count, make) =>
    Array.from({ length: count }, (_, seed) => runner.acquire(raw(make(seed)))).flatMap(
      ({ features }) => features ?? [],
    );
  const [first, second, third] = [5, 5, 8].map((count, sitting) =>
    drawn(count, (seed) => signer.sign({ sitting, seed })),
  );
  const forged = ['shape', 'shape-and-timing'].flatMap((skill) => drawn(15, (seed) => signer.forge({ skill, seed })));
  const enrolled = first.length < 5 ? undefined : runner.enrol(first).reference;
  if (enrolled === undefined) return;
  people++;
  if (forged.slice(-ATTEMPTS).some((drawing) => passes(enrolled, drawing, STRONG))) stolen++;
  const scores = (reference, probes) => probes.map((probe) => runner.compare(reference, probe, []).score);
  const plain = { genuine: scores(enrolled, third), skilled: scores(enrolled, forged) };
  for (const [name, { most, from, change }] of Object.entries(POLICIES)) {
    let reference = enrolled;
    let added = 0;
    for (const probe of second)
      if (added < most && passes(reference, probe, from)) {
        reference = change(reference, probe);
        added++;
      }
    const now = added === 0 ? plain : { genuine: scores(reference, third), skilled: scores(reference, forged) };
    const result = results[name];
    result.genuine.push(...now.genuine);
    result.skilled.push(...now.skilled);
    result.added += added;
    if (added > 0) result.gone.push({ before: plain, after: now });
  }
}

function passes(reference, probe, threshold) {
  const { score, pad } = runner.compare(reference, probe, []);
  return score >= threshold && !pad.attack;
}

function pooled(gone, when) {
  return ['genuine', 'skilled'].map((kind) => gone.flatMap((person) => person[when][kind]));
}

function raw(sample) {
  return { mediaType: SIGNATURE_FACTS.mediaTypes[0], bytes: new TextEncoder().encode(JSON.stringify(sample)) };
}

function share(list, test) {
  return list.filter(test).length / list.length;
}

function eer(genuine, skilled) {
  const mated = genuine.toSorted((a, b) => b - a);
  const others = skilled.toSorted((a, b) => b - a);
  let above = 0;
  for (const [i, score] of mated.entries()) {
    while (above < others.length && others[above] >= score) above++;
    if (above / others.length >= 1 - (i + 1) / mated.length) return above / others.length;
  }
  return 1;
}

function rate(value) {
  return (100 * value).toFixed(1);
}
