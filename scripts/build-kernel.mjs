// Compiles the comparison kernel (AssemblyScript) to WebAssembly with SIMD, next to the compiled code that loads it.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { argv } from 'node:process';
import { pathToFileURL } from 'node:url';
import { main } from 'assemblyscript/asc';

/** Writes `packages/engine/dist/kernel/dtw.wasm`. */
export async function buildKernel() {
  const source = new URL('../packages/engine/src/kernel/assembly/dtw.ts', import.meta.url);
  const folder = new URL('../packages/engine/dist/kernel/', import.meta.url);
  const text = await readFile(source, 'utf8');
  const made = new Map();
  const complaints = [];
  const { error } = await main(
    [
      'dtw.ts',
      '--outFile',
      'dtw.wasm',
      '-O3',
      '--noAssert',
      '--runtime',
      'stub',
      '--enable',
      'simd',
      '--initialMemory',
      '8',
    ],
    {
      readFile: (name) => (name === 'dtw.ts' ? text : null),
      writeFile: (name, contents) => void made.set(name, contents),
      listFiles: () => [],
      stderr: { write: (complaint) => void complaints.push(complaint) },
    },
  );
  if (error) throw new Error(`The kernel does not compile:\n${complaints.join('')}`, { cause: error });
  await mkdir(folder, { recursive: true });
  await writeFile(new URL('dtw.wasm', folder), made.get('dtw.wasm'));
}

if (argv[1] !== undefined && import.meta.url === pathToFileURL(argv[1]).href) await buildKernel();
