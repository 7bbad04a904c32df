import type { Engine, Modality, ModelClaims, RateClaim } from '@asignio/contracts';
import type { AssuranceProfile } from './profile.ts';

/**
 * What an operator's own tests of a model showed, beside what the model's data show.
 * @example
 * ```ts
 * const evidence = {
 *   modality: 'face', model: 'face-net@2.0.0',
 *   falseMatch: { fmr: 1e-4, threshold: 6, comparisons: 30_000, source: 'Report 2026-7 of our laboratory' },
 *   pad: { iapar: 0.03, source: 'the same, clause 13 of ISO/IEC 30107-3' },
 * };
 * ```
 */
export interface ModelEvidence extends Partial<ModelClaims> {
  readonly modality: Modality;
  /** `name@version`, exactly. */
  readonly model: string;
}

/** How much of a rate no error in so many comparisons supports, at 95 % (rule of 3, ISO/IEC 19795-1). */
const RULE_OF_3 = 3;

/** Knows what may be claimed of each installed model. */
export class Claims {
  private readonly engine: Pick<Engine, 'claims' | 'model' | 'threshold'>;
  private readonly evidence: readonly ModelEvidence[];

  constructor(engine: Pick<Engine, 'claims' | 'model' | 'threshold'>, evidence: readonly ModelEvidence[]) {
    this.engine = engine;
    this.evidence = evidence;
  }

  /** What stands between a profile and anybody who could satisfy it, in sentences. */
  obstacles({ factors, fmr, conditions }: AssuranceProfile): readonly string[] {
    if (conditions === undefined) return [];
    const { falseMatchRate, pad } = conditions;
    return factors.flatMap((factor) => {
      const found: string[] = [];
      const best = this.lowest(factor, this.engine.threshold(factor, fmr));
      if (best > falseMatchRate.value)
        found.push(
          `The data of the model ${this.nameOf(factor)} support ${best < 1 ? `a false match rate of ${ratio(best)} at best` : 'no claim about false matches'}; ${ratio(falseMatchRate.value)} is asked for (${falseMatchRate.source})`,
        );
      if (pad.value.modalities.includes(factor) && !this.padTested(factor, pad.value.iapar))
        found.push(`The model ${this.nameOf(factor)} has no PAD that was tested to be good enough (${pad.source})`);
      return found;
    });
  }

  /** Whether the PAD of every factor was tested to be below the profile's rate. */
  withPad({ factors, conditions }: AssuranceProfile): boolean {
    return conditions !== undefined && factors.every((factor) => this.padTested(factor, conditions.pad.value.iapar));
  }

  private lowest(modality: Modality, threshold: number): number {
    const claims = this.of(modality).flatMap(({ falseMatch }) => falseMatch ?? []);
    // What holds from a lower threshold on holds at this one.
    return Math.min(1, ...claims.filter((claim) => claim.threshold <= threshold).map(supported));
  }

  private padTested(modality: Modality, iapar: number): boolean {
    return this.of(modality).some(({ pad }) => pad != null && pad.iapar < iapar);
  }

  private of(modality: Modality): readonly Partial<ModelClaims>[] {
    const model = this.nameOf(modality);
    return [
      this.engine.claims(modality),
      ...this.evidence.filter((one) => one.modality === modality && one.model === model),
    ];
  }

  private nameOf(modality: Modality): string {
    const { name, version } = this.engine.model(modality);
    return `${name}@${version}`;
  }
}

/** No claim is better than its number of comparisons. */
function supported({ fmr, comparisons }: RateClaim): number {
  return Math.max(fmr, RULE_OF_3 / comparisons);
}

function ratio(rate: number): string {
  return `1 : ${Math.round(1 / rate)}`;
}
