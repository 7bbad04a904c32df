import { spawn } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { createSigner } from '@asignio/testkit';
import { ROOT } from '../support/demo.js';
import { firstProgram } from '../support/readme.js';
import { Visitor } from '../support/visitor.js';

const PORT = 3100 + (process.pid % 800);

describe('the README', () => {
  let readme: string;

  before(async () => {
    readme = await readFile(join(ROOT, 'README.md'), 'utf8');
  });

  it('names the two commands', () => {
    expect(readme).to.include('npm ci && npm start').and.to.include('npm ci && npm test');
  });

  it('shows a first program that signs a person in by signature, as it stands', async () => {
    const folder = join(ROOT, 'test-results', `readme-${process.pid}`);
    await mkdir(folder, { recursive: true });
    const program = firstProgram(readme, PORT);
    await writeFile(join(folder, 'app.mjs'), program);
    const child = spawn(process.execPath, ['app.mjs'], {
      cwd: folder,
      env: { ...process.env, SESSION_SECRET: 'test' },
      stdio: 'pipe',
    });
    let output = '';
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    try {
      const visitor = new Visitor(`http://localhost:${PORT}`);
      await ready(`http://localhost:${PORT}/asignio/readyz`, () => output);
      const ada = createSigner({ seed: 'readme' });
      expect((await visitor.get('/private')).status).to.equal(401);
      // The sign-in that the app already has, which the test's harness adds.
      await visitor.form('/existing-sign-in', { id: 'ada' });
      expect((await visitor.consent()).status).to.equal(201);
      expect((await visitor.enrol(() => ada.sign())).status).to.equal(200);
      const other = new Visitor(`http://localhost:${PORT}`);
      let accepted = '';
      for (let tries = 0; tries < 4 && accepted === ''; tries++) {
        const answer = await other.verify('ada', ada.sign());
        if (answer.status === 200) accepted = answer.ceremony;
      }
      expect((await other.form('/sign-in', { ceremony: accepted })).status).to.equal(302);
      expect((await other.get('/private')).text).to.include('ada');
    } finally {
      child.kill();
      await rm(folder, { recursive: true, force: true });
    }
  }).timeout(60_000);
});

async function ready(url: string, output: () => string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if ((await fetch(url).catch(() => undefined))?.ok === true) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`It did not start: ${output()}`);
}
