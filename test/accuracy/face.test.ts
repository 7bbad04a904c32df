import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sha256Of } from '@asignio/engine';
import { expect } from 'chai';
import { ROOT } from '../support/demo.js';

const run = promisify(execFile);
const DATA = join(ROOT, '../shared/data/face');
const MODELS = join(ROOT, '../shared/models');
const CLI = join(ROOT, 'packages/asignio/dist/cli.js');

describe('accuracy of faces (measured on; what looks at them changed is in docs/accuracy.md)', function () {
  this.timeout(900_000);
  let folder: string;

  before(function () {
    if (!existsSync(DATA)) this.skip();
    folder = mkdtempSync(join(tmpdir(), 'asignio-face-accuracy-'));
    if (!existsSync(MODELS)) return;
    for (const name of readdirSync(MODELS))
      if (name.endsWith('.onnx'))
        copyFileSync(join(MODELS, name), join(folder, `${sha256Of(readFileSync(join(MODELS, name)))}.onnx`));
  });
  after(() => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  for (const [pack, data, protocol, limit] of [
    ['npm', 'lfw', 'lfw-view2-folds1-2', 1],
    ['npm', 'orl', 'orl', 0.5],
    ['mobilefacenet', 'lfw', 'lfw-view2-folds1-2', 0.9],
    ['mobilefacenet', 'orl', 'orl', 0.5],
  ] as const)
    it(`${pack} on ${data}: EER at most ${limit} %, one sample in a hundred not acquired at most`, async function () {
      if (pack !== 'npm' && !existsSync(MODELS)) this.skip();
      const args = ['--modality', 'face', '--face-pack', pack, '--data', join(DATA, data), '--json', '-'];
      // Of many non-mated trials some are enough for a bound: every mated one, and at most 700 others, spread evenly.
      const [header, ...rows] = readFileSync(join(DATA, `${protocol}.trials.csv`), 'utf8')
        .trim()
        .split(/\r?\n/);
      const others = rows.filter((row) => row.split(',')[2] === '0');
      const step = Math.ceil(others.length / 700);
      const kept = new Set(others.filter((_, i) => i % step === 0));
      const trials = join(folder, 'trials.csv');
      writeFileSync(trials, [header, ...rows.filter((row) => row.split(',')[2] === '1' || kept.has(row))].join('\n'));
      const files = ['--models', join(DATA, `${protocol}.models.csv`), '--trials', trials];
      const { stdout } = await run(process.execPath, [CLI, 'evaluate', ...args, ...files], {
        env: { ...process.env, ASIGNIO_MODELS: folder },
        maxBuffer: 64 * 1024 * 1024,
      });
      const report = JSON.parse(stdout) as {
        overall: { eer: { rate: number } };
        fta: { rate: number };
        fte: { rate: number };
      };
      expect(100 * report.overall.eer.rate).to.be.at.most(limit);
      expect(report.fta.rate).to.be.at.most(0.01);
      expect(report.fte.rate).to.be.at.most(0.01);
    });
});
