import { clamp, type Random } from './random.ts';

/** How signatures look: joined letters, printed letters, ideographs, or loops that are no letters. */
export const SCRIPTS = ['joined', 'printed', 'ideographic', 'loops'] as const;
export type Script = (typeof SCRIPTS)[number];

/**
 * A hand: what stays the same in all that one person writes. Lengths are in x-heights (the height of a small letter),
 * times in seconds.
 */
export interface Style {
  readonly script: Script;
  /** Horizontal shear. */
  readonly slant: number;
  /** Width of a letter. */
  readonly advance: number;
  /** 0..1, leaning towards clockwise or anticlockwise turns. */
  readonly turn: number;
  /** Time between the commands of neighbouring strokes of unit length. */
  readonly beat: number;
  /** Log-time delay and log-response time of a stroke (the lognormal's mu and sigma). */
  readonly mu: number;
  readonly sigma: number;
  /** Chance of a lift between strokes. */
  readonly lift: number;
  /** Exponent with which a stroke's time grows with its length (isochrony). */
  readonly isochrony: number;
  /** Local variation in space and in time from one repetition to the next. */
  readonly spatial: number;
  readonly temporal: number;
  /** Multipliers of the global variation: size, rotation, tempo. */
  readonly globalSpatial: number;
  readonly globalTemporal: number;
  /** How far a sitting drifts from the plan. */
  readonly drift: number;
  readonly tremor: number;
  /** Pressure: level, depth of its modulation, dependence on speed, variation. */
  readonly pressure: number;
  readonly pressureDepth: number;
  readonly pressureSpeed: number;
  readonly pressureVariation: number;
  /** 0..1, how many letters are written out, and how readily a flourish is added. */
  readonly letters: number;
  readonly flourish: number;
}

/** Draws a hand. The spreads are plausible values for adult writers, not fitted to any data set. */
export function makeStyle(random: Random): Style {
  const u = random.uniform();
  const script: Script = u < 0.42 ? 'joined' : u < 0.57 ? 'printed' : u < 0.85 ? 'ideographic' : 'loops';
  return {
    script,
    slant: random.normal(0.15, 0.22),
    advance: random.around(0.55, 0.3),
    turn: random.uniform(),
    beat: random.around(0.074, 0.22),
    mu: random.normal(-1.72, 0.2),
    sigma: clamp(random.normal(0.25, 0.06), 0.1, 0.45),
    lift:
      script === 'joined'
        ? random.uniform(0, 0.3)
        : script === 'printed'
          ? random.uniform(0.5, 1)
          : random.uniform(0.3, 1),
    isochrony: random.uniform(0.15, 0.4),
    spatial: random.around(0.057, 0.35),
    temporal: random.around(0.078, 0.35),
    globalSpatial: random.around(1, 0.35),
    globalTemporal: random.around(1, 0.35),
    drift: random.around(1, 0.45),
    tremor: random.around(0.006, 0.5),
    pressure: random.uniform(0.35, 0.75),
    pressureDepth: random.uniform(0.05, 0.3),
    pressureSpeed: random.uniform(-0.15, 0.3),
    pressureVariation: random.around(0.03, 0.5),
    letters: random.uniform(),
    flourish: random.uniform(),
  };
}
