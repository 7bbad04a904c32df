import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { drawPortrait, temporaryFolder } from '@asignio/testkit';
import { expect } from 'chai';
import sharp from 'sharp';
import { ROOT } from '../support/demo.ts';

const run = promisify(execFile);

describe('the script that measures faces of a data set without labels', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  after(() => folder.remove());

  it('adds the third that each probe is in by light, sharpness and size, and says where there is no face', async () => {
    const at = (name: string): string => join(folder.path, name);
    const portrait = await sharp(Buffer.from(drawPortrait({ seed: 'cy' })))
      .png()
      .toBuffer();
    await sharp(portrait).linear(0.5, 0).png().toFile(at('dark.png'));
    await sharp(portrait).blur(4).png().toFile(at('blurred.png'));
    await sharp(portrait).linear(1.15, 0).png().toFile(at('light.png'));
    await sharp({ create: { width: 300, height: 300, channels: 3, background: '#888' } })
      .png()
      .toFile(at('wall.png'));
    const probes = ['dark.png', 'blurred.png', 'light.png', 'wall.png'];
    const trials = ['model,probe,mated,kind', ...probes.map((probe) => `cy,${probe},1,genuine`)];
    await writeFile(at('trials.csv'), `${trials.join('\n')}\n`);
    const script = join(ROOT, 'scripts/face-conditions.mjs');
    const options = [
      '--data',
      folder.path,
      '--trials',
      at('trials.csv'),
      '--out',
      at('out.csv'),
      '--models',
      folder.path,
    ];
    const { stdout } = await run(process.execPath, [script, ...options]);
    expect(stdout).to.equal('4 probes measured, in 1 of them no one face was found\n');
    const [header, ...rows] = (await readFile(at('out.csv'), 'utf8')).trim().split('\n');
    expect(header).to.equal('model,probe,mated,kind,light,sharpness,size');
    const [dark, blurred, light, wall] = rows.map((row) => row.split(',').slice(4));
    expect([dark?.[0]?.[0], light?.[0]?.[0]]).to.deep.equal(['1', '3']);
    expect(blurred?.[1]?.[0]).to.equal('1');
    expect(wall).to.deep.equal(['no face', 'no face', 'no face']);
  });
});
