import { AsignioError } from '@asignio/contracts';
import type { Clock, Decision, Engine, EpochMs, Factor, Modality } from '@asignio/contracts';
import type { AttemptRules } from './attempts.ts';
import { Claims } from './assurance/claims.ts';
import type { ModelEvidence } from './assurance/claims.ts';
import { checkProfile } from './assurance/profile.ts';
import type { AssuranceProfile } from './assurance/profile.ts';

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
  /** All profiles that the evidence satisfies; some count only together with an {@link AuthenticatorProof}. */
  readonly satisfied: readonly string[];
}

/** A physical authenticator that the host has just verified, for the subject of the ceremony. */
export interface AuthenticatorProof {
  readonly factor: Extract<Factor, 'passkey' | 'device'>;
  /** When the host verified it. */
  readonly at: EpochMs;
}

/** An authenticator proved longer ago than this is of another sign-in, ms; ours, for the text names no number. */
const TOGETHER_MS = 10 * 60_000;
/** How far the host's clock may be ahead, ms. */
const SKEW_MS = 60_000;

/** What {@link Assurance} stands on. */
export interface AssuranceTools {
  readonly profiles: readonly AssuranceProfile[];
  readonly engine: Pick<Engine, 'threshold' | 'claims' | 'model' | 'prompts'>;
  readonly evidence: readonly ModelEvidence[];
  /** For profiles that have no rules of their own. */
  readonly attempts: AttemptRules;
  readonly clock: Clock;
}

/** Looks profiles up, and decides by them. */
export class Assurance {
  private readonly tools: AssuranceTools;
  private readonly known: ReadonlyMap<string, AssuranceProfile>;
  private readonly claims: Claims;
  readonly fallback: string;

  /** @throws AsignioError `ASIGNIO_OPTION_INVALID` for a profile that contradicts itself, or a default nobody can satisfy. */
  constructor(tools: AssuranceTools) {
    const { profiles, engine, evidence } = tools;
    const [first] = profiles;
    if (first === undefined) throw new AsignioError('ASIGNIO_OPTION_INVALID', 'assurance: give at least one profile');
    for (const profile of profiles) checkProfile(profile);
    this.tools = tools;
    this.known = new Map(profiles.map((profile) => [profile.name, profile]));
    this.claims = new Claims(engine, evidence);
    this.fallback = first.name;
    const [obstacle] = this.obstacles(first.name);
    if (obstacle !== undefined)
      throw new AsignioError(
        'ASIGNIO_OPTION_INVALID',
        `assurance: nobody can satisfy the default profile: ${obstacle}`,
      );
  }

  get profiles(): readonly AssuranceProfile[] {
    return this.tools.profiles;
  }

  /** @throws AsignioError `ASIGNIO_REQUEST_INVALID` for a name that is not configured. */
  profile(name: string): AssuranceProfile {
    const profile = this.known.get(name);
    if (profile === undefined) throw new AsignioError('ASIGNIO_REQUEST_INVALID', 'There is no such assurance profile');
    return profile;
  }

  /** Why nobody can satisfy a profile with the models that are installed; empty where somebody can. */
  obstacles(name: string): readonly string[] {
    return this.obstaclesOf(this.profile(name));
  }

  /**
   * The profile that a ceremony over these modalities is for.
   * @throws AsignioError `ASIGNIO_REQUEST_INVALID` for a modality that is missing or that the profile refuses,
   * `ASIGNIO_ASSURANCE_UNAVAILABLE` where nobody could satisfy it.
   */
  forCeremony(name: string, modalities: readonly Modality[]): AssuranceProfile {
    const profile = this.profile(name);
    if (!profile.factors.every((factor) => modalities.includes(factor)))
      throw new AsignioError('ASIGNIO_REQUEST_INVALID', `The assurance asked for needs: ${profile.factors.join(', ')}`);
    const refused = modalities.find((modality) => profile.conditions?.refused.value.includes(modality) === true);
    if (refused !== undefined)
      throw new AsignioError('ASIGNIO_REQUEST_INVALID', `The assurance asked for takes no ${refused}`);
    const [obstacle] = this.obstacles(name);
    if (obstacle !== undefined) throw new AsignioError('ASIGNIO_ASSURANCE_UNAVAILABLE', obstacle);
    return profile;
  }

  /** How often one may try under a profile. One that is configured no more has the rules of those without their own. */
  attemptRules(name: string): AttemptRules {
    const profile = this.known.get(name);
    if (profile?.conditions === undefined) return this.tools.attempts;
    const { withPad, withoutPad } = profile.conditions.attempts.value;
    return this.claims.withPad(profile) ? withPad : withoutPad;
  }

  /**
   * Pure: the same evidence gives the same verdict.
   * @param together whether the samples were made in one sitting, one while another modality looked on
   */
  decide(name: string, evidence: readonly Evidence[], together = false): Verdict {
    const asked = this.profile(name);
    const attack = evidence.some((item) => item.attack);
    const missing = evidence.filter((item) => item.score === undefined).map((item) => item.reason ?? 'not-compared');
    if (attack) return { decision: 'rejected', reasons: ['presentation-attack'], factors: [], satisfied: [] };
    if (missing.length > 0) return { decision: 'inconclusive', reasons: missing, factors: [], satisfied: [] };
    if (asked.together === true && !together)
      return { decision: 'inconclusive', reasons: ['ASIGNIO_TOGETHER_REQUIRED'], factors: [], satisfied: [] };
    const satisfied = this.profiles.filter(
      (profile) => (together || profile.together !== true) && this.satisfies(profile, evidence),
    );
    if (!satisfied.includes(asked))
      return { decision: 'rejected', reasons: ['below-threshold'], factors: [], satisfied: [] };
    return {
      decision: 'accepted',
      reasons: [],
      factors: asked.factors,
      satisfied: satisfied.map((profile) => profile.name),
    };
  }

  /**
   * Of the profiles that a decision satisfied, those that count with this authenticator, or with none.
   * @throws AsignioError `ASIGNIO_ASSURANCE_REQUIRED` where the one that was asked for is not among them.
   */
  proved(asked: string, satisfied: readonly string[], proof: AuthenticatorProof | undefined): readonly string[] {
    const proved = satisfied.filter((name) => {
      const wanted = this.known.get(name)?.conditions?.authenticator.value;
      return wanted === undefined || (proof !== undefined && wanted.includes(proof.factor));
    });
    if (!proved.includes(asked))
      throw new AsignioError(
        'ASIGNIO_ASSURANCE_REQUIRED',
        `The assurance ${asked} needs a physical authenticator together with the biometric factor`,
      );
    return proved;
  }

  /** @throws AsignioError `ASIGNIO_REQUEST_INVALID` for a proof of another time or of something else. */
  checkAuthenticator(proof: AuthenticatorProof | undefined): AuthenticatorProof | undefined {
    if (proof === undefined) return undefined;
    const { factor, at } = proof;
    const age = this.tools.clock.now() - at;
    if (factor !== 'passkey' && factor !== 'device')
      throw new AsignioError('ASIGNIO_REQUEST_INVALID', 'An authenticator is a passkey or a device');
    // NaN compares false: a time that is none is refused.
    if (!(age >= -SKEW_MS && age <= TOGETHER_MS))
      throw new AsignioError('ASIGNIO_REQUEST_INVALID', 'The authenticator was proved in another sign-in');
    return { factor, at };
  }

  private obstaclesOf(profile: AssuranceProfile): readonly string[] {
    const found = this.claims.obstacles(profile);
    if (profile.together !== true) return found;
    const { factors } = profile;
    const beside = factors.map((factor) => this.tools.engine.prompts?.(factor)?.beside?.modality);
    return beside.some((modality) => modality !== undefined && factors.includes(modality))
      ? found
      : [...found, `None of the installed modalities looks on while another sample is made: ${factors.join(', ')}`];
  }

  private satisfies(profile: AssuranceProfile, evidence: readonly Evidence[]): boolean {
    const { factors, fmr, fused } = profile;
    if (this.obstaclesOf(profile).length > 0) return false;
    const scores = factors.map((factor) => evidence.find(({ modality }) => modality === factor)?.score ?? Number.NaN);
    // NaN compares false: a score that is missing or no number never accepts.
    const each = factors.every(
      (factor, i) => (scores[i] ?? Number.NaN) >= this.tools.engine.threshold(factor, fused?.floor ?? fmr),
    );
    return each && (fused === undefined || fuse(scores) >= fusedThreshold(fmr));
  }
}

/** What independent factors say together: their log-likelihood ratios add up. */
function fuse(scores: readonly number[]): number {
  return scores.reduce((sum, score) => sum + score, 0);
}

/**
 * The log-likelihood ratio that others reach at most so often, of calibrated scores: the mean of the ratio over others is
 * 1, so by Markov's inequality no more than `fmr` of them have 1 / `fmr` or more.
 */
function fusedThreshold(fmr: number): number {
  return -Math.log(fmr);
}
