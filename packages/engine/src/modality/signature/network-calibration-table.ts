import type { CalibrationTable } from './calibration-types.ts';

/** Made by scripts/calibrate-signature.mjs of synthetic signers; not to be edited. */
export const NETWORK_CALIBRATION: CalibrationTable = {
  provenance: { seed: 'calibration/1', people: 727, genuine: 48167, skilled: 173826 },
  withPressure: [
    { samples: 5, offset: 9.4495, slope: 11.7516 },
    { samples: 7, offset: 12.7743, slope: 17.1654 },
    { samples: 10, offset: 13.1089, slope: 17.7208 },
  ],
  withoutPressure: [
    { samples: 5, offset: 9.1081, slope: 11.474 },
    { samples: 7, offset: 12.2233, slope: 16.6121 },
    { samples: 10, offset: 12.5296, slope: 17.1623 },
  ],
  thresholds: [
    { fmr: 0.1, llr: -0.329 },
    { fmr: 0.05, llr: 0.5802 },
    { fmr: 0.02, llr: 1.5082 },
    { fmr: 0.01, llr: 2.2871 },
    { fmr: 0.005, llr: 3.006 },
    { fmr: 0.002, llr: 3.984 },
    { fmr: 0.001, llr: 4.68 },
    { fmr: 0.0005, llr: 5.2091 },
    { fmr: 0.0002, llr: 6.4178 },
    { fmr: 0.0001, llr: 6.5466 },
  ],
};
