import { javascriptAligner } from './javascript.ts';
import type { Aligner } from './sequence.ts';
import { createWasmAligner } from './wasm.ts';

export type { Aligner, Sequence } from './sequence.ts';

let aligner: Aligner | undefined;

/** The fastest aligner that works here, compiled at the first call of a thread. */
export function loadAligner(): Aligner {
  aligner ??= choose();
  return aligner;
}

function choose(): Aligner {
  try {
    return createWasmAligner();
  } catch {
    return javascriptAligner;
  }
}
