import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { temporaryFolder } from '@asignio/testkit';
import type { FullDiskReport } from './child-full-disk.js';

describe('a store that cannot grow', () => {
  it('refuses what does not fit, keeps what did, tears nothing, and goes on when there is room', async function fullDisk() {
    if (process.platform === 'win32') this.skip();
    const folder = temporaryFolder();
    // A limit on the size of files stands for a full disk: writes fall short in the same way. In blocks of 512 bytes or 1 kB.
    const child = spawn(
      '/bin/sh',
      [
        '-c',
        'ulimit -f 1200 && exec "$0" "$@"',
        process.execPath,
        fileURLToPath(new URL('./child-full-disk.js', import.meta.url)),
        folder.path,
      ],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    const [code] = (await once(child, 'close')) as [number | null];
    folder.remove();
    expect(code).to.equal(0);
    const report = JSON.parse(output.trim().split('\n').at(-1) ?? '') as FullDiskReport;
    expect(report.kept).to.be.greaterThan(3);
    expect(report.refusals).to.deep.equal(['ASIGNIO_STORAGE_UNAVAILABLE']);
    expect(report.listings).to.deep.equal([report.kept, report.kept, report.kept]);
    expect(report.unhandled).to.equal(0);
    expect(report.afterwards).to.equal('written');
  });
});
