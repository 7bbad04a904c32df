import { copyFile, mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const capture = new URL('../packages/capture/', import.meta.url);
const path = (name) => fileURLToPath(new URL(name, capture));

/**
 * Bundles the browser's side to `packages/capture/dist/browser/`: `asignio.js` (all components), `sign.js` (the signing
 * surface alone), `asignio.css`. ES modules for browsers of 2023 and later.
 */
export async function buildCapture() {
  const folder = path('dist/browser/');
  await mkdir(folder, { recursive: true });
  await build({
    entryPoints: [path('src/entry/asignio.ts'), path('src/entry/sign.ts')],
    outdir: folder,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: ['chrome115', 'firefox121', 'safari16.4'],
    minify: true,
    charset: 'utf8',
    legalComments: 'none',
    sourcemap: false,
    logLevel: 'warning',
  });
  await copyFile(path('src/asignio.css'), path('dist/browser/asignio.css'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildCapture();
