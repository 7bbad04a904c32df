import type { ModelId } from '@asignio/contracts';
import type { NetworkShape } from '../../../kernel/encoder.ts';

/** What is said of a network that ships: `training/signature/pack.py` writes it. */
export interface ModelManifest extends ModelId {
  /** What the embeddings are marked with that it makes: the first four bytes of its weights' SHA-256. */
  readonly tag: number;
  /** Weights, as little-endian 32-bit floats, in `packages/engine/models`. */
  readonly file: { readonly name: string; readonly bytes: number; readonly sha256: string };
  readonly shape: NetworkShape;
  /** What it was trained on, and how much. */
  readonly training: {
    readonly data: 'synthetic';
    readonly writers: number;
    readonly seeds: readonly number[];
    readonly steps: number;
  };
  /** The model that compares what it cannot: references without its embeddings, and pressure on one side alone. */
  readonly fallback: ModelId;
}
