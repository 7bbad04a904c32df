import { expect } from 'chai';
import jsonld from 'jsonld';
import type { JsonLdDocument, NodeObject } from 'jsonld';
import {
  createNoticeRegister,
  DPV_TERMS,
  holdConsent,
  receiptJsonLd,
  supersedeConsent,
  withdrawConsent,
} from '@asignio/policy';
import type { ConsentRecord } from '@asignio/policy';
import { consent, ENGLISH, HOUR, notice, NOW } from './support/fixtures.js';

const DPV = 'https://w3id.org/dpv#';
const FACTS = { issuedAt: NOW, signedName: 'Ada Lovelace', jws: 'e30.e30.c2ln' };

/** Nothing may be fetched to read a receipt. */
const offline = async (url: string): Promise<never> => {
  throw new Error(`It asked for ${url}`);
};

/** The types of the processor do not know its safe mode, which refuses a document of which anything would be dropped. */
const STRICT: object = { documentLoader: offline, safe: true };

/** The receipt as triples, one a line. */
async function triples(record: ConsentRecord): Promise<readonly string[]> {
  const document = JSON.parse(JSON.stringify(receiptJsonLd(record, FACTS))) as JsonLdDocument;
  const text = (await jsonld.toRDF(document, { ...STRICT, format: 'application/n-quads' })) as unknown as string;
  return text.trim().split('\n');
}

/** Every text and number that a document states, whatever its nesting, but for its context. */
function statements(value: unknown, key = ''): readonly string[] {
  if (key === '@context') return [];
  if (Array.isArray(value)) return value.flatMap((item) => statements(item));
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([name, item]) => statements(item, name));
  return [String(value)];
}

describe('the receipt as linked data', () => {
  const particulars = {
    service: 'Sign-in',
    storageLocations: 'Frankfurt',
    processingLocations: 'Chicago',
    geographicRestrictions: 'Stays in the EEA',
    jurisdiction: 'Illinois',
    authority: 'The regulator',
    codesOfConduct: 'ISO/IEC 27018',
    impactAssessment: 'DPIA 2026-3',
  };
  const notices = createNoticeRegister([
    notice({ particulars, controller: { ...ENGLISH.controller, address: '1 Main Street, Springfield' } }),
  ]);
  const granted = consent({ notices, agreements: ['dpa-7'], guardian: 'Gu4rd1anGu4rd1anGu4rd1' });
  const rich = holdConsent(supersedeConsent(withdrawConsent(granted, NOW + HOUR), consent({ notices })), 'hold-3');

  it('R2: becomes RDF without a dropped term, and without fetching anything', async () => {
    for (const record of [consent(), granted, rich]) {
      const lines = await triples(record);
      expect(lines.length).to.be.greaterThan(50);
      for (const line of lines) expect(line).to.not.match(/"(?:dpv|pd|dct|asignio):/);
    }
  });

  it('R2: uses terms that the vocabulary has, and uses each that it declares', async () => {
    const used = new Set<string>();
    const uses = async (record: ConsentRecord) => {
      for (const line of await triples(record))
        for (const [, term] of line.matchAll(/<https:\/\/w3id\.org\/dpv#([^>]*)>/g)) used.add(term as string);
    };
    await uses(rich);
    for (const purpose of ['improvement', 'vendor-comparison', 'location', 'transfer', 'evaluation'] as const)
      await uses({ ...granted, purpose });
    await uses({ ...granted, validUntil: NOW, optional: true, specialCategory: false });
    await uses({
      ...granted,
      events: granted.events.flatMap((event) => [
        { ...event, validUntil: NOW },
        { ...event, state: 'stale', entity: 'controller' } as const,
        { ...event, entity: 'subject' } as const,
      ]),
    });
    expect([...used].sort()).to.deep.equal([...DPV_TERMS].sort());
  });

  it('R2: says what the signed receipt says: every fact of the record is in it', () => {
    const said = statements(receiptJsonLd(rich, FACTS)).join('\n');
    const iso = (at: number) => new Date(at).toISOString();
    const { events, signature, controller, supersededBy, grantedAt, withdrawnAt, lawfulBasis, type, ...rest } = rich;
    const facts = statements([rest, controller, supersededBy, signature.method])
      .filter((fact) => !['null', 'true', 'false', 'biometric'].includes(fact))
      .flatMap((fact) => (fact === rest.privacyRights ? fact.split(', ') : [fact]));
    for (const fact of [...facts, ...events.map(({ time }) => iso(time)), iso(grantedAt), iso(withdrawnAt as number)])
      expect(said).to.include(fact);
    expect([lawfulBasis, type]).to.deep.equal(['consent', 'explicit']);
    expect(said).to.include('dpv:ExplicitlyExpressedConsent').and.to.include('Ada Lovelace');
  });

  it('R2: has status, purpose, data, controller, storage, recipients, rights and notice where the guide has them', async () => {
    const expanded: unknown = await jsonld.expand(receiptJsonLd(rich, FACTS) as JsonLdDocument, STRICT);
    const [receipt] = expanded as [Record<string, NodeObject[]>];
    const record = receipt[`${DPV}hasRecordOfActivity`]?.[0] as Record<string, Record<string, unknown>[]>;
    const process = record[`${DPV}hasProcess`]?.[0] as Record<string, Record<string, unknown>[]>;
    expect(receipt['@type']).to.deep.equal([`${DPV}ConsentReceipt`]);
    expect(record['@type']).to.deep.equal([`${DPV}ConsentRecord`]);
    expect(record[`${DPV}hasConsentStatus`]?.map((status) => status['@type'])).to.deep.equal([
      [`${DPV}ConsentGiven`],
      [`${DPV}ConsentWithdrawn`],
      [`${DPV}ConsentExpired`],
    ]);
    expect(record[`${DPV}hasLegalBasis`]).to.deep.equal([{ '@id': `${DPV}ExplicitlyExpressedConsent` }]);
    expect(record[`${DPV}hasNotice`]).to.have.length(1);
    for (const relation of [
      'hasPurpose',
      'hasPersonalData',
      'hasProcessing',
      'hasDataController',
      'hasStorageCondition',
      'hasRecipient',
      'hasRight',
      'hasJurisdiction',
      'hasConsentControl',
    ])
      expect(process[`${DPV}${relation}`], relation).to.be.an('array').that.is.not.empty;
    const [data] = process[`${DPV}hasPersonalData`] as [Record<string, unknown>];
    expect(data['@type']).to.deep.equal([`${DPV}SpecialCategoryPersonalData`]);
    expect(JSON.stringify(data)).to.include('https://w3id.org/dpv/pd#Biometric');
  });

  it('R2: carries the signed form along', () => {
    expect(JSON.stringify(receiptJsonLd(granted, FACTS))).to.include(`data:application/jose,${FACTS.jws}`);
  });

  it('makes names of hostile ids that stay names', async () => {
    const hostile = { ...granted, tenant: '> <x> "' as typeof granted.tenant, subject: 'a b\n<c>' };
    for (const line of await triples(hostile)) expect(line).to.match(/^(?:<[^<> "]*>|_:\w+) <[^<> "]*> .* \.$/s);
  });
});
