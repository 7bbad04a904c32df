import {
  consentsAnswer,
  eraseAnswer,
  grantAnswer,
  heldAnswer,
  noticeAnswer,
  withdrawAnswer,
} from '#src/document/schemas.js';
import { expect } from 'chai';
import { startHost } from './support/app.js';
import type { Host, Reply } from './support/app.js';

const ADA = { 'x-user': 'ada' };
const RELEASE = {
  noticeVersion: '2026-01',
  noticeSha256: 'a'.repeat(64),
  language: 'en',
  modality: 'signature',
  purposes: ['authentication'],
  signature: { method: 'typed-name', name: 'Ada Lovelace' },
};

describe('what a subject may do', () => {
  let host: Host;
  beforeEach(async () => {
    host = await startHost({ alternatives: ['Your password'] });
  });
  afterEach(() => host.close());

  const grant = (body: unknown = RELEASE): Promise<Reply> =>
    host.page('POST', '/asignio/subjects/me/consents', { json: body, headers: ADA });

  it('is nothing before a sign-in', async () => {
    for (const [method, path] of [
      ['GET', '/asignio/subjects/me'],
      ['DELETE', '/asignio/subjects/me'],
      ['GET', '/asignio/subjects/me/consents'],
      ['POST', '/asignio/subjects/me/consents'],
      ['GET', '/asignio/subjects/me/consents/abc/receipt'],
      ['GET', '/asignio/subjects/me/confirmation'],
      ['DELETE', '/asignio/subjects/me/consents/abc'],
    ] as const) {
      const reply = await host.page(method, path);
      expect(reply.status, `${method} ${path}`).to.equal(401);
      expect(reply.json()['code']).to.equal('ASIGNIO_SIGN_IN_REQUIRED');
    }
    expect(host.core.changes).to.deep.equal([]);
  });

  it('includes reading the notice in a language', async () => {
    const reply = await host.ask({ path: '/asignio/notices/current?language=es' });
    expect(reply.json()).to.deep.include({ language: 'es', effectiveAt: '2026-01-01T00:00:00.000Z' });
    expect(noticeAnswer.validate(reply.json()).error).to.equal(undefined);
  });

  it('R34: hands on what the host knows of the person’s age, and nothing that the page says of it', async () => {
    const other = await startHost({ age: () => ({ band: '13-15' }) });
    await other.page('POST', '/asignio/subjects/me/consents', { json: RELEASE, headers: ADA });
    const claimed = { json: { ...RELEASE, age: { band: '16-plus' } }, headers: ADA };
    expect((await other.page('POST', '/asignio/subjects/me/consents', claimed)).status).to.equal(400);
    await other.close();
    expect(other.core.granted.map(({ age }) => age)).to.deep.equal([{ band: '13-15' }]);
  });

  it('includes signing a release, for the subject of the session whatever the body says', async () => {
    const reply = await grant();
    expect(reply.status).to.equal(201);
    expect(grantAnswer.validate(reply.json()).error).to.equal(undefined);
    expect(host.core.granted[0]).to.deep.equal({ ...RELEASE, tenant: 'default', subject: 'ada' });
    expect((await grant({ ...RELEASE, subject: 'bob' })).status).to.equal(400);
  });

  for (const [what, change] of [
    ['of no purpose', { purposes: [] }],
    ['of a purpose twice', { purposes: ['authentication', 'authentication'] }],
    ['of a purpose that is never permitted', { purposes: ['sale'] }],
    ['on no notice', { noticeSha256: undefined }],
    ['on a hash that is none', { noticeSha256: 'A'.repeat(64) }],
    ['without a name', { signature: { method: 'typed-name', name: '   ' } }],
    ['with a line break in the name', { signature: { method: 'typed-name', name: 'Ada\nLovelace' } }],
    ['signed by a tick', { signature: { method: 'tick', name: 'Ada' } }],
    ['in no language', { language: 'not a language' }],
  ] as const)
    it(`does not include a release ${what}`, async () => {
      const reply = await grant({ ...RELEASE, ...change });
      expect(reply.status).to.equal(400);
      expect(reply.json()['detail']).to.match(/^The field `/);
      expect(host.core.changes).to.deep.equal([]);
    });

  it('includes listing consents, taking receipts and withdrawing', async () => {
    const { consents } = (await grant()).json() as { consents: { id: string }[] };
    const id = consents[0]?.id ?? '';
    const listed = await host.page('GET', '/asignio/subjects/me/consents', { headers: ADA });
    expect(consentsAnswer.validate(listed.json()).error).to.equal(undefined);
    expect(listed.json()['consents']).to.have.length(1);

    const receipt = await host.page('GET', `/asignio/subjects/me/consents/${id}/receipt`, { headers: ADA });
    expect(receipt.text).to.equal('e30.e30.c2ln');
    expect(receipt.headers['content-type']).to.equal('application/jose');
    expect(receipt.headers['content-disposition']).to.equal(`attachment; filename="receipt-${id}.jws"`);
    const path = `/asignio/subjects/me/consents/${id}/receipt?format=`;
    const linked = await host.page('GET', `${path}json-ld`, { headers: ADA });
    expect(linked.json()).to.deep.equal({ '@type': 'ConsentReceipt' });
    expect(linked.headers['content-type']).to.match(/^application\/ld\+json/);
    expect(linked.headers['content-disposition']).to.equal(`attachment; filename="receipt-${id}.jsonld"`);
    expect((await host.page('GET', `${path}pdf`, { headers: ADA })).status).to.equal(400);

    const withdrawn = await host.page('DELETE', `/asignio/subjects/me/consents/${id}`, { headers: ADA });
    expect(withdrawAnswer.validate(withdrawn.json()).error).to.equal(undefined);
    expect(withdrawn.json()['consent']).to.deep.include({ state: 'withdrawn' });
  });

  it('R3: includes a written confirmation of what is held, for people and signed', async () => {
    const path = '/asignio/subjects/me/confirmation';
    const written = await host.page('GET', `${path}?language=es`, { headers: ADA });
    expect(written.text).to.equal('What we hold about ada (es)\n');
    expect(written.headers['content-type']).to.equal('text/plain; charset=utf-8');
    expect(written.headers['content-disposition']).to.match(
      /^attachment; filename="confirmation-\d{4}-\d\d-\d\d\.txt"$/,
    );
    const signed = await host.page('GET', `${path}?format=jws`, { headers: ADA });
    expect(signed.text).to.equal('e30.e30.c2ln');
    expect(signed.headers['content-type']).to.equal('application/jose');
    expect((await host.page('GET', `${path}?format=pdf`, { headers: ADA })).status).to.equal(400);
    expect((await host.page('GET', path)).status).to.equal(401);
  });

  it('ends at other people’s consents', async () => {
    const { consents } = (await grant()).json() as { consents: { id: string }[] };
    const path = `/asignio/subjects/me/consents/${consents[0]?.id ?? ''}`;
    const bob = { 'x-user': 'bob' };
    expect((await host.page('GET', `${path}/receipt`, { headers: bob })).status).to.equal(404);
    expect((await host.page('DELETE', path, { headers: bob })).status).to.equal(404);
    expect(host.core.changes).to.deep.equal(['grant']);
  });

  it('includes seeing what is held, with the other ways in', async () => {
    await grant();
    const reply = await host.page('GET', '/asignio/subjects/me', { headers: ADA });
    expect(heldAnswer.validate(reply.json()).error).to.equal(undefined);
    expect(reply.json()).to.deep.include({
      subject: 'ada',
      attempts: { failures: 2 },
      recipients: [],
      lastInteraction: null,
      alternatives: ['Your password'],
    });
  });

  it('includes being erased, against a certificate', async () => {
    const reply = await host.page('DELETE', '/asignio/subjects/me', { headers: ADA });
    expect(eraseAnswer.validate(reply.json()).error).to.equal(undefined);
    expect(host.core.calls.map(([method]) => method)).to.deep.equal(['rights.erase']);
  });

  it('is never kept by a cache', async () => {
    const reply = await host.page('GET', '/asignio/subjects/me', { headers: ADA });
    expect(reply.headers['cache-control']).to.equal('no-store');
    expect(reply.headers['x-content-type-options']).to.equal('nosniff');
    expect(reply.headers['content-security-policy']).to.contain("default-src 'none'");
  });
});
