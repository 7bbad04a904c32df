// What tsc does not make: the comparison kernel, the browser bundles, and the demo inside the published package.
import { cp, rm } from 'node:fs/promises';
import { buildCapture } from './build-capture.mjs';
import { buildKernel } from './build-kernel.mjs';

await Promise.all([buildKernel(), buildCapture(), copyDemo()]);

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
