import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { ROOT } from '../support/demo.js';
import { sequence } from '../support/killing.js';

const run = promisify(execFile);
const DATA = join(ROOT, '../shared/data/signature');
const CLI = join(ROOT, 'packages/asignio/dist/cli.js');

/** Runs `asignio evaluate`, and reads the scores as anybody would: from its CSV. */
async function evaluate(data: string, models: string, trials: string) {
  const folder = await mkdtemp(join(tmpdir(), 'asignio-accuracy-'));
  const scores = join(folder, 'scores.csv');
  try {
    await run(process.execPath, [
      CLI,
      'evaluate',
      '--modality',
      'signature',
      '--data',
      data,
      '--models',
      models,
      '--trials',
      trials,
      '--scores',
      scores,
    ]);
    const [, ...lines] = (await readFile(scores, 'utf8')).trim().split('\n');
    return lines.map((line) => {
      const [model = '', probe = '', mated, kind = '', score = '', decision = '', error = ''] = line.split(',');
      return { model, probe, mated: mated === '1', kind, score: Number.parseFloat(score), decision, error };
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Row = Awaited<ReturnType<typeof evaluate>>[number];

/** Equal error rate, computed here a second time and in another way than the command does: by counting at each score. */
function equalErrorRate(rows: readonly Row[], kind: string): number {
  const genuine = rows.filter((row) => row.mated && !Number.isNaN(row.score)).map((row) => row.score);
  const impostor = rows.filter((row) => row.kind === kind && !Number.isNaN(row.score)).map((row) => row.score);
  let best = 1;
  for (const threshold of [...genuine, ...impostor]) {
    const fnmr = genuine.filter((score) => score < threshold).length / genuine.length;
    const fmr = impostor.filter((score) => score >= threshold).length / impostor.length;
    best = Math.min(best, Math.max(fnmr, fmr));
  }
  return best * 100;
}

describe('accuracy on SVC2004, users 1-20 (never trained or tuned on)', function () {
  this.timeout(300_000);

  before(function () {
    if (!existsSync(DATA)) this.skip();
  });

  for (const [task, limit] of [
    ['svc2004-task1', 9],
    ['svc2004-task2', 9],
  ] as const)
    it(`${task}, p1: skilled EER at most ${limit} %, random at most 0.3 %, no genuine drawing taken for a replay`, async () => {
      const rows = await evaluate(join(DATA, task), join(DATA, 'p1.models.csv'), join(DATA, 'p1.trials.csv'));
      expect(equalErrorRate(rows, 'skilled')).to.be.at.most(limit);
      expect(equalErrorRate(rows, 'random')).to.be.at.most(0.3);
      expect(rows.filter((row) => row.mated && /attack|replay/.test(row.error))).to.deep.equal([]);
    });

  it('refuses the replay of every enrolled drawing, with jitter of 0 to 5 units, every time', async () => {
    const random = sequence(7);
    const folder = await mkdtemp(join(tmpdir(), 'asignio-replay-'));
    try {
      const models = (await readFile(join(DATA, 'p1.models.csv'), 'utf8')).trim().split('\n').slice(1);
      const trials = ['model,probe,mated,kind'];
      await mkdir(join(folder, 'data'));
      for (const line of models) {
        const [model = '', name = ''] = line.split(',');
        const text = await readFile(join(DATA, 'svc2004-task2', name.trim()), 'utf8');
        await writeFile(join(folder, 'data', name.trim()), text);
        for (const jitter of [0, 1, 3, 5]) {
          const [count = '', ...rows] = text.trim().split(/\r?\n/);
          const moved = rows.map((row) => {
            const [x, y, ...rest] = row.trim().split(/\s+/);
            const move = (value: string | undefined) => Math.round(Number(value) + (random() * 2 - 1) * jitter);
            return [move(x), move(y), ...rest].join(' ');
          });
          const copy = `copy${jitter}-${name.trim()}`;
          await writeFile(join(folder, 'data', copy), [count, ...moved].join('\n'));
          trials.push(`${model},${copy},1,replay`);
        }
      }
      await writeFile(join(folder, 'models.csv'), ['model,sample', ...models].join('\n'));
      await writeFile(join(folder, 'trials.csv'), trials.join('\n'));
      const rows = await evaluate(join(folder, 'data'), join(folder, 'models.csv'), join(folder, 'trials.csv'));
      expect(rows).to.have.length(400);
      expect(
        rows.filter((row) => row.decision !== 'rejected').map((row) => `${row.probe} ${row.decision}`),
      ).to.deep.equal([]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
