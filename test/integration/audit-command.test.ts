import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import type { AuditReport } from '@asignio/core';
import { ROOT, dataFolder, startDemo } from '../support/demo.js';
import type { RunningDemo } from '../support/demo.js';
import { Visitor } from '../support/visitor.js';

const run = promisify(execFile);
const NAMES = ['Grace Hopper', 'Mary Somerville', 'Hedy Lamarr'];
const PASSPHRASE = 'blue herons over quiet water';

describe('asignio audit, beside the demo', function () {
  this.timeout(120_000);
  let data = '';
  let demo: RunningDemo;

  before(async () => {
    data = await dataFolder();
    demo = await startDemo(data);
  });

  after(async () => {
    await demo.stop();
    await rm(data, { recursive: true, force: true });
  });

  const asignio = async (...args: string[]) =>
    (await run(process.execPath, [join(ROOT, 'packages/asignio/bin/asignio.js'), 'audit', ...args, '--data', data]))
      .stdout;
  const verify = async () => JSON.parse(await asignio('verify', '--json')) as AuditReport;
  const release = async (name: string) => {
    const visitor = new Visitor(demo.url);
    await visitor.form('/account', { name, passphrase: PASSPHRASE });
    expect((await visitor.consent()).status).to.equal(201);
  };

  it('signs, verifies and exports while people use it, and after a kill', async () => {
    await release('Ada Lovelace');
    const writers = NAMES.map(release);
    await asignio('checkpoint');
    const early = await verify();
    await Promise.all(writers);
    await asignio('checkpoint');
    const late = await verify();
    expect([early.faults, late.faults]).to.deep.equal([[], []]);
    expect(late.checkpoints).to.include({ upTo: late.entries - 1 });
    expect(late.checkpoints?.count).to.be.within(1, 2);

    const exported = await asignio('export', '--event', 'consent.granted');
    expect(exported.split('\n').filter(Boolean)).to.have.length(4);
    for (const name of ['Ada Lovelace', ...NAMES]) expect(exported).to.not.contain(name);

    await demo.stop('SIGKILL');
    expect((await verify()).faults).to.deep.equal([]);
    const kept = readFileSync(join(data, 'checkpoints', 'default.jsonl'), 'utf8');
    demo = await startDemo(data);
    await release('Edith Clarke');
    await asignio('checkpoint');
    expect((await verify()).faults).to.deep.equal([]);
    expect(readFileSync(join(data, 'checkpoints', 'default.jsonl'), 'utf8').startsWith(kept)).to.equal(true);
  });
});
