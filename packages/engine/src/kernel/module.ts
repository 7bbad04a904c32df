import { readFileSync } from 'node:fs';

/** What is used of the global, whose types come with the DOM's only. */
interface Host {
  readonly WebAssembly: {
    readonly Module: new (bytes: Uint8Array) => object;
    readonly Instance: new (module: object) => { readonly exports: unknown };
  };
}

/**
 * Instantiates a compiled kernel of this folder (`scripts/build-kernel.mjs` makes them) and gives what it exports.
 * @throws Error where the file is missing or the machine has no SIMD.
 */
export function instantiate(name: string): unknown {
  const file = import.meta.url.endsWith('.ts') ? `../../dist/kernel/${name}.wasm` : `./${name}.wasm`;
  const { WebAssembly } = globalThis as unknown as Host;
  const module = new WebAssembly.Module(readFileSync(new URL(file, import.meta.url)));
  return new WebAssembly.Instance(module).exports;
}
