import type { PointerType, SignatureSample } from '@asignio/contracts';
import { makeDevice, record } from './device.ts';
import { forge, type ForgerySkill } from './forgery.ts';
import { execute } from './kinematics.ts';
import { createRandom } from './random.ts';
import { makePlan } from './repertoire.ts';
import { makeStyle } from './style.ts';
import { repetition, sittingPlan } from './variation.ts';

export { FORGERY_SKILLS, type ForgerySkill } from './forgery.ts';

/** Who is to be made up. */
export interface SignerOptions {
  /** Another seed, another person. */
  readonly seed: number | string;
  /** What this person draws with; `stylus` unless said. */
  readonly pointerType?: PointerType;
}

/** Which repetition. */
export interface SignOptions {
  /** 0 is the first sitting; each has its own drift. */
  readonly sitting?: number;
  /** The same seed gives the same drawing; without one, each call gives the next. */
  readonly seed?: number | string;
}

/** Which forgery. */
export interface ForgeOptions {
  readonly skill: ForgerySkill;
  /** Another seed, another forger; without one, each call gives the next. */
  readonly seed?: number | string;
}

/** A person who does not exist, with one signature of their own. */
export interface Signer {
  /** Draws the signature once more. */
  sign(options?: SignOptions): SignatureSample;
  /** Somebody else's attempt at it, after having seen one of its repetitions. */
  forge(options: ForgeOptions): SignatureSample;
}

/**
 * Makes a synthetic signer: a hand, a signature of sigma-lognormal strokes, a device, all from the seed. No person's data
 * is in it. Everything is deterministic: the same calls give the same samples on every machine.
 *
 * @example
 * ```ts
 * const ada = createSigner({ seed: 'ada', pointerType: 'finger' });
 * const enrolled = [1, 2, 3, 4, 5].map((seed) => ada.sign({ sitting: 0, seed }));
 * const later = ada.sign({ sitting: 1 });
 * const attack = ada.forge({ skill: 'shape' });
 * ```
 */
export function createSigner({ seed, pointerType = 'stylus' }: SignerOptions): Signer {
  const name = `signer/${seed}`;
  const person = createRandom(name);
  const style = makeStyle(person);
  const plan = makePlan(person, style);
  const device = makeDevice(createRandom(`${name}/${pointerType}`), pointerType, plan);
  const atSitting = (sitting: number) => sittingPlan(createRandom(`${name}/sitting/${sitting}`), plan, style);
  let drawn = 0;
  let forged = 0;
  return {
    sign: ({ sitting = 0, seed: which = `next/${drawn++}` } = {}) => {
      const random = createRandom(`${name}/sign/${sitting}/${which}`);
      const movement = execute(
        random,
        repetition(random, atSitting(sitting), style),
        device.rate,
        style.tremor,
        device.unevenness,
      );
      return record(random, movement, device, style);
    },
    forge: ({ skill, seed: which = `next/${forged++}` }) => {
      const random = createRandom(`${name}/forge/${skill}/${which}`);
      const own = { ...makeStyle(random), slant: style.slant };
      const seen = repetition(random, atSitting(random.chance(0.3) ? 1 : 0), style);
      return record(random, forge(random, seen, own, skill, device.rate, device.unevenness), device, own);
    },
  };
}
