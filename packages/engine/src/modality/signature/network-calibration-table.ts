import type { CalibrationTable } from './calibration-types.ts';

/** Made by scripts/calibrate-signature.mjs of synthetic signers; not to be edited. */
export const NETWORK_CALIBRATION: CalibrationTable = {
  provenance: { seed: 'calibration/1', people: 505, genuine: 33400, skilled: 120645 },
  withPressure: [
    { samples: 5, offset: 5.8432, slope: 12.6923 },
    { samples: 7, offset: 6.9456, slope: 17.2133 },
    { samples: 10, offset: 7.1568, slope: 17.9286 },
  ],
  withoutPressure: [
    { samples: 5, offset: 5.1481, slope: 12.241 },
    { samples: 7, offset: 5.9969, slope: 16.3318 },
    { samples: 10, offset: 6.2527, slope: 17.3529 },
  ],
  thresholds: [
    { fmr: 0.1, llr: -0.2659 },
    { fmr: 0.05, llr: 0.6473 },
    { fmr: 0.02, llr: 1.6124 },
    { fmr: 0.01, llr: 2.3527 },
    { fmr: 0.005, llr: 3.1159 },
    { fmr: 0.002, llr: 4.0686 },
    { fmr: 0.001, llr: 4.7847 },
    { fmr: 0.0005, llr: 5.3177 },
    { fmr: 0.0002, llr: 5.777 },
    { fmr: 0.0001, llr: 5.9853 },
  ],
};
