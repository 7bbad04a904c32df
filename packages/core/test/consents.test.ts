import { expect } from 'chai';
import jsonld from 'jsonld';
import type { JsonLdDocument } from 'jsonld';
import { compactVerify, importJWK } from 'jose';
import type { ConsentId, StoredValue } from '@asignio/contracts';
import type { Notice } from '@asignio/policy';
import { fakeClock } from '@asignio/testkit';
import { ADA, NOTICES, TENANT, codeOf, events, grant, makeSystem } from './harness.js';
import type { System } from './harness.js';

const [ENGLISH] = NOTICES as [Notice];
const HOUR = 3_600_000;

describe('consents, as the core keeps them', () => {
  let system: System;

  beforeEach(async () => {
    system = await makeSystem();
  });

  afterEach(async () => system.dispose());

  async function consentId(): Promise<ConsentId> {
    const [consent] = await system.core.subjects.consents(TENANT, ADA);
    return (consent as NonNullable<typeof consent>).id;
  }

  /** The facts of a signed receipt, once its signature is checked with the published key. */
  async function verified(jws: string): Promise<Record<string, unknown>> {
    const { keys } = await system.core.publicKeys(TENANT);
    const { payload } = await compactVerify(jws, await importJWK(keys[0] as object, 'EdDSA'));
    return JSON.parse(Buffer.from(payload).toString()) as Record<string, unknown>;
  }

  it('R2: the receipt as linked data states the facts of the signed one, carries it, and becomes RDF with no term lost', async () => {
    await grant(system.core);
    const id = await consentId();
    const signed = await system.core.subjects.receipt(TENANT, ADA, id);
    expect(await system.core.subjects.receipt(TENANT, ADA, id, { format: 'jws' })).to.equal(signed);
    const text = await system.core.subjects.receipt(TENANT, ADA, id, { format: 'json-ld' });
    const document = JSON.parse(text) as JsonLdDocument & Record<string, { '@id': string }>;
    expect(document['dct:hasFormat']?.['@id']).to.equal(`data:application/jose,${signed}`);
    const facts = await verified(signed);
    const strict: object = { safe: true, documentLoader: () => Promise.reject(new Error('It asked for a document')) };
    const quads = (await jsonld.toRDF(document, { ...strict, format: 'application/n-quads' })) as unknown as string;
    for (const fact of [id, ENGLISH.version, 'Ada Lovelace', 'authentication', 'signature']) {
      expect(JSON.stringify(facts)).to.include(fact);
      expect(quads).to.include(fact);
    }
    expect(quads).to.include('https://w3id.org/dpv#ConsentGiven');
  });

  it('R2: the receipt of a consent that was withdrawn says so in both forms', async () => {
    await grant(system.core);
    const id = await consentId();
    await system.core.subjects.withdraw(TENANT, ADA, id);
    const facts = await verified(await system.core.subjects.receipt(TENANT, ADA, id));
    expect(facts['event']).to.include({ state: 'withdrawn' });
    expect(await system.core.subjects.receipt(TENANT, ADA, id, { format: 'json-ld' })).to.include(
      'dpv:ConsentWithdrawn',
    );
  });

  it('refuses a receipt in a form that there is not', async () => {
    await grant(system.core);
    const wrong = system.core.subjects.receipt(TENANT, ADA, await consentId(), { format: 'pdf' as 'jws' });
    expect(await codeOf(wrong)).to.equal('ASIGNIO_REQUEST_INVALID');
  });

  it('R2: the history of a consent that was given again ends with what took its place', async () => {
    await grant(system.core);
    const id = await consentId();
    system.clock.advance(HOUR);
    await grant(system.core);
    const { history } = await verified(await system.core.subjects.receipt(TENANT, ADA, id));
    expect((history as { state: string }[]).map(({ state }) => state)).to.deep.equal(['granted', 'superseded']);
  });

  it('R2, R33: a backdated release, an unknown purpose, a wrong hash and a notice not yet in force are refused, on record, and change nothing', async () => {
    const clock = fakeClock();
    const next: Notice = {
      ...ENGLISH,
      version: '2030-01-01',
      supersedes: ENGLISH.version,
      whatChanged: 'We keep it for a shorter time.',
      effectiveAt: clock.now() + HOUR,
    };
    const other = await makeSystem({ clock, notices: [ENGLISH, next] });
    const { sha256, version } = await other.core.subjects.notice(TENANT, 'en');
    const good = {
      tenant: TENANT,
      subject: ADA,
      modality: 'signature',
      purposes: ['authentication'],
      noticeVersion: version,
      noticeSha256: sha256,
      language: 'en',
      signature: { method: 'typed-name', name: 'Ada Lovelace' },
    } as const;
    const before = await events(other.core);
    const refused = [
      { ...good, signature: { ...good.signature, signedAt: clock.now() - HOUR } },
      { ...good, signature: { ...good.signature, signedAt: clock.now() + HOUR } },
      { ...good, purposes: ['marketing' as 'authentication'] },
      { ...good, noticeSha256: '0'.repeat(64) },
      { ...good, noticeVersion: next.version },
      { ...good, noticeVersion: '1999-01-01' },
    ];
    const codes: string[] = [];
    for (const wrong of refused) codes.push(await codeOf(other.core.subjects.grant(wrong)));
    expect(codes).to.deep.equal([
      'ASIGNIO_CONSENT_INVALID',
      'ASIGNIO_CONSENT_INVALID',
      'ASIGNIO_PURPOSE_FORBIDDEN',
      'ASIGNIO_CONSENT_INVALID',
      'ASIGNIO_CONSENT_INVALID',
      'ASIGNIO_NOTICE_UNKNOWN',
    ]);
    expect((await events(other.core)).slice(before.length)).to.deep.equal([
      'consent.refused',
      'consent.refused',
      'purpose.denied',
      'consent.refused',
      'consent.refused',
      'consent.refused',
    ]);
    expect(JSON.stringify(await other.core.audit.read(TENANT))).to.not.include('Lovelace');
    expect(await other.core.subjects.consents(TENANT, ADA)).to.deep.equal([]);
    for (const kind of ['subject', 'consent', 'attribute'] as const)
      expect((await other.storage.list({ tenant: TENANT, kind })).records).to.deep.equal([]);
    await other.dispose();
  });

  it('reads consents that an earlier version wrote, and their receipts', async () => {
    await grant(system.core);
    const id = await consentId();
    const key = { tenant: TENANT, kind: 'consent', id } as const;
    const record = await system.storage.get(key);
    const { value, version, subject } = record as NonNullable<typeof record>;
    const { consent, ...rest } = value as { consent: Record<string, StoredValue> };
    const old = Object.fromEntries(
      Object.entries(consent).filter(
        ([field]) =>
          !['piiTypes', 'specialCategory', 'optional', 'agreements', 'guardian', 'hold', 'events'].includes(field),
      ),
    );
    await system.storage.replace(
      key,
      { ...rest, consent: { ...old, schemaVersion: 'ISO/IEC TS 27560:2023 asignio/1' } },
      { subject: subject as string },
      version,
    );
    const { history } = await verified(await system.core.subjects.receipt(TENANT, ADA, id));
    expect(history).to.have.length(1);
    await system.core.subjects.withdraw(TENANT, ADA, id);
    expect((await system.core.subjects.consents(TENANT, ADA))[0]?.state).to.equal('withdrawn');
  });
});
