import type { CalibrationTable } from './calibration-types.ts';

export const CALIBRATION: CalibrationTable = {
  provenance: { seed: '', people: 0, genuine: 0, skilled: 0 },
  withPressure: [{ samples: 5, offset: 0, slope: 1 }],
  withoutPressure: [{ samples: 5, offset: 0, slope: 1 }],
  thresholds: [{ fmr: 0.1, llr: 0 }],
};
