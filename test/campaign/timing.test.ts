import { rm } from 'node:fs/promises';
import { expect } from 'chai';
import { createSigner } from '@asignio/testkit';
import { dataFolder, startDemo } from '../support/demo.js';
import { Visitor } from '../support/visitor.js';

const ROUNDS = 40;

/**
 * How well two groups of times can be told apart: the area under the ROC curve, 0.5 for not at all (Mann-Whitney).
 */
function separability(a: readonly number[], b: readonly number[]): number {
  let wins = 0;
  for (const x of a) for (const y of b) wins += x > y ? 1 : x === y ? 0.5 : 0;
  return wins / (a.length * b.length);
}

describe('the time that a refusal takes', () => {
  it('tells nobody whether a subject exists, is enrolled, or failed', async () => {
    const data = await dataFolder();
    const demo = await startDemo(data);
    try {
      const enrolled = new Visitor(demo.url);
      const ada = createSigner({ seed: 'ada' });
      const eve = createSigner({ seed: 'eve' });
      const times: Record<string, number[]> = { enrolled: [], account: [], unknown: [] };
      // A fresh account of each kind a round: five failures would lock one.
      for (let round = 0; round < ROUNDS; round++) {
        await enrolled.form('/account', { name: `ada${round}`, passphrase: 'correct horse battery' });
        await enrolled.consent();
        await enrolled.enrol(() => ada.sign());
        await enrolled.form('/sign-out', {});
        await enrolled.form('/account', { name: `bob${round}`, passphrase: 'correct horse battery' });
        await enrolled.form('/sign-out', {});
        for (const [group, name] of [
          ['enrolled', `ada${round}`],
          ['account', `bob${round}`],
          ['unknown', `nobody${round}`],
        ] as const) {
          const started = performance.now();
          await new Visitor(demo.url).verify(name, eve.sign());
          times[group]?.push(performance.now() - started);
        }
      }
      const pairs = [
        ['enrolled', 'account'],
        ['enrolled', 'unknown'],
        ['account', 'unknown'],
      ] as const;
      for (const [a, b] of pairs) {
        const area = separability(times[a] ?? [], times[b] ?? []);
        console.log(`      ${a} against ${b}: area under the curve ${area.toFixed(2)}`);
        // Within what 40 against 40 can show by chance (standard deviation about 0.065; three of them).
        expect(Math.abs(area - 0.5)).to.be.at.most(0.2);
      }
    } finally {
      await demo.stop();
      await rm(data, { recursive: true, force: true });
    }
  }).timeout(20 * 60_000);
});
