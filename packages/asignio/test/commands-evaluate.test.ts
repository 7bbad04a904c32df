import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createSigner } from '@asignio/testkit';
import { parseCsv } from '#src/commands/evaluate/csv.js';
import type { Report } from '#src/commands/evaluate/report.js';
import { asignio } from './support/terminal.ts';

const USERS = ['u1', 'u2', 'u3'];
const ENROLLED = 5;

describe('asignio evaluate', () => {
  let root: string;
  const file = (name: string) => join(root, name);
  const run = (...more: readonly string[]) =>
    asignio([
      'evaluate',
      '--modality',
      'signature',
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

  // Three people: five drawings to enrol, two more, a traced copy of the shape; and one drawing that is none.
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'asignio-evaluate-'));
    await mkdir(file('data'));
    const models = ['model,sample'];
    const trials = ['model,probe,mated,kind'];
    for (const user of USERS) {
      const signer = createSigner({ seed: `evaluate-${user}` });
      const write = (name: string, sample: object) => writeFile(join(root, 'data', name), JSON.stringify(sample));
      for (let n = 0; n < ENROLLED; n++) {
        await write(`${user}-${n}.json`, signer.sign({ seed: n }));
        models.push(`${user}#d0,${user}-${n}.json`);
      }
      for (const n of ['x', 'y']) {
        await write(`${user}-${n}.json`, signer.sign({ seed: n }));
        trials.push(`${user}#d0,${user}-${n}.json,1,genuine`);
      }
      await write(`${user}-f.json`, signer.forge({ skill: 'shape', seed: 1 }));
      trials.push(`${user}#d0,${user}-f.json,0,skilled`, `${user}#d0,${user === 'u1' ? 'u2' : 'u1'}-x.json,0,random`);
    }
    // The same recording again, and something that is no signature.
    trials.push('u1#d0,u1-0.json,0,replay', 'u1#d0,broken.json,1,genuine', 'u2#d0,empty.txt,1,genuine');
    models.push('u4,u1-0.json');
    trials.push('u4,u1-x.json,1,genuine');
    await writeFile(join(root, 'data', 'broken.json'), '{"format":"asignio-signature/1"}');
    await writeFile(join(root, 'data', 'empty.txt'), '0\n');
    await writeFile(file('models.csv'), `${models.join('\n')}\n`);
    await writeFile(file('trials.csv'), `${trials.join('\n')}\n`);
  });
  after(() => rm(root, { recursive: true, force: true }));

  it('writes scores, report and plot, and says the same in words', async () => {
    const { code, out, err } = await run('--scores', file('s.csv'), '--json', file('r.json'), '--plot', file('p.svg'));
    expect({ code, err }).to.deep.equal({ code: 0, err: '' });

    const scores = parseCsv(
      await readFile(file('s.csv'), 'utf8'),
      ['model', 'probe', 'mated', 'kind', 'score', 'decision', 'error'],
      's.csv',
    ).map(({ fields }) => fields);
    const trials = (await readFile(file('trials.csv'), 'utf8')).trim().split('\n').slice(1);
    expect(scores.map(({ model, probe, mated, kind }) => [model, probe, mated, kind].join(','))).to.deep.equal(trials);
    for (const { probe, score, decision, error } of scores) {
      if (probe === 'broken.json' || probe === 'empty.txt') {
        expect({ score, decision }).to.deep.equal({ score: '', decision: 'inconclusive' });
        expect(error).to.match(/^ASIGNIO_SAMPLE_INVALID$/);
      } else if (error === '' || error?.startsWith('attack:')) expect(Number(score)).to.be.within(-100, 100);
      else expect([score, error]).to.deep.equal(['', 'ASIGNIO_QUALITY_TOO_FEW_SAMPLES']);
    }
    expect(scores.find(({ kind }) => kind === 'replay')).to.include({ decision: 'rejected', error: 'attack:replay' });
    const mean = (wanted: string) => {
      const values = scores
        .filter(({ kind, score }) => kind === wanted && score !== '')
        .map(({ score }) => Number(score));
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    };
    expect(mean('genuine')).to.be.greaterThan(mean('random'));

    const report = JSON.parse(await readFile(file('r.json'), 'utf8')) as Report;
    expect(report.counts).to.deep.include({ users: 4, models: 4, trials: 16, mated: 9, nonMated: 7 });
    expect(report.counts.kinds).to.deep.equal({ genuine: 9, skilled: 3, random: 3, replay: 1 });
    expect(report.fta).to.deep.include({ count: 2, of: 15 });
    expect(report.fte).to.deep.include({ count: 1, of: 4 });
    expect(report.attacks).to.deep.equal({ replay: 1 });
    expect(Object.keys(report.kinds)).to.have.members(['skilled', 'random', 'replay']);
    expect(Object.keys(report.overall.fnmr)).to.deep.equal(['1e-2', '1e-3', '1e-4', '1e-5']);
    expect(report.kinds['random']?.eer.rate).to.be.within(0, 1);
    expect(report.overall).to.deep.include({ mated: 6, nonMated: 7 });
    expect(report.latencyMs.p99).to.be.at.least(report.latencyMs.p50 as number);
    expect(out).to.contain('failed to acquire 2 of 15, failed to enrol 1 of 4, attacks found 1 replay');
    expect(await readFile(file('p.svg'), 'utf8')).to.match(/^<svg [\s\S]+<\/svg>\n$/);
  });

  it('gives the same scores with two workers, and the same intervals with the same seed', async () => {
    await run('--scores', file('one.csv'), '--json', file('one.json'), '--quiet');
    await run('--scores', file('two.csv'), '--json', file('two.json'), '--quiet', '--workers', '2');
    expect(await readFile(file('two.csv'), 'utf8')).to.equal(await readFile(file('one.csv'), 'utf8'));
    const [one, two] = await Promise.all(
      ['one.json', 'two.json'].map(async (name) => JSON.parse(await readFile(file(name), 'utf8')) as Report),
    );
    expect(two?.overall).to.deep.equal(one?.overall);
  });

  it('writes the report alone to standard output for machines, and a bar to standard error for people', async () => {
    const machine = await run('--json', '-');
    expect((JSON.parse(machine.out) as Report).format).to.equal('asignio-evaluation/1');
    const terminal = ['--quiet', '--json', file('q.json')];
    expect(await run(...terminal)).to.include({ out: '', err: '' });
    const args = [
      'evaluate',
      '--modality',
      'signature',
      '--data',
      file('data'),
      '--models',
      file('models.csv'),
      '--trials',
      file('trials.csv'),
    ];
    const person = await asignio(args, { progress: true });
    expect(person.err)
      .to.match(/Enrolling \[#+\] 100 % {2}4 of 4/)
      .and.match(/Comparing \[#+\] 100 % {2}16 of 16/);
    expect(person.out).not.to.contain('\r');
  });

  it('R39: registers the data set as its folder and the options state it, and the report repeats it', async () => {
    const stated = { name: 'Made up', source: '@asignio/testkit', licence: 'Apache-2.0', jurisdiction: 'none' };
    const dataset = join(root, 'data', 'dataset.json');
    await writeFile(dataset, JSON.stringify(stated));
    try {
      const { out } = await run('--json', '-', '--licence', 'CC0-1.0');
      expect((JSON.parse(out) as Report).dataset).to.deep.equal({ ...stated, licence: 'CC0-1.0' });
      expect((await run()).out).to.contain('data set Made up; source: @asignio/testkit; licence: Apache-2.0');
      for (const wrong of ['[]', '{', '{"licence":7}', '{"source":" "}']) {
        await writeFile(dataset, wrong);
        const { code, err } = await run('--scores', file('never.csv'));
        expect([code, err]).to.satisfy(
          ([exit, text]: [number, string]) => exit === 1 && text.includes('DATASET_UNREGISTERED'),
        );
      }
    } finally {
      await rm(dataset);
    }
    expect(await readdir(root)).not.to.include('never.csv');
    expect((await run()).out).to.contain('source: not stated');
  });

  it('stops before it starts where a sample is missing or outside the folder', async () => {
    for (const name of ['nobody.json', '../models.csv', '../r.json']) {
      await writeFile(file('bad.csv'), `model,probe,mated,kind\nu1#d0,${name},1,genuine\n`);
      const { code, err } = await run('--trials', file('bad.csv'), '--scores', file('never.csv'));
      expect(code).to.equal(1);
      expect(err).to.contain(name).and.contain('ASIGNIO_FILE_UNREADABLE');
    }
    expect(await readdir(root)).not.to.include('never.csv');
  });

  it('has exit codes and sentences for what is wrong', async () => {
    const wrong: [args: string[], code: number, words: string][] = [
      [['--modality', 'voice'], 1, 'ASIGNIO_MODALITY_UNAVAILABLE'],
      [['--modality', 'gait'], 2, '--modality must be one of signature, face, voice'],
      [['--workers', '0'], 2, '--workers must be an integer from 1 to 256'],
      [['--seed', '-1'], 2, '--seed'],
      [['--fmr', '2'], 2, '--fmr must be a number between 0 and 1'],
      [['--models', file('nowhere.csv')], 1, 'there is no such file'],
      [['--models', file('trials.csv')], 1, 'trials.csv, line 1: the header must be model,sample'],
      [['--data', file('nowhere')], 1, 'is not a folder'],
      [['--scores', join(root, 'no', 'folder.csv')], 1, 'cannot be written'],
    ];
    for (const [args, code, words] of wrong) {
      const result = await run(...args);
      expect(result.err).to.contain(words);
      expect(result.code).to.equal(code);
    }
  });
}).timeout(60_000);
