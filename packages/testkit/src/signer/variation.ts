import type { Plan, Stroke } from './plan.ts';
import { clamp, type Random } from './random.ts';
import type { Style } from './style.ts';

/** How far a copy of a plan strays from it. */
export interface Spread {
  /** Local, in space (x-heights) and in log time. */
  readonly spatial: number;
  readonly temporal: number;
  /** Multipliers of size, aspect, rotation and shear; of tempo. */
  readonly globalSpatial: number;
  readonly globalTemporal: number;
  /** Radians, of a stroke's turn. */
  readonly turn: number;
  readonly pressure: number;
  /** Whether the strokes' own instabilities count. */
  readonly ownInstability: boolean;
}

/**
 * A copy of the plan with everything moved a little: an affine change and a tempo for the whole, and noise that is
 * correlated from stroke to stroke for its parts.
 */
export function stray(random: Random, plan: Plan, spread: Spread): Plan {
  const centre = {
    x: plan.reduce((sum, stroke) => sum + stroke.x, 0) / plan.length,
    y: plan.reduce((sum, stroke) => sum + stroke.y, 0) / plan.length,
  };
  const scale = random.around(1, 0.06 * spread.globalSpatial);
  const aspect = random.around(1, 0.05 * spread.globalSpatial);
  const rotation = random.normal(0, 0.035 * spread.globalSpatial);
  const shear = random.normal(0, 0.05 * spread.globalSpatial);
  const place = (x: number, y: number): { x: number; y: number } => {
    const v = ((y - centre.y) * scale) / aspect;
    const u = (x - centre.x) * scale * aspect + shear * v;
    return {
      x: centre.x + u * Math.cos(rotation) - v * Math.sin(rotation),
      y: centre.y + u * Math.sin(rotation) + v * Math.cos(rotation),
    };
  };
  const tempo = random.around(1, 0.065 * spread.globalTemporal);
  const mu = random.normal(0, 0.05 * spread.globalTemporal) + 0.5 * Math.log(tempo);
  const sigma = random.normal(0, 0.012 * spread.globalTemporal);
  const origin = place(0, 0);

  let driftX = 0;
  let driftY = 0;
  let driftTime = 0;
  let driftPressure = 0;
  let from = { x: 0, y: 0 };
  return plan.map((stroke): Stroke => {
    const unstable = spread.ownInstability ? stroke.unstable : 1;
    const temporal = spread.temporal * (spread.ownInstability ? stroke.untimely : 1);
    const length = Math.hypot(stroke.x - from.x, stroke.y - from.y);
    from = stroke;
    const local = spread.spatial * unstable * (0.5 + 0.5 * clamp(length, 0.2, 4));
    driftX = 0.8 * driftX + random.normal(0, 0.6 * local);
    driftY = 0.8 * driftY + random.normal(0, 0.45 * local);
    driftTime = 0.7 * driftTime + random.normal(0, 0.5 * temporal);
    driftPressure = 0.8 * driftPressure + random.normal(0, spread.pressure);
    const at = place(stroke.x, stroke.y);
    return {
      ...stroke,
      x: at.x - origin.x + driftX + random.normal(0, 0.6 * local),
      y: at.y - origin.y + driftY + random.normal(0, 0.6 * local),
      turn: stroke.turn + random.normal(0, spread.turn * unstable),
      delay: stroke.delay * tempo * Math.exp(driftTime + random.normal(0, temporal)),
      mu: stroke.mu + mu + random.normal(0, 0.5 * temporal),
      sigma: clamp(stroke.sigma + sigma + random.normal(0, 0.15 * temporal), 0.06, 0.7),
      pressure: clamp(stroke.pressure + driftPressure + random.normal(0, 0.6 * spread.pressure), 0.03, 1),
    };
  });
}

/** The plan as it is in one sitting: people drift from day to day. */
export function sittingPlan(random: Random, plan: Plan, style: Style): Plan {
  const drift = style.drift;
  return stray(random, plan, {
    spatial: 0.55 * drift * style.spatial,
    temporal: 0.6 * drift * style.temporal,
    globalSpatial: 0.8 * drift * style.globalSpatial,
    globalTemporal: 0.9 * drift * style.globalTemporal,
    turn: 0.1 * drift,
    pressure: 1.2 * drift * style.pressureVariation,
    ownInstability: true,
  });
}

/** One repetition within a sitting; now and then a careless one. */
export function repetition(random: Random, plan: Plan, style: Style): Plan {
  const care = random.chance(0.07) ? random.uniform(1.2, 1.9) : 1;
  const strayed = stray(random, plan, {
    spatial: care * style.spatial,
    temporal: care * style.temporal,
    globalSpatial: care * style.globalSpatial,
    globalTemporal: care * style.globalTemporal,
    turn: 0.13 * care,
    pressure: care * style.pressureVariation,
    ownInstability: true,
  });
  return slips(random, strayed, 0.006);
}

/** Strokes left out, and hesitations. */
export function slips(random: Random, plan: Plan, pause: number): Plan {
  return plan
    .filter((stroke, i) => i === 0 || i === plan.length - 1 || !stroke.down || !random.chance(stroke.omission))
    .map((stroke, i) =>
      i > 0 && random.chance(pause) ? { ...stroke, delay: stroke.delay + random.uniform(0.03, 0.2) } : stroke,
    );
}
