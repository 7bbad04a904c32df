import type { CalibrationTable } from './calibration-types.ts';

/** Made by scripts/calibrate-signature.mjs of synthetic signers; not to be edited. */
export const CALIBRATION: CalibrationTable = {
  provenance: { seed: 'calibration/1', people: 728, genuine: 48123, skilled: 173928 },
  withPressure: [
    { samples: 5, offset: 1.3493, slope: 11.1192 },
    { samples: 7, offset: 1.0294, slope: 15.3794 },
    { samples: 10, offset: 1.0089, slope: 15.6797 },
  ],
  withoutPressure: [
    { samples: 5, offset: 0.1672, slope: 10.5162 },
    { samples: 7, offset: -0.4938, slope: 14.2165 },
    { samples: 10, offset: -0.5809, slope: 14.6759 },
  ],
  thresholds: [
    { fmr: 0.1, llr: 0.0848 },
    { fmr: 0.05, llr: 0.8092 },
    { fmr: 0.02, llr: 1.6187 },
    { fmr: 0.01, llr: 2.3252 },
    { fmr: 0.005, llr: 2.9456 },
    { fmr: 0.002, llr: 3.6136 },
    { fmr: 0.001, llr: 4.0695 },
    { fmr: 0.0005, llr: 4.5211 },
    { fmr: 0.0002, llr: 5.0633 },
    { fmr: 0.0001, llr: 5.6217 },
  ],
};
