import { expect } from 'chai';
import * as fc from 'fast-check';
import { MODALITIES } from '@asignio/contracts';
import type { Modality } from '@asignio/contracts';
import { checkHold, checkReviewDate, claimMeets, claims, claimsAll, claimUnder, scopesMeet } from '@asignio/policy';
import type { HoldTerms, Scope } from '@asignio/policy';
import { codeOf, NOW } from './support/fixtures.js';

const DAY = 86_400_000;
const TERMS: HoldTerms = {
  authority: 'Circuit Court of Cook County',
  reference: '2026-L-001234',
  scope: 'all',
  reviewAt: NOW + 90 * DAY,
};
const SCOPES: readonly Scope[] = ['all', ...MODALITIES];
const scope = fc.constantFrom(...SCOPES);
const holds = fc.array(scope, { maxLength: 4 });

describe('a legal hold', () => {
  it('R8: names authority, reference, scope and a review date', () => {
    for (const one of SCOPES) expect(() => checkHold({ ...TERMS, scope: one }, NOW)).to.not.throw();
  });

  const wrong: Record<string, unknown> = {
    'without authority': { ...TERMS, authority: '' },
    'of an authority that cannot be read': { ...TERMS, authority: ' \u202E' },
    'of an authority that is no text': { ...TERMS, authority: ['court'] },
    'without reference': { ...TERMS, reference: undefined },
    'with a reference of many lines': { ...TERMS, reference: 'a\nb' },
    'without scope': { ...TERMS, scope: undefined },
    'over a modality that there is not': { ...TERMS, scope: 'gait' },
    'without review date': { ...TERMS, reviewAt: undefined },
    'whose review date is now': { ...TERMS, reviewAt: NOW },
    'whose review date is past': { ...TERMS, reviewAt: NOW - DAY },
    'whose review date is no time': { ...TERMS, reviewAt: NaN },
    'whose review date is never': { ...TERMS, reviewAt: Infinity },
    'whose review date is in three years': { ...TERMS, reviewAt: NOW + 3 * 366 * DAY },
    'that is nothing': null,
  };
  for (const [name, terms] of Object.entries(wrong))
    it(`R8: ${name} is refused`, () => {
      expect(codeOf(() => checkHold(terms as HoldTerms, NOW))).to.equal('ASIGNIO_HOLD_INVALID');
    });

  it('R8: is looked at again at a date in the future', () => {
    expect(() => checkReviewDate(NOW + 1, NOW)).to.not.throw();
    expect(codeOf(() => checkReviewDate(NOW, NOW))).to.equal('ASIGNIO_HOLD_INVALID');
  });
});

describe('what a destruction takes while there are holds', () => {
  const claimed = (of: Scope, stand: readonly Scope[], rest: readonly Modality[] | null = null) =>
    claimUnder(of, stand, rest);

  it('R8: nothing of what any hold keeps', () => {
    fc.assert(
      fc.property(scope, holds, (of, stand) => {
        const claim = claimed(of, stand);
        for (const hold of stand) if (claim !== undefined) expect(claimMeets(claim, hold)).to.equal(false);
      }),
    );
  });

  it('R6: all that no hold keeps, so that a hold on one modality keeps no other', () => {
    fc.assert(
      fc.property(holds, (stand) => {
        const claim = claimed('all', stand);
        const isKept = (modality: Modality | null) =>
          stand.some((hold) => hold === 'all' || (modality !== null && hold === modality));
        for (const modality of [...MODALITIES, null])
          expect(claim !== undefined && claims(claim, modality)).to.equal(!isKept(modality));
      }),
    );
  });

  it('R8: of one modality it takes all or nothing', () => {
    fc.assert(
      fc.property(fc.constantFrom(...MODALITIES), holds, (of, stand) => {
        const claim = claimed(of, stand);
        const isKept = stand.some((hold) => scopesMeet(hold, of));
        expect(claim).to.deep.equal(isKept ? undefined : { scope: of, except: [] });
      }),
    );
  });

  it('R8: waits until a hold ends on something that it has not taken', () => {
    expect(claimed('all', ['voice'], ['voice'])).to.equal(undefined);
    expect(claimed('all', ['voice'], ['face', 'voice'])).to.deep.equal({ scope: 'all', except: ['voice'] });
    expect(claimed('all', ['all'], ['voice'])).to.equal(undefined);
    expect(claimed('all', [], ['voice'])).to.deep.equal({ scope: 'all', except: [] });
  });

  it('R9: the person as a whole only when nothing is left', () => {
    expect(claimsAll({ scope: 'all', except: [] })).to.equal(true);
    expect(claimsAll({ scope: 'all', except: ['voice'] })).to.equal(false);
    expect(claimsAll({ scope: 'voice', except: [] })).to.equal(false);
    expect(claims({ scope: 'voice', except: [] }, null)).to.equal(false);
  });

  it('R8: a hold on everything meets every claim, one on a modality those that take it', () => {
    expect(claimMeets({ scope: 'all', except: ['voice'] }, 'voice')).to.equal(false);
    expect(claimMeets({ scope: 'all', except: ['voice'] }, 'all')).to.equal(true);
    expect(claimMeets({ scope: 'voice', except: [] }, 'signature')).to.equal(false);
  });
});
