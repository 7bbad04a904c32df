import { expect } from 'chai';
import { certificateClaims } from '@asignio/policy';
import type { DestructionFacts } from '@asignio/policy';
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

describe('destruction', () => {
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

  it('R9: the certificate holds what others said of their copies', () => {
    const confirmations = [{ recipient: 'acme-matcher', reference: 'del-17', at: NOW }];
    expect(certificateClaims({ ...FACTS, confirmations }).confirmed).to.deep.equal([
      { recipient: 'acme-matcher', reference: 'del-17', at: iso(NOW) },
    ]);
    expect(certificateClaims(FACTS).confirmed).to.deep.equal([]);
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
