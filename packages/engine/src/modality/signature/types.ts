import type { PointerType } from '@asignio/contracts';
import type { Sequence } from '../../kernel/aligner.ts';
import { MANIFEST } from './model/manifest.ts';

/** Places of a trace. */
export const TRACE_POINTS = 128;

/**
 * What is kept of one drawing: its local features at 50 Hz, channel after channel, each with zero mean and unit variance
 * over the drawing, and a trace to know copies by. Neither place nor size of the drawing can be told from it.
 */
export interface SignatureFeatures extends Sequence {
  readonly pointerType: PointerType;
  /** Whether the last two channels hold pressure; they are absent otherwise. */
  readonly pressure: boolean;
  /** Places at equal distances along the line, {@link TRACE_POINTS} x then as many y, in parts of its radius of gyration. */
  readonly trace: Float32Array;
  /** What the network makes of it: {@link EMBEDDING_CHANNELS} numbers a row, channel after channel; absent where no network ran. */
  readonly embedding?: Float32Array;
}

/** How far a person's own drawings are from each other. */
export interface Variation {
  /** Mean over the drawings of the distance to the nearest other. */
  readonly nearest: number;
  /** Mean of all distances. */
  readonly mean: number;
}

/** Several drawings by one person with one kind of pointer. */
export interface SignatureReference {
  readonly pointerType: PointerType;
  /** Whether all drawings have pressure. */
  readonly pressure: boolean;
  /** Whether a second sitting is in it. */
  readonly established: boolean;
  /** How many of the first drawings always stay. */
  readonly anchors: number;
  readonly drawings: readonly SignatureFeatures[];
  /** Without pressure, with it where all have it, and of the embeddings where all have one made in the same way. */
  readonly variation: { readonly shape: Variation; readonly full?: Variation; readonly network?: Variation };
}

/** Channels without pressure: dx, dy, speed, sine, cosine, turning, acceleration. */
export const SHAPE_CHANNELS = 7;
/** And with: pressure and its change. */
export const ALL_CHANNELS = 9;

/** Numbers that the network gives for a row. */
export const EMBEDDING_CHANNELS = MANIFEST.shape.members * MANIFEST.shape.outputs;

/** How many channels a drawing has. */
export function channelsOf(features: { readonly pressure: boolean }): number {
  return features.pressure ? ALL_CHANNELS : SHAPE_CHANNELS;
}
