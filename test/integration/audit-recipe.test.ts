import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { tenantId } from '@asignio/contracts';
import { checkpointsFile } from '@asignio/checkpoints-file';
import { openAudit } from '@asignio/core';
import { keysFile } from '@asignio/keys-file';
import { storageLmdb } from '@asignio/storage-lmdb';
import { temporaryFolder } from '@asignio/testkit';
import type { TemporaryFolder } from '@asignio/testkit';
import { createAsignio } from 'asignio';
import { ROOT } from '../support/demo.js';

const TENANT = tenantId('default');
const ASIGNIO = join(ROOT, 'packages/asignio/bin/asignio.js');
const PEERS = ['python3', 'openssl'];

/** The one program of docs/audit.md. */
function recipe(): string {
  const found = /```python\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, 'docs/audit.md'), 'utf8'));
  if (found?.[1] === undefined) throw new Error('docs/audit.md has no program');
  return found[1];
}

describe('the recipe of docs/audit.md, run with Python and OpenSSL', function () {
  this.timeout(60_000);
  let folder: TemporaryFolder;
  let lines: string[];

  const file = (name: string) => join(folder.path, name);
  const run = (log = 'audit.jsonl', checkpoints = 'checkpoints.jsonl') => {
    const { status, stdout, stderr } = spawnSync('python3', ['verify.py', log, checkpoints, 'jwks.json'], {
      cwd: folder.path,
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  };

  before(async function () {
    const missing = PEERS.filter((peer) => spawnSync(peer, ['version']).error !== undefined);
    if (missing.length > 0) {
      if (process.env['ASIGNIO_REQUIRE_PEERS'] === '1') throw new Error(`Not installed: ${missing.join(', ')}`);
      this.skip();
    }
    folder = temporaryFolder();
    const data = file('data');
    const system = await createAsignio({ origins: ['https://app.example'], data, workers: 1 });
    for (let n = 0; n < 4; n++) {
      await system.core.subjects.notice(TENANT, ['en', 'es', 'ar', 'en'][n] ?? 'en');
      await system.core.audit.checkpoint(TENANT);
    }
    await system.core.subjects.notice(TENANT, 'en');
    await system.close();
    const { audit, publicKeys, close } = await openAudit({
      storage: storageLmdb({ path: join(data, 'store') }),
      keys: keysFile({ path: join(data, 'keys.json') }),
      checkpoints: checkpointsFile({ path: join(data, 'checkpoints') }),
    });
    let text = '';
    for await (const piece of audit.export(TENANT, { format: 'jsonl' })) text += piece;
    lines = text.split('\n').slice(0, -1);
    writeFileSync(file('audit.jsonl'), text);
    writeFileSync(file('jwks.json'), JSON.stringify(await publicKeys(TENANT)));
    writeFileSync(file('checkpoints.jsonl'), readFileSync(join(data, 'checkpoints', 'default.jsonl')));
    writeFileSync(file('verify.py'), recipe());
    await close();
  });

  after(() => folder?.remove());

  it('finds a chain whole that is', () => {
    const { status, stdout, stderr } = run();
    expect(stderr).to.equal('');
    expect({ status, stdout }).to.deep.equal({ status: 0, stdout: `whole: ${lines.length} entries, 4 checkpoints\n` });
  });

  it('is short enough to read', () => {
    expect(recipe().split('\n').length).to.be.at.most(50);
  });

  it('finds a changed entry, a deleted one, two that changed places, and an end that was cut off', () => {
    const broken: [string, readonly string[]][] = [
      ['broken at entry 2', lines.with(1, (lines[1] as string).replace('notice.served', 'consent.given'))],
      ['broken at entry 3', lines.toSpliced(2, 1)],
      ['broken at entry 2', lines.with(1, lines[2] as string).with(2, lines[1] as string)],
      ['checkpoint 4 saw another chain', lines.slice(0, -3)],
    ];
    for (const [message, changed] of broken) {
      writeFileSync(file('broken.jsonl'), `${changed.join('\n')}\n`);
      const { status, stderr } = run('broken.jsonl');
      expect(status).to.equal(1);
      expect(stderr).to.contain(message);
    }
  });

  it('finds a checkpoint that is missing, or signed by nobody known', () => {
    const checkpoints = readFileSync(file('checkpoints.jsonl'), 'utf8').split('\n').slice(0, -1);
    const [first = ''] = checkpoints;
    const [header, payload, signature = ''] = first.split('.');
    const turned = `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    for (const changed of [checkpoints.slice(1), checkpoints.toSpliced(2, 1), [turned, ...checkpoints.slice(1)]]) {
      writeFileSync(file('broken.checkpoints'), `${changed.join('\n')}\n`);
      expect(run('audit.jsonl', 'broken.checkpoints').status).to.equal(1);
    }
    // What a power failure cut, and what two processes wrote twice, is no fault.
    writeFileSync(file('torn.checkpoints'), `${first.slice(0, 30)}~\n${first}\n${checkpoints.join('\n')}\n`);
    expect(run('audit.jsonl', 'torn.checkpoints').status).to.equal(0);
  });

  const command = (log: string, ...options: string[]) =>
    spawnSync(process.execPath, [ASIGNIO, 'audit', 'verify', '--file', file(log), ...options]).status;

  it('and the command agree about whatever may stand in an entry, by the formats as they are written down', () => {
    const wild = [
      { '': 0, a: 1e-7, b: 1e21, c: 0.1, d: -5, e: 9_007_199_254_740_991, f: true, g: null },
      { ' ': '\u2028\u2029\u007f', '"\\': '\b\f\n\r\t\u0000\u001f', '\u{1F58A}': '\u00e9e\u0301\uffff' },
      {},
    ];
    let previous = '0'.repeat(64);
    let text = '';
    for (const [index, data] of wild.entries()) {
      const entry = { sequence: index + 1, id: `${index}é`, at: 1e12, event: 'notice.served', subject: null, data };
      const { sequence, id, at, event, subject } = entry;
      const hashed = JSON.stringify([sequence, id, at, event, subject, Object.entries(data), previous]);
      const hash = createHash('sha256').update(hashed).digest('hex');
      text += `${JSON.stringify({ ...entry, previous, hash })}\n`;
      previous = hash;
    }
    writeFileSync(file('wild.jsonl'), text);
    writeFileSync(file('none.jsonl'), '');
    expect(run('wild.jsonl', 'none.jsonl')).to.deep.equal({
      status: 0,
      stdout: 'whole: 3 entries, 0 checkpoints\n',
      stderr: '',
    });
    expect(command('wild.jsonl')).to.equal(0);
  });

  it('and the command agree about the same files', () => {
    const proof = ['--checkpoints', file('checkpoints.jsonl'), '--jwks', file('jwks.json')];
    expect(command('audit.jsonl', ...proof)).to.equal(0);
    expect(command('broken.jsonl', ...proof)).to.equal(1);
    expect(execFileSync('openssl', ['version'], { encoding: 'utf8' })).to.match(/^OpenSSL [3-9]/);
  });
});
