import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { createSigner } from '@asignio/testkit';
import { ROOT } from '../support/demo.js';
import { withProgram } from '../support/program.js';
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
    await withProgram('readme', { port: PORT, files: { 'app.mjs': firstProgram(readme, PORT) } }, async (base) => {
      const visitor = new Visitor(base);
      const ada = createSigner({ seed: 'readme' });
      expect((await visitor.get('/private')).status).to.equal(401);
      // The sign-in that the app already has, which the test's harness adds.
      await visitor.form('/existing-sign-in', { id: 'ada' });
      expect((await visitor.consent()).status).to.equal(201);
      expect((await visitor.enrol(() => ada.sign())).status).to.equal(200);
      const other = new Visitor(base);
      let accepted = '';
      for (let tries = 0; tries < 4 && accepted === ''; tries++) {
        const answer = await other.verify('ada', ada.sign());
        if (answer.status === 200) accepted = answer.ceremony;
      }
      expect((await other.form('/sign-in', { ceremony: accepted })).status).to.equal(302);
      expect((await other.get('/private')).text).to.include('ada');
    });
  }).timeout(60_000);
});
