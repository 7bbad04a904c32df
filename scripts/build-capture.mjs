import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { faceWeights } from './build-face-weights.mjs';

const capture = new URL('../packages/capture/', import.meta.url);
const path = (name) => fileURLToPath(new URL(name, capture));

/**
 * Bundles the browser's side to `packages/capture/dist/browser/`: `asignio.js` (all components), `sign.js` (the signing
 * surface alone), `face-worker.js` with `face-weights.bin` (live hints, loaded when a camera is on), `asignio.css`. ES modules
 * for browsers of 2023 and later.
 */
export async function buildCapture() {
  const folder = path('dist/browser/');
  await mkdir(folder, { recursive: true });
  await build({
    entryPoints: ['asignio', 'sign', 'face-worker'].map((name) => path(`src/entry/${name}.ts`)),
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
  await writeFile(path('dist/browser/face-weights.bin'), await faceWeights());
  await copyFile(path('src/asignio.css'), path('dist/browser/asignio.css'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildCapture();
