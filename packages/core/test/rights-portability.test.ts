import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import { subjectId } from '@asignio/contracts';
import { ADA, TENANT, asked, attempt, codeOf, enrol, events, grant, makeSystem } from './harness.js';
import type { System } from './harness.js';

const BOB = subjectId('bob');
const PASSPHRASE = 'blue herons over quiet water';

describe('what a person takes elsewhere', () => {
  let system: System;

  beforeEach(async () => {
    system = await makeSystem();
    await grant(system.core);
    await enrol(system.core);
    await system.core.rights.rectify(asked(system), { name: 'Ada King', email: 'ada@example.test' });
  });

  afterEach(async () => system.dispose());

  const exported = async (passphrase?: string) =>
    (await system.core.rights.exportData(asked(system), passphrase === undefined ? {} : { passphrase })).file;

  it('R22: follows the schema, is signed, and holds no reference without a passphrase, nor an open one with it', async () => {
    const { request, file } = await system.core.rights.exportData(asked(system));
    expect(request).to.deep.include({ type: 'portability', outcome: 'done' });
    expect(file.references).to.deep.equal([]);
    const plain = JSON.parse(file.text) as Record<string, unknown>;
    expect(plain).to.deep.include({ format: 'asignio-portable/1', issuer: TENANT, subject: ADA, protection: null });
    expect(plain['attributes']).to.deep.equal({ name: 'Ada King', email: 'ada@example.test' });
    const full = await exported(PASSPHRASE);
    // By a validator that is not ours, strictly, with the file that others get.
    const isValid = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(
      JSON.parse(
        readFileSync(fileURLToPath(import.meta.resolve('@asignio/policy/asignio-portable-1.schema.json')), 'utf8'),
      ) as object,
    );
    for (const { text } of [file, full])
      expect(isValid(JSON.parse(text)), JSON.stringify(isValid.errors)).to.equal(true);
    expect(isValid({ ...plain, faces: [] })).to.equal(false);
    expect(full.references).to.deep.equal(['signature']);
    expect(full.text).to.not.include(Buffer.from(ADA).toString('base64url') + '"');
    expect(await events(system.core)).to.include.members(['dsar.portability', 'template.decrypted']);
    expect(await codeOf(system.core.rights.exportData(asked(system), { passphrase: 'short' }))).to.equal(
      'ASIGNIO_REQUEST_INVALID',
    );
    expect(await codeOf(system.core.rights.exportData(asked(system, BOB)))).to.equal('ASIGNIO_NOT_FOUND');
  });

  it('R22: comes back after an erasure, under a fresh agreement, and the person signs in without drawing anew', async () => {
    const { text } = await exported(PASSPHRASE);
    await system.core.rights.erase(asked(system));
    const input = { text, passphrase: PASSPHRASE };
    expect(await codeOf(system.core.rights.importData(asked(system), input))).to.equal('ASIGNIO_CONSENT_REQUIRED');
    await grant(system.core);
    const done = await system.core.rights.importData(asked(system), input);
    expect(done).to.deep.include({ attributes: ['email', 'name'], consents: 1, references: ['signature'] });
    expect(await attempt(system.core, { who: ADA })).to.equal('accepted');
    expect((await system.core.rights.access(asked(system))).report.attributes.name).to.equal('Ada King');
    expect(await events(system.core)).to.include('data.imported');
    expect(await system.core.subjects.consents(TENANT, ADA), 'an agreement of before is evidence alone').to.have.length(
      1,
    );
  });

  it('R22: another system takes it if its operator trusts the key, whatever the person is called there', async () => {
    const { text } = await exported(PASSPHRASE);
    const { keys } = await system.core.publicKeys(TENANT);
    const stranger = await makeSystem();
    await grant(stranger.core, BOB);
    const input = { text, passphrase: PASSPHRASE };
    expect(await codeOf(stranger.core.rights.importData(asked(stranger, BOB), input))).to.equal(
      'ASIGNIO_EXPORT_UNTRUSTED',
    );
    await stranger.dispose();
    const friend = await makeSystem({ rights: { trustedExports: keys } });
    await grant(friend.core, BOB);
    await friend.core.rights.importData(asked(friend, BOB), input);
    expect(await attempt(friend.core, { who: ADA }, BOB)).to.equal('accepted');
    await friend.dispose();
  });

  it('R22: a changed byte anywhere, a wrong passphrase, or another’s export is refused with a code and changes nothing', async () => {
    const { text } = await exported(PASSPHRASE);
    await grant(system.core, BOB);
    const before = JSON.stringify(await state());
    const take = async (changed: string, passphrase = PASSPHRASE, subject = ADA) =>
      codeOf(system.core.rights.importData(asked(system, subject), { text: changed, passphrase }));
    const bytes = Buffer.from(text, 'utf8');
    for (let at = 0; at < bytes.length; at += 7) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(at) ^ (1 << (at % 7)), at);
      expect(await take(changed.toString('utf8')), `byte ${at}`).to.match(
        /^ASIGNIO_(EXPORT_INVALID|EXPORT_UNTRUSTED|REQUEST_INVALID)$/,
      );
    }
    for (const changed of [`${text} `, ` ${text}`, text.replace('{', '{ '), '{}', 'null', '[]', text.slice(0, -1)])
      expect(await take(changed)).to.equal('ASIGNIO_EXPORT_INVALID');
    expect(await take(text, 'not the passphrase that it was')).to.equal('ASIGNIO_EXPORT_INVALID');
    expect(await take(text, PASSPHRASE, BOB)).to.equal('ASIGNIO_EXPORT_UNTRUSTED');
    expect(JSON.stringify(await state())).to.equal(before);
    const refusals = (await system.core.audit.read(TENANT, 1, 1000)).filter(({ event }) => event === 'data.refused');
    expect(refusals.length).to.be.greaterThan(bytes.length / 10);
    expect(new Set(refusals.map(({ data }) => data['reason']))).to.deep.equal(
      new Set(['ASIGNIO_EXPORT_INVALID', 'ASIGNIO_EXPORT_UNTRUSTED']),
    );
  }).timeout(60_000);

  it('R19, R22: an older enrolment never replaces a newer one', async () => {
    const { text } = await exported(PASSPHRASE);
    system.clock.advance(1000);
    await enrol(system.core);
    expect(await codeOf(system.core.rights.importData(asked(system), { text, passphrase: PASSPHRASE }))).to.equal(
      'ASIGNIO_EXPORT_INVALID',
    );
    expect((await system.core.subjects.held(TENANT, ADA)).enrolments).to.have.length(1);
  });

  it('R21, R22: what is restricted is told of, and its reference is not touched', async () => {
    await system.core.rights.restrict(asked(system));
    const file = await exported(PASSPHRASE);
    expect(file.references).to.deep.equal([]);
  });

  it('R27: whoever merely found the session takes and brings nothing', async () => {
    const { text } = await exported(PASSPHRASE);
    const session = { tenant: TENANT, subject: ADA };
    expect(await codeOf(system.core.rights.exportData(session, { passphrase: PASSPHRASE }))).to.equal(
      'ASIGNIO_REQUESTER_UNVERIFIED',
    );
    expect(await codeOf(system.core.rights.importData(session, { text }))).to.equal('ASIGNIO_REQUESTER_UNVERIFIED');
  });

  async function state() {
    const all = [];
    for (const kind of ['subject', 'consent', 'reference', 'key', 'attribute', 'case'] as const)
      all.push(...(await system.storage.list({ tenant: TENANT, kind, limit: 1000 })).records);
    return all;
  }
});
