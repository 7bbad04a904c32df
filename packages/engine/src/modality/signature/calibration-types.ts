/** `llr = offset - slope * dissimilarity` for references of so many drawings. */
export interface CalibrationLine {
  readonly samples: number;
  readonly offset: number;
  readonly slope: number;
}

/** Everything that scripts/calibrate-signature.mjs measures. */
export interface CalibrationTable {
  /** What it was measured on. */
  readonly provenance: {
    readonly seed: string;
    readonly people: number;
    readonly genuine: number;
    readonly skilled: number;
  };
  readonly withPressure: readonly CalibrationLine[];
  readonly withoutPressure: readonly CalibrationLine[];
  /** From the largest rate to the smallest. */
  readonly thresholds: readonly { readonly fmr: number; readonly llr: number }[];
}
