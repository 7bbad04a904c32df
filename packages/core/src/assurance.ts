import { AsignioError } from '@asignio/contracts';
import type { Decision, Engine, Factor, Modality } from '@asignio/contracts';

/**
 * Which factors a decision must prove, and how surely. `fmr` is the false match rate against skilled impostors at which
 * each biometric factor is decided; the engine's calibration table turns it into a threshold on the score.
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

/** What a comparison gave, as far as the decision needs it. */
export interface Evidence {
  readonly modality: Modality;
  /** Log-likelihood ratio; absent when nothing was compared. */
  readonly score?: number;
  readonly attack: boolean;
  /** Why nothing was compared, by code. */
  readonly reason?: string;
}

export interface Verdict {
  readonly decision: Decision;
  readonly reasons: readonly string[];
  readonly factors: readonly Factor[];
  /** All profiles that the evidence satisfies. */
  readonly satisfied: readonly string[];
}

/** Looks profiles up, and decides by them. */
export class Assurance {
  private readonly profiles: ReadonlyMap<string, AssuranceProfile>;
  private readonly engine: Pick<Engine, 'threshold'>;
  readonly fallback: string;

  constructor(profiles: readonly AssuranceProfile[], engine: Pick<Engine, 'threshold'>) {
    const [first] = profiles;
    if (first === undefined) throw new AsignioError('ASIGNIO_OPTION_INVALID', 'assurance: give at least one profile');
    this.profiles = new Map(profiles.map((profile) => [profile.name, profile]));
    this.fallback = first.name;
    this.engine = engine;
  }

  /** @throws AsignioError `ASIGNIO_REQUEST_INVALID` for a name that is not configured. */
  profile(name: string): AssuranceProfile {
    const profile = this.profiles.get(name);
    if (profile === undefined) throw new AsignioError('ASIGNIO_REQUEST_INVALID', 'There is no such assurance profile');
    return profile;
  }

  /** Pure: the same evidence gives the same verdict. */
  decide(name: string, evidence: readonly Evidence[]): Verdict {
    const asked = this.profile(name);
    const attack = evidence.some((item) => item.attack);
    const missing = evidence.filter((item) => item.score === undefined).map((item) => item.reason ?? 'not-compared');
    if (attack) return { decision: 'rejected', reasons: ['presentation-attack'], factors: [], satisfied: [] };
    if (missing.length > 0) return { decision: 'inconclusive', reasons: missing, factors: [], satisfied: [] };
    const satisfied = [...this.profiles.values()].filter((profile) => this.satisfies(profile, evidence));
    if (!satisfied.includes(asked))
      return { decision: 'rejected', reasons: ['below-threshold'], factors: [], satisfied: [] };
    return {
      decision: 'accepted',
      reasons: [],
      factors: asked.factors,
      satisfied: satisfied.map((profile) => profile.name),
    };
  }

  private satisfies(profile: AssuranceProfile, evidence: readonly Evidence[]): boolean {
    return profile.factors.every((factor) => {
      const item = evidence.find(({ modality }) => modality === factor);
      // NaN compares false: a score that is no number never accepts.
      return item?.score !== undefined && item.score >= this.engine.threshold(factor, profile.fmr);
    });
  }
}
