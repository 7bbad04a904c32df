import { expect } from 'chai';
import { compactVerify, importJWK } from 'jose';
import { RECORD_KINDS, subjectId } from '@asignio/contracts';
import type { ConfirmationFacts } from '@asignio/policy';
import { ADA, TENANT, asked, attempt, codeOf, enrol, events, grant, makeSystem } from './harness.js';
import type { System } from './harness.js';

const BOB = subjectId('bob');

/** The signed facts, once the tenant's public key has verified them. */
async function verified(system: System, jws: string): Promise<ConfirmationFacts & { text: string; tenant: string }> {
  const { keys } = await system.core.publicKeys(TENANT);
  const { payload, protectedHeader } = await compactVerify(jws, await importJWK(keys[0] ?? {}, 'EdDSA'));
  expect(protectedHeader.typ).to.equal('asignio-confirmation+jws');
  return JSON.parse(Buffer.from(payload).toString('utf8')) as ConfirmationFacts & { text: string; tenant: string };
}

describe('the written confirmation of what is held', () => {
  let system: System;

  beforeEach(async () => {
    system = await makeSystem();
  });

  afterEach(async () => system.dispose());

  async function confirmed(subject = ADA, language?: string) {
    const given = await system.core.subjects.confirmation(TENANT, subject, language);
    return { ...given, facts: await verified(system, given.jws) };
  }

  /** The last confirmation, as the chain has it. */
  const issued = async () =>
    (await system.core.audit.read(TENANT, 1, 1000)).findLast(({ event }) => event === 'confirmation.issued');

  /** What the store itself finds for the person of the last confirmation. */
  async function stored(): Promise<Record<string, number>> {
    const subject = (await issued())?.subject;
    const counts: Record<string, number> = {};
    for (const kind of RECORD_KINDS) {
      const { records } = await system.storage.list({ tenant: TENANT, kind, subject: subject ?? '', limit: 1000 });
      if (records.length > 0) counts[kind] = records.length;
    }
    return counts;
  }

  it('R3: says what the store holds, record by record, after each thing that changes it', async () => {
    const steps: readonly (() => Promise<unknown>)[] = [
      async () => undefined,
      async () => grant(system.core),
      async () => enrol(system.core),
      async () => attempt(system.core, { who: 'ada' }),
      async () => attempt(system.core, { who: 'mallory' }),
      async () => system.core.rights.rectify(asked(system), { email: 'ada@example.test' }),
      async () => system.core.rights.restrict({ tenant: TENANT, subject: ADA }),
      async () => system.core.rights.resume(asked(system)),
      async () => system.core.rights.erase(asked(system)),
    ];
    const seen: string[] = [];
    for (const step of steps) {
      await step();
      const { facts } = await confirmed();
      const held = await system.core.subjects.held(TENANT, ADA);
      expect(facts.records).to.deep.equal(await stored());
      expect(facts.enrolments).to.deep.equal(held.enrolments);
      expect(facts.consents).to.deep.equal(held.consents);
      expect(facts.retention?.due ?? null).to.equal(held.retention?.due ?? null);
      expect(facts.recipients).to.deep.equal(held.recipients);
      seen.push(JSON.stringify([facts.records, facts.enrolments, facts.consents]));
    }
    expect(new Set(seen).size, 'the steps change what is held').to.be.at.least(6);
  });

  it('R3: is for people, in their language, and the signed form has the very text', async () => {
    await grant(system.core);
    await enrol(system.core);
    const english = await confirmed();
    expect(english.text).to.match(/^Confirmation of what we hold about you\n/);
    expect(english.text).to.include('For: ada.').and.to.include('By: Acme (privacy@acme.example).');
    expect(english.text).to.match(/signature \(mouse\), since \d{4}-\d\d-\d\d: numbers worked out from 5 samples/);
    expect(english.text).to.include('checking that it is you when you sign in (signature), agreed on');
    expect(english.text).to.match(/On \d{4}-\d\d-\d\d at the latest: three years after you last signed in/);
    expect(english.text).to.include('enrolled references, sealed: 1');
    expect(english.facts).to.deep.include({ tenant: TENANT, subject: ADA, text: english.text });
    expect((await confirmed(ADA, 'es-MX')).text)
      .to.include('A más tardar el')
      .and.to.include('3 años después de');
    const arabic = await confirmed(ADA, 'ar');
    expect(arabic.language).to.equal('ar');
    expect(arabic.text).to.match(/^تأكيد بما نحفظه عنك\n/);
    expect((await confirmed(ADA, 'tlh')).language).to.equal('en');
    const page = await system.core.subjects.held(TENANT, ADA, 'es');
    expect(page.retention?.sentence).to.match(/^3 años después/);
  });

  it('R3: says that nothing is held, of somebody of whom nothing is held, and makes nothing of them', async () => {
    await grant(system.core);
    const { facts, text } = await confirmed(BOB);
    expect(facts).to.deep.include({ enrolments: [], consents: [], retention: null, recipients: [], records: {} });
    expect(text).to.include('None is held.').and.to.include('There is none.');
    expect(await stored()).to.deep.equal({});
  });

  it('R3: is on record by its hash and its counts, with nothing of the person', async () => {
    const zoe = subjectId('zoe@example.test');
    await grant(system.core, zoe);
    const { facts } = await confirmed(zoe);
    const entry = await issued();
    const records = Object.values(facts.records).reduce((sum, count) => sum + count, 0);
    expect(entry?.data).to.deep.include({ enrolments: 0, consents: 1, records });
    expect(entry?.data['sha256']).to.match(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(entry)).to.not.include('zoe');
  });

  it('R3: holds nothing of a reference or a key', async () => {
    await grant(system.core);
    await enrol(system.core);
    const { jws, facts } = await confirmed();
    const plain = JSON.stringify(facts) + Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString('latin1');
    for (const kind of RECORD_KINDS)
      for (const { value } of (await system.storage.list({ tenant: TENANT, kind, limit: 1000 })).records)
        for (const bytes of sealedIn(value)) {
          expect(plain).to.not.include(Buffer.from(bytes).toString('base64'));
          expect(plain).to.not.include(Buffer.from(bytes).toString('hex'));
        }
  });

  it('R3: is of one moment: what changes while it is read is read again, and what changes all the time is refused', async () => {
    await grant(system.core);
    const list = system.storage.list.bind(system.storage);
    let changes = 1;
    system.storage.list = async (query) => {
      const page = await list(query);
      if (query.kind === 'probe' && changes > 0) {
        changes--;
        await system.core.rights.rectify(asked(system), { phone: `+1 555 01${10 + changes}` });
      }
      return page;
    };
    const { facts } = await confirmed();
    system.storage.list = list;
    expect(facts.records).to.deep.equal(await stored());

    system.storage.list = async (query) => {
      const page = await list(query);
      if (query.kind === 'retention')
        await system.core.rights.rectify(asked(system), { phone: `+1 555 02${changes++ + 10}` });
      return page;
    };
    expect(await codeOf(confirmed())).to.equal('ASIGNIO_STORAGE_CONFLICT');
    system.storage.list = list;
    expect((await events(system.core)).filter((event) => event === 'confirmation.issued')).to.have.length(1);
  });
});

function sealedIn(value: unknown): Uint8Array[] {
  if (value instanceof Uint8Array) return value.length < 12 ? [] : [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(sealedIn);
}
