// What tsc does not make: the kernels, the browser bundles, and the demo inside the published package.
import { cp, rm } from 'node:fs/promises';
import { buildCapture } from './build-capture.mjs';
import { buildKernels } from './build-kernel.mjs';

await Promise.all([buildKernels(), buildCapture(), copyDemo()]);

async function copyDemo() {
  const from = new URL('../examples/express-passport/', import.meta.url);
  const to = new URL('../packages/asignio/dist/demo/', import.meta.url);
  await rm(to, { recursive: true, force: true });
  await cp(new URL('dist/', from), new URL('dist/', to), {
    recursive: true,
    filter: (path) => !path.endsWith('.tsbuildinfo'),
  });
  await cp(new URL('public/', from), new URL('public/', to), { recursive: true });
}
