/** Where a model file comes from. */
export type ModelSource =
  /** From an address; mirrors are tried in turn. */
  | { readonly url: string; readonly mirrors?: readonly string[] }
  /** Built here, of weights inside an npm package that is a dependency of the engine. */
  | { readonly npm: string; readonly version: string; readonly build: NpmBuild }
  /** Handed in by the operator; the text says from where. */
  | { readonly by: string };

export const NPM_BUILDS = ['blazeface', 'landmarks68', 'recognition'] as const;
export type NpmBuild = (typeof NPM_BUILDS)[number];

/** One network of a pack. */
export interface ModelFile {
  readonly name: string;
  /** Of the whole file, hexadecimal. A file with another one is never loaded. */
  readonly sha256: string;
  readonly bytes: number;
  /** SPDX identifier, and what is known beside it. */
  readonly licence: string;
  readonly source: ModelSource;
}

/** How pixels enter a network: `(value - mean) / std`, channel by channel in the order of `colour`; value 0-255. */
export interface InputLayout {
  readonly side: number;
  readonly colour: 'rgb' | 'bgr';
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

/** Points of a face by which it is aligned: five (eyes, nose, mouth corners) as detected or of the 68 landmarks, or those of dlib. */
export const ALIGNMENT_POINTS = ['detected5', 'landmarks5', 'dlib33'] as const;
export type AlignmentPoints = (typeof ALIGNMENT_POINTS)[number];

/** A normal distribution of cosines. */
export interface Normal {
  readonly mean: number;
  readonly deviation: number;
}

/** From cosines to log-likelihood ratios: scores of one person and of two as normal distributions, and what that rests on. */
export interface FaceCalibration {
  readonly mated: Normal;
  readonly nonMated: Normal;
  /** Ratios are kept within this, natural log, either way. */
  readonly limit: number;
  /** Where the numbers are from, in a sentence. */
  readonly provenance: string;
}

/** What a pack scored on a protocol. */
export interface Measured {
  readonly protocol: string;
  /** Parts of 1. */
  readonly eer?: number;
  readonly fnmr: { readonly [fmr: string]: number };
  readonly mated: number;
  readonly nonMated: number;
}

/** A pack: everything that the engine must know of networks to run them. */
export interface FacePack {
  readonly format: 'asignio-face-pack/1';
  /** Lower case letters, digits and hyphens. */
  readonly name: string;
  readonly version: string;
  /** What was tried with it, and what was not. */
  readonly note: string;
  readonly files: { readonly [id: string]: ModelFile };
  readonly detector:
    | { readonly kind: 'blazeface'; readonly file: string }
    | {
        readonly kind: 'yunet';
        readonly file: string;
        /** Longer side of the input, px. */
        readonly side: number;
        /** Whether the network takes a square of that side alone. */
        readonly fixed: boolean;
        /** Least score of a face, 0..1. */
        readonly score: number;
      };
  readonly landmarks: { readonly kind: 'face68'; readonly file: string };
  readonly aligner: {
    readonly points: AlignmentPoints;
    /** Where each point comes to lie in the embedder's input, px. */
    readonly template: readonly (readonly [x: number, y: number])[];
  };
  readonly embedder: InputLayout & {
    readonly file: string;
    readonly output: string;
    readonly dimensions: number;
  };
  /** Passive PAD; absent where the pack has none. */
  readonly pad?: {
    readonly kind: 'minifasnet';
    /** Networks, each with how much larger than the face its crop is. */
    readonly members: readonly { readonly file: string; readonly scale: number }[];
    /** Below this mean probability of `live` it is an attack, 0..1. */
    readonly threshold: number;
  };
  readonly calibration: FaceCalibration;
  readonly measured: readonly Measured[];
}
