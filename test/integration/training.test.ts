import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { ROOT } from '../support/demo.js';

const run = promisify(execFile);
/** A Python that has what training/signature/requirements.txt names; it is no part of what CI installs. */
const PYTHON = process.env['ASIGNIO_PYTHON'] ?? 'python3';

describe('training of the signature network, in small (needs a Python with PyTorch, numba, onnx and onnxruntime)', () => {
  before(function () {
    this.timeout(70_000);
    const found = spawnSync(PYTHON, ['-c', 'import torch, numba, onnx, onnxruntime'], { timeout: 60_000 });
    if (found.status !== 0) this.skip();
  });

  it('makes of synthetic people a network, its ONNX file, its manifest and golden vectors', async () => {
    const build = await mkdtemp(join(tmpdir(), 'asignio-training-'));
    try {
      await run('make', ['-C', join(ROOT, 'training/signature'), 'smoke', `PY=${PYTHON}`, `BUILD=${build}`], {
        env: { ...process.env, NUMBA_CACHE_DIR: join(build, 'numba'), PYTHONDONTWRITEBYTECODE: '1' },
      });
      expect((await stat(join(build, 'smoke.onnx'))).size).to.be.within(300_000, 2_000_000);
      const manifest = await readFile(join(build, 'engine/src/modality/signature/model/manifest.ts'), 'utf8');
      expect(manifest).to.include('members: 2');
      const weights = await stat(join(build, 'engine/models/signature-net-0.0.0.f32'));
      expect(weights.size).to.equal(2 * 4 * 45_024);
      const golden = JSON.parse(await readFile(join(build, 'golden/signer0.json'), 'utf8')) as { trials: unknown[] };
      expect(golden.trials).to.have.length(2);
    } finally {
      await rm(build, { recursive: true, force: true });
    }
  }).timeout(600_000);
});
