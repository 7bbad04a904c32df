import { AsignioError } from '@asignio/contracts';
import type { Factor, Modality } from '@asignio/contracts';
import type { AttemptRules } from '../attempts.ts';

/** A value and the text that it is from. */
export interface Sourced<T> {
  readonly value: T;
  readonly source: string;
}

/** What a profile asks for beside scores; each with the clause that says so. */
export interface AssuranceConditions {
  /**
   * The false match rate that the model's own data must support, against impostors who do nothing special (zero effort),
   * 0..1. A model whose data do not reach it never satisfies the profile.
   */
  readonly falseMatchRate: Sourced<number>;
  /** One of these must be proved together with the biometric factors: biometrics alone never do. */
  readonly authenticator: Sourced<readonly Factor[]>;
  /** Another way to sign in, without biometrics, must be on offer always. */
  readonly alternative: Sourced<true>;
  /** Never used, whatever else is. */
  readonly refused: Sourced<readonly Modality[]>;
  /** Modalities that need a tested PAD, and the impostor attack presentation accept rate (IAPAR) to be below. */
  readonly pad: Sourced<{ readonly modalities: readonly Modality[]; readonly iapar: number }>;
  /** Attempts, for models whose PAD was tested to be below that rate, and for others. */
  readonly attempts: Sourced<{ readonly withPad: AttemptRules; readonly withoutPad: AttemptRules }>;
}

/** How several factors decide together. */
export interface Fusion {
  /**
   * The false match rate at which each factor must be decided for the subject on its own, 0..1, higher than the profile's:
   * one that speaks against them is not outvoted.
   */
  readonly floor: number;
}

/**
 * Which factors a decision must prove, and how surely. `fmr` is the false match rate against skilled impostors at which
 * each biometric factor is decided; the engine's calibration table turns it into a threshold on the score. With `fused` it
 * is that of all factors together.
 */
export interface AssuranceProfile {
  /** What `requireAssurance(name)` and the request name. */
  readonly name: string;
  /** Authentication context class reference. */
  readonly acr: string;
  readonly factors: readonly Modality[];
  /** 0..1. */
  readonly fmr: number;
  /** Where the number is from. */
  readonly source: string;
  /** Decides by the sum of the factors' log-likelihood ratios instead of by each one. */
  readonly fused?: Fusion;
  /**
   * The factors must be made in one sitting: a sample of one is made while the other modality looks on, in the last step of
   * its challenge (docs/decisions/0017-signing-while-the-camera-looks.md). One after the other is refused with
   * `ASIGNIO_TOGETHER_REQUIRED` before anything is compared, and never satisfies the profile.
   */
  readonly together?: true;
  readonly conditions?: AssuranceConditions;
}

/**
 * The default profiles. Signature alone is a convenience factor: at a skilled FMR of 0.1 % about half of genuine attempts
 * would fail (README, "How good it is"), so the default works at 2 % and the strict one at 0.5 %, and neither is enough for
 * NIST SP 800-63B-4 section 3.2.3, which never accepts biometrics alone.
 */
export const DEFAULT_PROFILES: readonly AssuranceProfile[] = [
  {
    name: 'signature',
    acr: 'urn:asignio:acr:signature',
    factors: ['signature'],
    fmr: 0.02,
    source: 'near the equal error rate of the untrained engine; docs/accuracy.md',
  },
  {
    name: 'signature-strict',
    acr: 'urn:asignio:acr:signature-strict',
    factors: ['signature'],
    fmr: 0.005,
    source: 'about one real skilled forgery in a hundred; docs/accuracy.md',
  },
];

/**
 * Profiles for systems that compare faces: put them beside the default ones. The pack of networks that needs no download
 * carries 1 : 1,000 (docs/face.md). `signature-face` takes both from one ceremony and adds up what they say;
 * `signature-face-together` is the same, drawn while the camera looks.
 */
export const FACE_PROFILES: readonly AssuranceProfile[] = [
  {
    name: 'face',
    acr: 'urn:asignio:acr:face',
    factors: ['face'],
    fmr: 0.001,
    source: 'what the pack `npm` carries; docs/face.md',
  },
  {
    name: 'signature-face',
    acr: 'urn:asignio:acr:signature-face',
    factors: ['signature', 'face'],
    fmr: 0.0005,
    source: 'Of calibrated ratios, a sum of at least ln(1 / FMR) is reached by others at most so often; docs/face.md',
    fused: { floor: 0.1 },
  },
  {
    name: 'signature-face-together',
    acr: 'urn:asignio:acr:signature-face-together',
    factors: ['signature', 'face'],
    fmr: 0.0005,
    source: 'as signature-face; docs/decisions/0017-signing-while-the-camera-looks.md',
    fused: { floor: 0.1 },
    together: true,
  },
];

/** What NIST SP 800-63B-4 (July 2025), section 3.2.3 "Use of Biometrics", asks for, in its numbers. */
const NIST_CONDITIONS: AssuranceConditions = {
  falseMatchRate: {
    value: 0.0001,
    source: 'NIST SP 800-63B-4 3.2.3.1: a false match rate of one in 10,000 or better, in every demographic group',
  },
  authenticator: {
    value: ['passkey', 'device'],
    source: 'NIST SP 800-63B-4 3.2.3: only as part of multi-factor authentication with a physical authenticator',
  },
  alternative: {
    value: true,
    source: 'NIST SP 800-63B-4 3.2.3: an alternative that is not biometric is always offered',
  },
  refused: {
    value: ['voice'],
    source: 'NIST SP 800-63B-4 3.2.3.2: "Biometric comparison based on voice SHALL NOT be used"',
  },
  pad: {
    value: { modalities: ['face'], iapar: 0.07 },
    source: 'NIST SP 800-63B-4 3.2.3.2: PAD for face, with an impostor attack presentation accept rate below 0.07',
  },
  attempts: {
    value: {
      withoutPad: { free: 5, delay: 30_000, disableAt: 50 },
      withPad: { free: 10, delay: 30_000, disableAt: 100 },
    },
    source:
      'NIST SP 800-63B-4 3.2.3.3: 5 consecutive failures (10 with PAD), then 30 s before each; disabled at 50 (100)',
  },
};

/**
 * The profile `nist-63b4` over these biometric factors.
 * @throws AsignioError `ASIGNIO_OPTION_INVALID` for voice.
 * @example
 * ```ts
 * await createAsignio({ origins, assurance: [...DEFAULT_PROFILES, nist63b4(['face'])], alternatives: ['A passphrase'] });
 * ```
 */
export function nist63b4(factors: readonly Modality[] = ['signature']): AssuranceProfile {
  const profile: AssuranceProfile = {
    name: 'nist-63b4',
    acr: 'urn:asignio:acr:nist-63b4',
    factors,
    fmr: NIST_CONDITIONS.falseMatchRate.value,
    source: NIST_CONDITIONS.falseMatchRate.source,
    conditions: NIST_CONDITIONS,
  };
  checkProfile(profile);
  return profile;
}

/** @throws AsignioError `ASIGNIO_OPTION_INVALID` for a profile that contradicts itself. */
export function checkProfile({ name, factors, fmr, fused, together, conditions }: AssuranceProfile): void {
  if (together !== undefined && ((together as unknown) !== true || new Set(factors).size < 2))
    throw new AsignioError(
      'ASIGNIO_OPTION_INVALID',
      `assurance: the profile ${name}: together is true or left out, and takes two factors`,
    );
  if (fused !== undefined) checkFusion({ name, factors, fmr }, fused, conditions);
  const refused = factors.find((factor) => conditions?.refused.value.includes(factor) === true);
  if (refused !== undefined)
    throw new AsignioError(
      'ASIGNIO_OPTION_INVALID',
      `assurance: the profile ${name} takes no ${refused} (${conditions?.refused.source})`,
    );
}

function checkFusion(
  { name, factors, fmr }: Pick<AssuranceProfile, 'name' | 'factors' | 'fmr'>,
  { floor }: Fusion,
  conditions: AssuranceConditions | undefined,
): void {
  const wrong =
    new Set(factors).size < 2
      ? 'one factor cannot be fused'
      : floor <= fmr
        ? 'the floor must be a higher rate than that of the whole'
        : conditions !== undefined
          ? 'conditions are about each factor, which then decides on its own'
          : undefined;
  if (wrong !== undefined) throw new AsignioError('ASIGNIO_OPTION_INVALID', `assurance: the profile ${name}: ${wrong}`);
}
