// Compiles the kernels (AssemblyScript) to WebAssembly with SIMD, next to the compiled code that loads them.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { argv } from 'node:process';
import { pathToFileURL } from 'node:url';
import { main } from 'assemblyscript/asc';

/** Writes `dtw.wasm`, `conv.wasm` and `draw.wasm` into `packages/engine/dist/kernel/`. */
export async function buildKernels() {
  await Promise.all([buildKernel('dtw', 8), buildKernel('conv', 40), buildKernel('draw', 1)]);
}

async function buildKernel(name, pages) {
  const source = new URL(`../packages/engine/src/kernel/assembly/${name}.ts`, import.meta.url);
  const folder = new URL('../packages/engine/dist/kernel/', import.meta.url);
  const text = await readFile(source, 'utf8');
  const made = new Map();
  const complaints = [];
  const { error } = await main(
    [
      `${name}.ts`,
      '--outFile',
      `${name}.wasm`,
      '-O3',
      '--noAssert',
      '--runtime',
      'stub',
      '--enable',
      'simd',
      '--initialMemory',
      String(pages),
    ],
    {
      readFile: (file) => (file === `${name}.ts` ? text : null),
      writeFile: (file, contents) => void made.set(file, contents),
      listFiles: () => [],
      stderr: { write: (complaint) => void complaints.push(complaint) },
    },
  );
  if (error) throw new Error(`The kernel ${name} does not compile:\n${complaints.join('')}`, { cause: error });
  await mkdir(folder, { recursive: true });
  await writeFile(new URL(`${name}.wasm`, folder), made.get(`${name}.wasm`));
}

if (argv[1] !== undefined && import.meta.url === pathToFileURL(argv[1]).href) await buildKernels();
