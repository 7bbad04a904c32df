import type { Modality } from '@asignio/contracts';
import { DEFAULT_PROFILES, FACE_PROFILES } from '@asignio/core';
import type { AssuranceProfile } from '@asignio/core';
import { expect } from 'chai';
import fc from 'fast-check';
import { Assurance } from '#src/assurance.js';
import type { Evidence } from '#src/assurance.js';
import { codeOf, makeSystem } from './harness.js';

/** ln(1 / FMR), as a calibrated score is. */
const engine = {
  threshold: (_modality: Modality, fmr: number) => -Math.log(fmr),
  claims: () => ({ falseMatch: null, pad: null }),
  model: () => ({ name: 'fake', version: '1.0.0' }),
};
const PROFILES = [...DEFAULT_PROFILES, ...FACE_PROFILES];
const assurance = new Assurance({
  profiles: PROFILES,
  engine,
  evidence: [],
  attempts: { free: 5, delay: 30_000, disableAt: 50 },
  clock: { now: () => 0 },
});
const FUSED = PROFILES.find(({ fused }) => fused !== undefined) as AssuranceProfile;
const NEEDED = -Math.log(FUSED.fmr);
const FLOOR = -Math.log(FUSED.fused?.floor ?? 1);

const both = (signature: number, face: number): readonly Evidence[] => [
  { modality: 'signature', score: signature, attack: false },
  { modality: 'face', score: face, attack: false },
];
const decision = (evidence: readonly Evidence[]) => assurance.decide(FUSED.name, evidence).decision;

describe('signature and face together', () => {
  it('are accepted by what they say together, where neither would be enough', () => {
    const half = NEEDED / 2;
    expect(decision(both(half, half))).to.equal('accepted');
    expect(decision(both(half - 0.01, half))).to.equal('rejected');
    expect(assurance.decide(FUSED.name, both(half, half)).satisfied)
      .to.include(FUSED.name)
      .and.not.include('face');
  });

  it('are rejected when one speaks against the person, however sure the other is', () => {
    expect(decision(both(FLOOR - 0.01, 50))).to.equal('rejected');
    expect(decision(both(50, FLOOR - 0.01))).to.equal('rejected');
    expect(decision(both(50, FLOOR + 0.01))).to.equal('accepted');
  });

  it('need both: one that is missing, or no number, or an attack never accepts', () => {
    expect(decision([{ modality: 'signature', score: 50, attack: false }])).to.equal('rejected');
    expect(decision(both(50, Number.NaN))).to.equal('rejected');
    expect(decision(both(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY))).to.equal('rejected');
    const missing = [...both(50, 50).slice(0, 1), { modality: 'face', attack: false, reason: 'not-acquired' } as const];
    expect(decision(missing)).to.equal('inconclusive');
    const attacked = both(50, 50).map((item) => ({ ...item, attack: item.modality === 'face' }));
    expect(decision(attacked)).to.equal('rejected');
  });

  it('decide the same in whichever order the evidence comes, and never worse for a higher score', () => {
    const score = fc.double({ min: -30, max: 30, noNaN: true });
    fc.assert(
      fc.property(score, score, fc.double({ min: 0, max: 10, noNaN: true }), (signature, face, more) => {
        const evidence = both(signature, face);
        expect(decision(evidence.toReversed())).to.equal(decision(evidence));
        if (decision(evidence) === 'accepted') expect(decision(both(signature + more, face))).to.equal('accepted');
      }),
    );
  });

  it('let others through no more often than the profile says, where the scores are calibrated', () => {
    // Two normal distributions a distance apart are calibrated by construction: non-mated N(-d/2, d), mated N(d/2, d).
    let seed = 1;
    const uniform = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    const other = (d: number): number =>
      -d / 2 + Math.sqrt(d) * Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
    const count = 200_000;
    let accepted = 0;
    for (let i = 0; i < count; i++) if (decision(both(other(6), other(9))) === 'accepted') accepted++;
    expect(accepted / count).to.be.at.most(FUSED.fmr);
  });

  it('decide nothing where one sitting was asked for and they were made one after the other', () => {
    const [, , together] = FACE_PROFILES as readonly [AssuranceProfile, AssuranceProfile, AssuranceProfile];
    const beside = { modality: 'signature', prompt: 'sign', most: 1 } as const;
    const plan = { first: 'a', pool: ['a', 'b'], draws: 1, stepMs: { least: 1, most: 2 }, tries: 1, beside };
    const strict = new Assurance({
      profiles: PROFILES,
      engine: { ...engine, prompts: (modality) => (modality === 'face' ? plan : null) },
      evidence: [],
      attempts: { free: 5, delay: 30_000, disableAt: 50 },
      clock: { now: () => 0 },
    });
    const sure = both(50, 50);
    const apart = strict.decide(together.name, sure);
    expect(apart).to.deep.include({ decision: 'inconclusive', reasons: ['ASIGNIO_TOGETHER_REQUIRED'], satisfied: [] });
    expect(strict.decide(FUSED.name, sure).satisfied).to.not.include(together.name);
    expect(strict.decide(together.name, sure, true).satisfied).to.include.members([together.name, FUSED.name]);
    expect(strict.decide(together.name, both(-50, 50), true).decision).to.equal('rejected');
    // With an engine in which nothing looks on nobody satisfies it.
    expect(assurance.decide(together.name, sure, true).decision).to.equal('rejected');
  });

  for (const [what, profile] of [
    ['that is made in one sitting, of one factor', { fused: undefined, together: true, factors: ['face'] }],
    ['that is made in one sitting, or not', { together: false }],
    ['of one factor', { factors: ['face'] }],
    ['with a floor that is no floor', { fused: { floor: FUSED.fmr } }],
  ] as const)
    it(`is refused as a profile ${what}`, async () => {
      const made = makeSystem({ assurance: [...DEFAULT_PROFILES, { ...FUSED, ...profile } as AssuranceProfile] });
      expect(await codeOf(made)).to.equal('ASIGNIO_OPTION_INVALID');
    });
});
