import { expect } from 'chai';
import * as fc from 'fast-check';
import {
  certificateClaims,
  destroyedCounts,
  DESTRUCTION_STEPS,
  destructionPlan,
  isComplete,
  nextStep,
  stepDone,
} from '@asignio/policy';
import type { DestructionFacts, DestructionPlan } from '@asignio/policy';
import { ADA, codeOf, NOW, TENANT } from './support/fixtures.js';

const FACTS: DestructionFacts = {
  id: 'erasure:1',
  tenant: TENANT,
  pseudonym: ADA,
  scope: 'all',
  reason: 'written-request',
  startedAt: NOW,
  completedAt: NOW + 1000,
  counts: { keys: 2, references: 1 },
};

function finish(plan: DestructionPlan, destroyed = 1): DestructionPlan {
  const step = nextStep(plan);
  return step === undefined ? plan : finish(stepDone(plan, step, destroyed), destroyed);
}

describe('destruction', () => {
  it('R9: takes keys first, so that nothing opens from the first step on', () => {
    for (const scope of ['all', 'signature', 'face', 'voice'] as const)
      expect(nextStep(destructionPlan(scope))).to.equal('keys');
  });

  it('R9: of a person takes everything; of one modality leaves what is of the person as a whole', () => {
    expect(destructionPlan('all').steps.map(({ step }) => step)).to.deep.equal([...DESTRUCTION_STEPS]);
    expect(destructionPlan('signature').steps.map(({ step }) => step)).to.deep.equal([
      'keys',
      'references',
      'probes',
      'parts',
      'ceremonies',
    ]);
  });

  it('R9: is complete when every step is done, and certifies nothing before', () => {
    const begun = stepDone(destructionPlan('all'), 'keys', 3);
    expect(isComplete(begun)).to.equal(false);
    expect(codeOf(() => destroyedCounts(begun))).to.equal('ASIGNIO_INTERNAL');
    const done = finish(begun);
    expect(isComplete(done)).to.equal(true);
    expect(destroyedCounts(done)).to.include({ keys: 3, references: 1, subject: 1 });
  });

  it('R9: a step told again after a crash changes nothing, and none is skipped', () => {
    const begun = stepDone(destructionPlan('all'), 'keys', 3);
    expect(stepDone(begun, 'keys', 0)).to.equal(begun);
    expect(codeOf(() => stepDone(begun, 'probes', 1))).to.equal('ASIGNIO_INTERNAL');
    for (const count of [-1, 0.5, NaN])
      expect(codeOf(() => stepDone(begun, 'references', count))).to.equal('ASIGNIO_INTERNAL');
    expect(codeOf(() => stepDone(destructionPlan('voice'), 'evidence', 1))).to.equal('ASIGNIO_INTERNAL');
  });

  it('R9: interrupted and resumed anywhere, any number of times, ends with the same certificate', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...DESTRUCTION_STEPS), { maxLength: 60 }), (told) => {
        let plan = destructionPlan('all');
        for (const step of told) {
          const isNext = step === nextStep(plan);
          const isDone = plan.steps.some((entry) => entry.step === step && entry.done);
          if (isNext || isDone) plan = JSON.parse(JSON.stringify(stepDone(plan, step, 1))) as DestructionPlan;
        }
        expect(destroyedCounts(finish(plan))).to.deep.equal(destroyedCounts(finish(destructionPlan('all'))));
      }),
    );
  });

  it('R9: the certificate names what was destroyed, why and when, and whose by pseudonym alone', () => {
    const claims = certificateClaims(FACTS);
    expect(claims).to.deep.include({
      id: 'erasure:1',
      tenant: TENANT,
      subject: ADA,
      scope: 'all',
      reason: 'written-request',
      startedAt: '2026-06-15T12:00:00.000Z',
      completedAt: '2026-06-15T12:00:01.000Z',
      destroyed: { keys: 2, references: 1 },
    });
    expect(JSON.parse(JSON.stringify(claims))).to.deep.equal(claims);
  });

  it('R9: no certificate names a person by what the host calls them', () => {
    for (const pseudonym of ['ada', 'ada@example.test', 'Ada Lovelace, born 1815', '', `${ADA}x`])
      expect(codeOf(() => certificateClaims({ ...FACTS, pseudonym }))).to.equal('ASIGNIO_ID_INVALID');
  });

  it('R9: a certificate does not end before it began, and counts in whole numbers', () => {
    expect(certificateClaims({ ...FACTS, completedAt: NOW - 1 }).completedAt).to.equal(iso(NOW));
    for (const keys of [-1, NaN, 0.5])
      expect(codeOf(() => certificateClaims({ ...FACTS, counts: { keys } }))).to.equal('ASIGNIO_INTERNAL');
  });
});

function iso(at: number): string {
  return new Date(at).toISOString();
}
