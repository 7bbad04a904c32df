import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawPortrait } from '@asignio/testkit';
import { expect } from 'chai';
import sharp from 'sharp';
import { groupReport, wilson } from '#src/commands/evaluate/groups.js';
import type { Report } from '#src/commands/evaluate/report.js';
import type { TrialOutcome } from '#src/commands/evaluate/run.js';
import { asignio } from './support/terminal.ts';

describe('asignio evaluate, of faces', function () {
  this.timeout(60_000);
  let root: string;
  const file = (name: string) => join(root, name);
  const run = (...more: readonly string[]) =>
    asignio([
      'evaluate',
      '--modality',
      'face',
      '--data',
      file('data'),
      '--models',
      file('models.csv'),
      '--trials',
      file('trials.csv'),
      '--workers',
      '1',
      ...more,
    ]);

  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'asignio-evaluate-face-'));
    process.env['ASIGNIO_MODELS'] = file('models');
    await mkdir(file('data'));
    const write = async (name: string, seed: string, turn: number) => {
      const drawn = sharp(Buffer.from(drawPortrait({ seed }))).png();
      const turned = sharp(await drawn.toBuffer()).rotate(turn, { background: '#8a9aa3' });
      if (!name.endsWith('.pgm')) return void (await turned.toFile(join(file('data'), name)));
      const { data, info } = await turned.resize(120).greyscale().raw().toBuffer({ resolveWithObject: true });
      await writeFile(
        join(file('data'), name),
        Buffer.concat([Buffer.from(`P5\n# made up\n${info.width} ${info.height}\n255\n`), data]),
      );
    };
    await write('cy-1.jpg', 'cy', 0);
    await write('fay-1.png', 'fay', 0);
    await write('cy-2.webp', 'cy', 2);
    await write('cy-3.pgm', 'cy', 1);
    await write('fay-2.jpeg', 'fay', 2);
    await writeFile(
      join(file('data'), 'wall.png'),
      await sharp({ create: { width: 200, height: 200, channels: 3, background: '#888' } })
        .png()
        .toBuffer(),
    );
    await writeFile(join(file('data'), 'broken.jpg'), 'nothing');
    await writeFile(file('models.csv'), 'model,sample,hair\ncy,cy-1.jpg,dark\nfay,fay-1.png,light\n');
    await writeFile(
      file('trials.csv'),
      [
        'model,probe,mated,kind,light',
        'cy,cy-2.webp,1,genuine,day',
        'cy,cy-3.pgm,1,genuine,night',
        'fay,fay-2.jpeg,1,genuine,day',
        'cy,fay-2.jpeg,0,random,day',
        'fay,cy-2.webp,0,random,night',
        'fay,wall.png,1,genuine,night',
        'fay,broken.jpg,1,genuine,day',
      ].join('\n'),
    );
  });
  after(async () => {
    delete process.env['ASIGNIO_MODELS'];
    await rm(root, { recursive: true, force: true });
  });

  it('reads JPEG, PNG, WebP and PGM, and says why others cannot be acquired', async () => {
    const { code, err } = await run('--by', 'light', '--scores', file('s.csv'), '--json', file('r.json'));
    expect({ code, err }).to.deep.equal({ code: 0, err: '' });
    const [, ...rows] = (await readFile(file('s.csv'), 'utf8')).trim().split('\n');
    const scores = rows.map((row) => Number.parseFloat(row.split(',')[4] ?? ''));
    expect(Math.min(...scores.slice(0, 3))).to.be.above(Math.max(...scores.slice(3, 5)));
    expect(rows[5]).to.match(/,,inconclusive,ASIGNIO_QUALITY_NO_FACE$/);
    expect(rows[6]).to.match(/,,inconclusive,ASIGNIO_SAMPLE_INVALID$/);
    const report = JSON.parse(await readFile(file('r.json'), 'utf8')) as Report;
    expect(report.model).to.deep.equal({ name: 'face-npm', version: '1.0.0' });
    expect(report.by?.column).to.equal('light');
    expect(report.by?.groups['day']).to.deep.include({ trials: 4, mated: 2, nonMated: 1, fta: { count: 1, of: 4 } });
    expect(report.by?.groups['night']).to.deep.include({ trials: 3, mated: 1, nonMated: 1 });
  });

  it('groups by a column of the models too, and prints all groups at one threshold', async () => {
    const { out } = await run('--by', 'hair', '--fmr', '0.01');
    expect(out)
      .to.match(/all groups at LLR -?\d/)
      .and.match(/^dark +/m)
      .and.match(/^light +/m);
    const { code, err } = await run('--by', 'shoes');
    expect([code, err.includes('neither file has a column "shoes"')]).to.deep.equal([1, true]);
  });

  it('takes other columns only where it is asked to group', async () => {
    expect((await run()).err).to.contain('the header must be model,sample');
  });

  it('takes a pack by its manifest, and names one that there is not', async () => {
    const { code, err } = await run('--by', 'light', '--face-pack', 'nobody');
    expect([code, err.includes('mobilefacenet')]).to.deep.equal([2, true]);
  });
});

describe('the report by group', () => {
  const trial = (group: string, mated: boolean, score?: number): TrialOutcome => ({
    model: 'm',
    probe: 'p',
    kind: 'k',
    mated,
    group,
    decision: 'inconclusive',
    error: '',
    attack: false,
    ...(score === undefined ? { failure: 'acquire' } : { score }),
  });

  it('counts errors of each group at the threshold of all, and the spread', () => {
    const trials = [
      ...[5, 4, 1, 3].map((score) => trial('a', true, score)),
      ...[5, 1, 1, 3].map((score) => trial('b', true, score)),
      ...[-3, 2.5].map((score) => trial('a', false, score)),
      ...[-3, -2].map((score) => trial('b', false, score)),
      trial('b', true),
    ];
    const { groups, spread } = groupReport(trials, 'x', 2);
    expect(groups['a']?.fnmr.rate).to.equal(0.25);
    expect(groups['b']?.fnmr.rate).to.equal(0.5);
    expect(groups['a']?.fmr.rate).to.equal(0.5);
    expect(groups['b']?.fmr.rate).to.equal(0);
    expect(groups['b']?.fta).to.deep.equal({ count: 1, of: 7 });
    expect(spread.fnmr).to.equal(2);
  });

  it('has intervals after Wilson', () => {
    // R: binom::binom.wilson(8, 10) and (0, 10).
    expect(wilson(8, 10).low).to.be.closeTo(0.4901625, 1e-6);
    expect(wilson(8, 10).high).to.be.closeTo(0.9433178, 1e-6);
    expect(wilson(0, 10)).to.deep.include({ rate: 0, low: 0 });
    expect(wilson(0, 10).high).to.be.closeTo(0.2775328, 1e-6);
    expect(wilson(0, 0)).to.deep.equal({ rate: null, low: null, high: null });
  });
});
