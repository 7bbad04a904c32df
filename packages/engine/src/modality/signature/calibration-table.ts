import type { CalibrationTable } from './calibration-types.ts';

/** Made by scripts/calibrate-signature.mjs of synthetic signers; not to be edited. */
export const CALIBRATION: CalibrationTable = {
  provenance: { seed: 'calibration/1', people: 727, genuine: 48167, skilled: 173826 },
  withPressure: [
    { samples: 5, offset: 1.3464, slope: 11.101 },
    { samples: 7, offset: 1.0232, slope: 15.352 },
    { samples: 10, offset: 1.004, slope: 15.6496 },
  ],
  withoutPressure: [
    { samples: 5, offset: 0.1651, slope: 10.5054 },
    { samples: 7, offset: -0.492, slope: 14.1907 },
    { samples: 10, offset: -0.5813, slope: 14.682 },
  ],
  thresholds: [
    { fmr: 0.1, llr: 0.0733 },
    { fmr: 0.05, llr: 0.8103 },
    { fmr: 0.02, llr: 1.6351 },
    { fmr: 0.01, llr: 2.2924 },
    { fmr: 0.005, llr: 2.9518 },
    { fmr: 0.002, llr: 3.6602 },
    { fmr: 0.001, llr: 4.1062 },
    { fmr: 0.0005, llr: 4.5945 },
    { fmr: 0.0002, llr: 5.127 },
    { fmr: 0.0001, llr: 5.4162 },
  ],
};
