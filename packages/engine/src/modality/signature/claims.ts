import type { ModelClaims } from '@asignio/contracts';

/**
 * What may be claimed of the signature model on real people. Its calibration is of synthetic signers, who support no claim
 * about people. On SVC2004 none of 20 people was taken for one of the 19 others at the threshold of the profile
 * `signature` (docs/accuracy.md); several drawings of one person are not independent, so pairs are counted: 20 x 19. No
 * error in 380 comparisons supports 3 / 380 at 95 % (rule of 3, ISO/IEC 19795-1). Replays are looked for, and no PAD was
 * tested as ISO/IEC 30107-3 has it.
 */
export const SIGNATURE_CLAIMS: ModelClaims = {
  falseMatch: {
    fmr: 3 / 380,
    threshold: 1.6351,
    comparisons: 380,
    source: 'SVC2004, 20 people against each other; docs/accuracy.md',
  },
  pad: null,
};
