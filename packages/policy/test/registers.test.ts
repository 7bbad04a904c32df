import { expect } from 'chai';
import fc from 'fast-check';
import {
  checkDecryption,
  checkDocumentImage,
  checkLegalDisclosure,
  checkMergerNotice,
  combinedClass,
  DEFAULT_DOCUMENT_RULE,
  documentDue,
  INCIDENT_RULES,
  incidentDeadlines,
  PRIVACY_CLASSES,
  STAFF_ROLES,
} from '@asignio/policy';
import type { LegalDisclosure } from '@asignio/policy';
import { NOW, outcomeOf } from './support/fixtures.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('combined data', () => {
  it('R36: take the class of their strictest part, the personal one at least where they identify somebody', () => {
    expect(combinedClass(['usage', 'personal'])).to.equal('personal');
    expect(combinedClass(['anonymous', 'biometric', 'usage'])).to.equal('biometric');
    expect(combinedClass(['usage', 'aggregate'])).to.equal('usage');
    expect(combinedClass(['usage', 'aggregate'], true)).to.equal('personal');
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...PRIVACY_CLASSES), { minLength: 1 }),
        fc.boolean(),
        (parts, identifies) => {
          const at = PRIVACY_CLASSES.indexOf(combinedClass(parts, identifies));
          for (const part of parts) expect(at).to.be.at.least(PRIVACY_CLASSES.indexOf(part));
          if (identifies) expect(at).to.be.at.least(PRIVACY_CLASSES.indexOf('personal'));
        },
      ),
    );
  });

  it('R36: none stay unclassified', () => {
    expect(outcomeOf(() => combinedClass([]))).to.equal('ASIGNIO_REQUEST_INVALID');
    expect(outcomeOf(() => combinedClass(['public' as 'usage']))).to.equal('ASIGNIO_REQUEST_INVALID');
  });
});

describe('a compromise', () => {
  const rules = (persons: { place: string; count: number }[], highRisk = false) =>
    incidentDeadlines({ discoveredAt: NOW, persons, highRisk });

  it('R30: has the deadline of each law whose persons it concerns, the earliest first', () => {
    const [first] = rules([{ place: 'DE', count: 1 }]);
    expect(first?.due).to.equal(NOW + 72 * HOUR);
    expect(first?.source).to.equal('GDPR Art. 33(1)');
    expect(rules([{ place: 'EU', count: 1 }]).map(({ whom }) => whom)).to.deep.equal(['authority']);
    expect(rules([{ place: 'EU', count: 1 }], true).map(({ whom }) => whom)).to.have.members(['authority', 'persons']);
    const texan = rules([{ place: 'US-TX', count: 250 }]);
    expect(texan.map(({ due }) => (due - NOW) / DAY)).to.deep.equal([30, 60]);
    expect(rules([{ place: 'US-TX', count: 249 }]).map(({ whom }) => whom)).to.deep.equal(['persons']);
    expect(rules([{ place: 'CH', count: 9 }])).to.deep.equal([]);
  });

  it('R30: of persons of whom only the country is known the clocks of every state of it run', () => {
    const places = new Set(rules([{ place: 'US', count: 600 }]).map(({ place }) => place));
    expect([...places]).to.have.members(['US-TX', 'US-CA', 'US-CO', 'US-WA']);
  });

  it('R30: each deadline names the text that it follows', () => {
    for (const { source, within } of INCIDENT_RULES) {
      expect(source).to.match(/\d/);
      expect(within).to.be.above(0);
    }
  });

  it('R30: is refused with places or figures that are none', () => {
    for (const persons of [[{ place: 'Texas', count: 1 }], [{ place: 'DE', count: -1 }], [{ place: 'DE', count: 1.5 }]])
      expect(outcomeOf(() => rules(persons))).to.equal('ASIGNIO_REQUEST_INVALID');
    expect(outcomeOf(() => incidentDeadlines({ discoveredAt: Number.NaN, persons: [], highRisk: false }))).to.equal(
      'ASIGNIO_REQUEST_INVALID',
    );
  });
});

describe('a legal disclosure', () => {
  const order: LegalDisclosure = {
    kind: 'legal-process',
    reference: 'AG Berlin 7 Gs 12/26',
    recipient: 'Amtsgericht Berlin',
    region: 'DE',
    scope: { data: ['attribute'], fields: ['e-mail'], because: 'The order names the address alone.' },
  };

  it('R16: needs a reference, a recipient, a scope and an approver', () => {
    checkLegalDisclosure(order, 1, true);
    const wrong: [unknown, number, boolean][] = [
      [{ ...order, reference: '' }, 1, true],
      [{ ...order, kind: 'curiosity' }, 1, true],
      [{ ...order, recipient: 'x' }, 1, true],
      [{ ...order, region: 'Germany' }, 1, true],
      [{ ...order, scope: undefined }, 1, true],
      [{ ...order, scope: { ...order.scope, data: [] } }, 1, true],
      [{ ...order, scope: { ...order.scope, data: ['soul'] } }, 1, true],
      [{ ...order, scope: { ...order.scope, fields: [] } }, 1, true],
      [{ ...order, scope: { ...order.scope, because: '' } }, 1, true],
      [order, 0, true],
      [order, 1001, true],
      [order, Number.NaN, true],
      [order, 1, false],
      [null, 1, true],
    ];
    for (const [disclosure, persons, approved] of wrong)
      expect(outcomeOf(() => checkLegalDisclosure(disclosure as LegalDisclosure, persons, approved))).to.equal(
        'ASIGNIO_LEGAL_REFUSED',
      );
  });

  it('R16: of a merger needs a notice that is in force', () => {
    checkMergerNotice(NOW, NOW);
    for (const at of [undefined, NOW + 1, Number.NaN])
      expect(outcomeOf(() => checkMergerNotice(at, NOW))).to.equal('ASIGNIO_LEGAL_REFUSED');
  });
});

describe('decryption', () => {
  it('R29: no member of staff has a template opened, for any purpose', () => {
    for (const role of STAFF_ROLES)
      for (const purpose of ['authentication', 'improvement', 'legal-process', 'vendor-comparison'])
        expect(outcomeOf(() => checkDecryption(role, 'template', purpose))).to.equal('ASIGNIO_ROLE_REQUIRED');
  });

  it('R29: each role opens what its row names, for the purposes that it names', () => {
    checkDecryption('engine', 'template', 'authentication');
    checkDecryption('reviewer', 'document', 'identity-verification');
    for (const [role, sealed, purpose] of [
      ['engine', 'template', 'vendor-comparison'],
      ['engine', 'document', 'identity-verification'],
      ['reviewer', 'document', 'legal-process'],
      ['auditor', 'document', 'identity-verification'],
      ['assertion', 'template', 'authentication'],
    ] as const)
      expect(outcomeOf(() => checkDecryption(role, sealed, purpose))).to.equal('ASIGNIO_ROLE_REQUIRED');
  });
});

describe('an image of an identity document', () => {
  const jpeg = Uint8Array.from([0xff, 0xd8, 0xff, 0xe0]);
  const take = (mediaType: string, bytes: Uint8Array) =>
    outcomeOf(() => {
      checkDocumentImage(mediaType, bytes, DEFAULT_DOCUMENT_RULE);
    });

  it('R37: is a JPEG or PNG of limited size, by its first bytes and not by its name', () => {
    expect(take('image/jpeg', jpeg)).to.equal('passed');
    expect(take('image/png', jpeg)).to.equal('ASIGNIO_MEDIA_TYPE');
    expect(take('image/svg+xml', jpeg)).to.equal('ASIGNIO_MEDIA_TYPE');
    expect(take('image/jpeg', new Uint8Array())).to.equal('ASIGNIO_MEDIA_TYPE');
    expect(take('image/jpeg', new Uint8Array(DEFAULT_DOCUMENT_RULE.maxBytes + 1))).to.equal('ASIGNIO_TOO_LARGE');
  });

  it('R37: is kept for its own lifetime, and no longer than its purpose', () => {
    expect(documentDue(NOW, null, DEFAULT_DOCUMENT_RULE)).to.equal(NOW + 30 * DAY);
    expect(documentDue(NOW, NOW + DAY, DEFAULT_DOCUMENT_RULE)).to.equal(NOW + DAY);
    expect(documentDue(NOW, NOW + 90 * DAY, DEFAULT_DOCUMENT_RULE)).to.equal(NOW + 30 * DAY);
  });
});
