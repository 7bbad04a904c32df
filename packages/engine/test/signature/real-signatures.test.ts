import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { decodeSvc2004, signatureRunner } from '#src/modality/signature/index.js';
import type { SignatureFeatures, SignatureReference } from '#src/modality/signature/index.js';
import { raw } from './support.ts';

// Real signatures are measured with, never shipped nor fitted to: they lie beside the repository, where they are at all.
const folder = new URL('../../../../../shared/data/signature/', import.meta.url);
const JITTER_UNITS = 5;

/** Most that the equal error rate may be, percent: against skilled forgers and against strangers. */
const LIMITS = [
  { task: 1, protocol: 'p1', skilled: 9, random: 0.3 },
  { task: 1, protocol: 'p2', skilled: 5, random: 0.3 },
  { task: 2, protocol: 'p1', skilled: 9, random: 0.3 },
  { task: 2, protocol: 'p2', skilled: 5.5, random: 0.3 },
] as const;

describe('signatures of real people (SVC2004, where it is at hand)', () => {
  before(function () {
    if (!existsSync(new URL('p1.models.csv', folder))) this.skip();
  });

  for (const { task, protocol, skilled, random } of LIMITS)
    it(`are told from forgeries (task ${task}, ${protocol}) and from recordings of themselves`, function () {
      this.timeout(300_000);
      const read = reader(task);
      const models = new Map<string, string[]>();
      for (const [model = '', sample = ''] of rows(`${protocol}.models.csv`))
        models.set(model, [...(models.get(model) ?? []), sample]);
      const references = new Map(
        [...models].map(([model, samples]) => [model, enrol(samples.map((name) => read(name)))]),
      );
      const scores = { genuine: [] as number[], skilled: [] as number[], random: [] as number[] };
      for (const [model = '', probe = '', , kind = ''] of rows(`${protocol}.trials.csv`)) {
        const compared = signatureRunner.compare(references.get(model)!, read(probe), [])!;
        scores[kind as keyof typeof scores].push(compared.score);
        if (kind === 'genuine') expect(compared.pad.attack, `${probe} taken for a recording`).to.equal(false);
      }
      expect(equalErrorRate(scores.genuine, scores.skilled)).to.be.at.most(skilled);
      expect(equalErrorRate(scores.genuine, scores.random)).to.be.at.most(random);
      for (const [model, samples] of [...models].slice(0, 20))
        for (const name of samples)
          expect(signatureRunner.compare(references.get(model)!, read(name, JITTER_UNITS), [])!.pad.attack).to.equal(
            true,
          );
    });
});

function rows(name: string): string[][] {
  const [, ...lines] = readFileSync(new URL(name, folder), 'utf8').trim().split(/\r?\n/);
  return lines.map((line) => line.split(','));
}

/** Reads and acquires, with uniform jitter of so many units on each coordinate; without jitter, each file once. */
function reader(task: number): (name: string, jitter?: number) => SignatureFeatures {
  const known = new Map<string, SignatureFeatures>();
  let state = task;
  const noise = (most: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return most * (state / 2_147_483_648 - 1);
  };
  return (name, jitter = 0) => {
    const before = jitter === 0 ? known.get(name) : undefined;
    if (before !== undefined) return before;
    const text = readFileSync(new URL(`svc2004-task${task}/${name}`, folder), 'utf8');
    const [count = '', ...points] = text.trim().split(/\r?\n/);
    const moved = points.map((line) => {
      const [x = '', y = '', ...rest] = line.trim().split(/\s+/);
      return [Number(x) + noise(jitter), Number(y) + noise(jitter), ...rest].join(' ');
    });
    const { findings, features } = signatureRunner.acquire(raw(decodeSvc2004([count.trim(), ...moved].join('\n'))));
    if (features === undefined)
      throw new Error(`${name} cannot be acquired: ${findings.map(({ code }) => code).join()}`);
    if (jitter === 0) known.set(name, features);
    return features;
  };
}

function enrol(parts: readonly SignatureFeatures[]): SignatureReference {
  const { reference, findings } = signatureRunner.enrol(parts);
  if (reference === undefined) throw new Error(`Cannot be enrolled: ${findings.map(({ code }) => code).join()}`);
  return reference;
}

/** Percent; one threshold for all, interpolated between the two around the crossing. */
function equalErrorRate(genuine: readonly number[], impostors: readonly number[]): number {
  const ascending = [...genuine].sort((a, b) => a - b);
  const others = [...impostors].sort((a, b) => a - b);
  let [below, beaten] = [0, 0];
  let before: readonly [missed: number, passed: number] = [0, 1];
  for (const threshold of [...new Set([...ascending, ...others])].sort((a, b) => a - b)) {
    while (below < ascending.length && ascending[below]! < threshold) below++;
    while (beaten < others.length && others[beaten]! < threshold) beaten++;
    const [missed, passed] = [below / ascending.length, 1 - beaten / others.length];
    if (missed >= passed) {
      const [above, under] = [before[1] - before[0], missed - passed];
      return 100 * (before[0] + (above / (above + under)) * (missed - before[0]));
    }
    before = [missed, passed];
  }
  return 50;
}
