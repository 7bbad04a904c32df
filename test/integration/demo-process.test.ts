import { readFile, readdir, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { dataFolder, runDemo, startDemo } from '../support/demo.js';
import type { RunningDemo } from '../support/demo.js';
import { Visitor } from '../support/visitor.js';

const PASSPHRASE = 'blue herons over quiet water';

describe('the demo as a process', function () {
  this.timeout(60_000);
  let data = '';
  let demo: RunningDemo | undefined;

  before(async () => {
    data = await dataFolder();
    demo = await startDemo(data);
  });

  after(async () => {
    await demo?.stop();
    await rm(data, { recursive: true, force: true });
  });

  const agent = (): Visitor => new Visitor(demo?.url ?? '');

  it('remembers accounts and who is signed in over a restart', async () => {
    const ada = agent();
    expect((await ada.form('/account', { name: 'Ada', passphrase: PASSPHRASE })).headers.get('location')).to.equal(
      '/release',
    );
    expect(await demo?.stop()).to.equal(0);
    demo = await startDemo(data);
    const again = ada.at(demo.url);
    expect((await again.get('/')).text).to.contain('Hello, Ada');
    const other = agent();
    const answer = await other.form('/sign-in/passphrase', { name: 'ada', passphrase: PASSPHRASE });
    expect(answer.headers.get('location')).to.equal('/');
  });

  it('keeps its files to itself, and neither passphrases nor session ids in them', async () => {
    const files = (await readdir(data, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    expect(files.length).to.be.greaterThan(2);
    const paths = files.map((entry) => join(entry.parentPath, entry.name));
    for (const path of paths) expect((await stat(path)).mode & 0o077, path).to.equal(0);
    const kept = await Promise.all(paths.map((path) => readFile(path, 'latin1')));
    expect(kept.join('')).to.not.contain(PASSPHRASE);
  });

  it('says the same of a wrong passphrase and of an account that does not exist', async () => {
    await agent().form('/account', { name: 'grace', passphrase: PASSPHRASE });
    const wrong = await agent().form('/sign-in/passphrase', { name: 'grace', passphrase: 'x'.repeat(20) });
    const nobody = await agent().form('/sign-in/passphrase', { name: 'nobody', passphrase: 'x'.repeat(20) });
    expect(wrong.status).to.equal(401);
    expect(nobody.status).to.equal(401);
    expect(nobody.text.replaceAll('nobody', 'grace')).to.equal(wrong.text);
  });

  it('slows guessing down, whether or not the account exists', async () => {
    for (const name of ['Ada', 'never was']) {
      const statuses: number[] = [];
      for (let i = 0; i < 6; i += 1)
        statuses.push(
          (await agent().form('/sign-in/passphrase', { name, passphrase: `guess ${i} of a passphrase` })).status,
        );
      expect(statuses, name).to.deep.equal([401, 401, 401, 401, 401, 429]);
    }
  });

  it('refuses names and passphrases it should not take, and changes nothing', async () => {
    for (const form of [
      { name: '', passphrase: PASSPHRASE },
      { name: ' \t', passphrase: PASSPHRASE },
      { name: 'a\u0000b', passphrase: PASSPHRASE },
      { name: 'x'.repeat(65), passphrase: PASSPHRASE },
      { name: 'fresh', passphrase: 'short' },
      { name: 'fresh', passphrase: 'x'.repeat(201) },
      { name: 'ADA ', passphrase: PASSPHRASE },
    ])
      expect((await agent().form('/account', form)).status, JSON.stringify(form)).to.equal(422);
    const sent = await agent().form('/sign-in/passphrase', { name: 'fresh', passphrase: PASSPHRASE });
    expect(sent.status).to.equal(401);
  });

  it('shows a name as text', async () => {
    const mallory = agent();
    await mallory.form('/account', { name: '<img src=x onerror=alert(1)>', passphrase: PASSPHRASE });
    const page = (await mallory.get('/')).text;
    expect(page).to.contain('&lt;img src=x onerror=alert(1)&gt;').and.not.contain('<img src=x');
  });

  it('takes no form of another site', async () => {
    for (const path of ['/account', '/sign-in/passphrase', '/sign-out', '/sign-in', '/account/close', '/identity']) {
      const answer = await agent().form(path, { name: 'eve', passphrase: PASSPHRASE }, 'https://evil.example');
      expect(answer.status, path).to.equal(403);
    }
    const none = await fetch(`${demo?.url}/account`, { method: 'POST', body: new URLSearchParams({ name: 'eve' }) });
    expect(none.status).to.equal(403);
  });

  it('shows nobody what is for those who signed in', async () => {
    for (const path of ['/release', '/enrol', '/my-data', '/identity', '/account/close', '/confirm', '/inside'])
      expect((await agent().get(path)).headers.get('location'), path).to.equal('/sign-in');
    const ada = agent();
    await ada.form('/account', { name: 'only a passphrase', passphrase: PASSPHRASE });
    expect((await ada.get('/inside')).headers.get('location')).to.equal('/confirm');
  });

  it('serves every page under a policy that allows nothing inline', async () => {
    for (const path of ['/', '/account', '/sign-in', '/nowhere']) {
      const answer = await agent().get(path);
      const policy = answer.headers.get('content-security-policy') ?? '';
      expect(policy).to.contain("default-src 'none'").and.contain("require-trusted-types-for 'script'");
      expect(policy).to.not.contain('unsafe');
      expect(answer.text).to.not.match(/ style=| on[a-z]+=|<style|<script(?![^>]* src=)/);
    }
  });

  it('signs out on the server too', async () => {
    const ada = agent();
    await ada.form('/account', { name: 'leaver', passphrase: PASSPHRASE });
    const stolen = ada.at(demo?.url ?? '');
    await ada.form('/sign-out', {});
    expect((await stolen.get('/my-data')).headers.get('location')).to.equal('/sign-in');
  });

  it('says what its options are, and what is wrong with them', async () => {
    const help = await runDemo(['--help']);
    expect(help).to.include({ code: 0, err: '' });
    expect(help.out).to.contain('--port').and.contain('--data').and.contain('--host');
    for (const args of [['--port', 'many'], ['--port', '65536'], ['--nonsense'], ['stray']]) {
      const { code, err } = await runDemo(args);
      expect(code, args.join(' ')).to.equal(1);
      expect(err.trim().split('\n')).to.have.length(1);
    }
  });

  it('says in a sentence that a port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((done) => other.once('listening', done));
    const { port } = other.address() as AddressInfo;
    const { code, err } = await runDemo(['--port', `${port}`, '--data', data]);
    other.close();
    expect(code).to.equal(1);
    expect(err).to.equal(`Port ${port} is in use. Choose another one: npm start -- --port ${port + 1}\n`);
  });
});
