import { rm } from 'node:fs/promises';
import { expect } from 'chai';
import type { SignatureSample } from '@asignio/contracts';
import { createSigner } from '@asignio/testkit';
import { dataFolder, startDemo } from '../support/demo.js';
import type { RunningDemo } from '../support/demo.js';
import { Visitor } from '../support/visitor.js';

const PASSPHRASE = 'correct horse battery';

describe('the demo, as npm start runs it', () => {
  const ada = createSigner({ seed: 'ada', pointerType: 'stylus' });
  let data: string;
  let demo: RunningDemo;

  before(async () => {
    data = await dataFolder();
    demo = await startDemo(data);
  });

  after(async () => {
    await demo.stop();
    await rm(data, { recursive: true, force: true });
  });

  async function newcomer(name: string): Promise<Visitor> {
    const visitor = new Visitor(demo.url);
    const answer = await visitor.form('/account', { name, passphrase: PASSPHRASE });
    expect(answer.status, answer.text).to.equal(303);
    return visitor;
  }

  it('signs a new person up, in by one drawing, and shows who, how and when', async () => {
    const visitor = await newcomer('Ada');
    expect((await visitor.consent()).status).to.equal(201);
    expect((await visitor.enrol(() => ada.sign())).json).to.include({ decision: 'accepted' });
    await visitor.form('/sign-out', {});
    expect((await visitor.get('/inside')).status).to.equal(303);
    let accepted: string | undefined;
    for (let tries = 0; tries < 4 && accepted === undefined; tries++) {
      const answer = await visitor.verify('Ada', ada.sign());
      if (answer.status === 200) accepted = answer.ceremony;
    }
    expect(accepted, 'one of four genuine drawings is accepted').to.be.a('string');
    const signedIn = await visitor.form('/sign-in', { ceremony: accepted as string });
    expect(signedIn.headers.get('location')).to.equal('/inside');
    const inside = await visitor.get('/inside');
    expect(inside.status).to.equal(200);
    expect(inside.text).to.include('Ada').and.to.include('urn:asignio:acr:signature').and.to.include('signature');
  }).timeout(30_000);

  it('shows on a protected page what the step-up proved, not what the session began with', async () => {
    const visitor = new Visitor(demo.url);
    const passphrase = await visitor.form('/sign-in/passphrase', { name: 'Ada', passphrase: PASSPHRASE });
    expect(passphrase.headers.get('location')).to.equal('/');
    let accepted: string | undefined;
    for (let tries = 0; tries < 4 && accepted === undefined; tries++) {
      const answer = await visitor.verify(undefined, ada.sign());
      if (answer.status === 200) accepted = answer.ceremony;
    }
    await visitor.form('/confirm', { ceremony: accepted as string });
    const { text } = await visitor.get('/inside');
    expect(text).to.match(/How \(amr\)<\/dt>\s*<dd>signature<\/dd>/);
    expect(text).to.not.include('pwd');
  }).timeout(30_000);

  it('keeps accounts and enrolments over a restart', async () => {
    expect(await demo.stop('SIGINT')).to.equal(0);
    demo = await startDemo(data);
    const visitor = new Visitor(demo.url);
    let status = 0;
    for (let tries = 0; tries < 4 && status !== 200; tries++) ({ status } = await visitor.verify('Ada', ada.sign()));
    expect(status).to.equal(200);
  }).timeout(30_000);

  it('refuses the replay of a drawing it has seen, and a stranger', async () => {
    const visitor = await newcomer('Bob');
    const bob = createSigner({ seed: 'bob', pointerType: 'stylus' });
    await visitor.consent('Bob Bobson');
    const drawn: SignatureSample[] = [];
    await visitor.enrol(() => {
      const sample = bob.sign();
      drawn.push(sample);
      return sample;
    });
    const stranger = new Visitor(demo.url);
    expect((await stranger.verify('Bob', drawn.at(-1) as SignatureSample)).json.code).to.equal('ASIGNIO_NOT_VERIFIED');
    expect((await stranger.verify('Bob', createSigner({ seed: 'eve' }).sign())).json.code).to.equal(
      'ASIGNIO_NOT_VERIFIED',
    );
  }).timeout(30_000);

  it('R27: shows what is held, is rid of it after withdrawal, and erases against the passphrase alone', async () => {
    const visitor = await newcomer('Cleo');
    const cleo = createSigner({ seed: 'cleo', pointerType: 'mouse' });
    await visitor.consent('Cleo Patra');
    await visitor.enrol(() => cleo.sign());
    const held = await visitor.get('/asignio/subjects/me');
    expect(held.json.enrolments).to.have.length(1);
    expect(held.json.enrolments[0]).to.include({ variant: 'mouse', samples: 5, established: false });
    const [consent] = held.json.consents;
    expect(
      (await visitor.send('DELETE', `/asignio/subjects/me/consents/${consent.id}`, '{}', 'application/json')).status,
    ).to.equal(200);
    expect((await visitor.get('/asignio/subjects/me')).json.enrolments).to.deep.equal([]);
    expect((await new Visitor(demo.url).verify('Cleo', cleo.sign())).status).to.equal(401);
    const erase = async (by: Visitor) => by.send('DELETE', '/asignio/subjects/me', '{}', 'application/json');
    expect((await erase(visitor)).json.code, 'a session alone').to.equal('ASIGNIO_REQUESTER_UNVERIFIED');
    const stolen = visitor.at(demo.url);
    expect((await visitor.form('/identity', { passphrase: 'not the passphrase' })).status).to.equal(401);
    expect((await visitor.form('/identity', { passphrase: PASSPHRASE })).status).to.equal(303);
    expect((await erase(stolen)).status, 'a copy of the session of before').to.be.within(401, 403);
    const erased = await erase(visitor);
    expect(erased.json.certificate).to.match(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  }).timeout(30_000);

  it('closes an account, whether or not it ever had a signature', async () => {
    const visitor = await newcomer('Dora');
    expect((await visitor.form('/account/close', {})).status).to.equal(401);
    const closed = await visitor.form('/account/close', { passphrase: PASSPHRASE });
    expect(closed.headers.get('location')).to.equal('/?closed');
    expect((await visitor.get('/my-data')).headers.get('location')).to.equal('/sign-in');
    await newcomer('Dora');
  });

  it('answers a busy port with a sentence and exit code 1', async () => {
    const port = new URL(demo.url).port;
    const other = await dataFolder();
    const error = await startDemo(other, {}, port).catch((cause: unknown) => cause as Error);
    expect(error).to.be.instanceOf(Error);
    expect((error as Error).message).to.match(/ended with 1: .*port/i);
    await rm(other, { recursive: true, force: true });
  });
});
