import { expect } from 'chai';
import type { AssuranceLevels } from '@asignio/core';
import { wantedContexts } from '#src/assurance/contexts.js';
import type { Comparison } from '#src/request/authn-request.js';

const CONTEXTS = [
  { ref: 'low', profile: 'low' },
  { ref: 'low-by-another-name', profile: 'low' },
  { ref: 'middle', profile: 'middle' },
  { ref: 'high', profile: 'high' },
];

/** A system in which some profiles cannot be reached by anybody. */
function levels(...unreachable: string[]): AssuranceLevels {
  return { profiles: [], obstacles: (name) => (unreachable.includes(name) ? ['no model'] : []) };
}

function wanted(comparison: Comparison, classes: string[], floor?: string, system = levels()): readonly string[] {
  return wantedContexts(CONTEXTS, system, { comparison, classes, declarations: false }, floor).map(({ ref }) => ref);
}

describe('which authentication context answers a request', () => {
  it('exact: one of those that are named, the most wanted first', () => {
    expect(wanted('exact', ['high', 'low'])).to.deep.equal(['high', 'low']);
    expect(wanted('exact', ['unknown', 'middle'])).to.deep.equal(['middle']);
    expect(wanted('exact', ['unknown'])).to.deep.equal([]);
  });

  it('minimum: at least as strong as one of them, the weakest aimed at', () => {
    expect(wanted('minimum', ['middle'])).to.deep.equal(['middle', 'high']);
    expect(wanted('minimum', ['high', 'middle'])).to.deep.equal(['middle', 'high']);
    expect(wanted('minimum', ['unknown'])).to.deep.equal([]);
  });

  it('better: stronger than every one of them', () => {
    expect(wanted('better', ['low'])).to.deep.equal(['middle', 'high']);
    expect(wanted('better', ['low-by-another-name'])).to.deep.equal(['middle', 'high']);
    expect(wanted('better', ['low', 'middle'])).to.deep.equal(['high']);
    expect(wanted('better', ['high'])).to.deep.equal([]);
    expect(wanted('better', ['low', 'unknown'])).to.deep.equal([]);
  });

  it('maximum: as strong as can be, and no stronger', () => {
    expect(wanted('maximum', ['middle'])).to.deep.equal(['middle', 'low-by-another-name', 'low']);
    expect(wanted('maximum', ['low', 'high'])[0]).to.equal('high');
  });

  it('never what nobody can reach with the models that are installed', () => {
    expect(wanted('exact', ['high'], undefined, levels('high'))).to.deep.equal([]);
    expect(wanted('minimum', ['low'], undefined, levels('low'))).to.deep.equal(['middle', 'high']);
  });

  it('never less than the service provider is configured to need, whatever it asks for', () => {
    expect(wanted('exact', ['low'], 'middle')).to.deep.equal([]);
    expect(wanted('maximum', ['high'], 'middle')).to.deep.equal(['high', 'middle']);
    expect(wantedContexts(CONTEXTS, levels(), undefined, 'high').map(({ ref }) => ref)).to.deep.equal(['high']);
  });

  it('no declarations: nobody has any', () => {
    const requested = { comparison: 'exact', classes: ['low'], declarations: true } as const;
    expect(wantedContexts(CONTEXTS, levels(), requested, undefined)).to.deep.equal([]);
  });
});
