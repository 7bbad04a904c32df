import { PORTRAIT_EYES, PORTRAIT_SIDE, Puppet, drawPortrait, type Moment } from '@asignio/testkit';
import sharp from 'sharp';
import { generator } from './sequence.ts';

/** How somebody sits, and what the camera does meanwhile. */
export type Manner = 'calm' | 'hasty' | 'abrupt' | 'frames lost' | 'pauses' | 'exposure steps' | 'all of it';

export const MANNERS: readonly Manner[] = [
  'calm',
  'hasty',
  'abrupt',
  'frames lost',
  'pauses',
  'exposure steps',
  'all of it',
];

/** One picture of a movie. */
export interface Shown {
  readonly step: number;
  /** ms */
  readonly t: number;
  readonly moment: Moment;
  /** By how much the camera's exposure multiplies what it gives. */
  readonly gain: number;
}

/** What is done at each prompt. */
const POSES: Readonly<Record<string, Moment>> = {
  'look-straight': {},
  'turn-left': { yaw: 20 },
  'turn-right': { yaw: -20 },
  'look-up': { pitch: 16 },
  'move-closer': { near: 1.4 },
  blink: {},
  sign: { pitch: -12, near: 1.08 },
};
const BURST = 9;
const PERIOD_MS = 190;

/**
 * When which picture is taken: somebody reads a prompt, moves there (over the straight head, or at once), and stays.
 * `abrupt` is how the tests' puppets sit: straight again in the very moment of the next prompt.
 */
export function timetable(prompts: readonly string[], manner: Manner, seed: number): readonly Shown[] {
  const random = generator(97 * seed + MANNERS.indexOf(manner));
  const uniform = (low: number, high: number): number => low + (high - low) * random();
  const is = (...ones: readonly Manner[]): boolean => manner === 'all of it' || ones.includes(manner);
  const shown: Shown[] = [];
  let [t, from] = [0, POSES['look-straight'] as Moment];
  let gain = 1;
  let [aim, speed] = [1, 1];
  for (const [step, prompt] of prompts.entries()) {
    const to = POSES[prompt] ?? {};
    const begun = t;
    const reads = manner === 'abrupt' ? 0 : uniform(150, 700);
    const moves = is('hasty') ? uniform(200, 350) : uniform(400, 900);
    const lasts = prompt === 'sign' ? uniform(1_800, 3_600) : reads + moves + uniform(600, 1_000);
    const pauseAt = is('pauses') ? begun + uniform(0.1, 0.9) * lasts : Number.POSITIVE_INFINITY;
    let paused = false;
    const stepsAt = is('exposure steps') && random() < 0.5 ? begun + uniform(0.1, 0.9) * lasts : -1;
    let stepped = stepsAt < 0;
    const own: Shown[] = [];
    while (t - begun < lasts) {
      if (!stepped && t >= stepsAt) {
        // Up to a stop, in sRGB's values; at once, or over some pictures.
        aim = uniform(0, 1) < 0.5 ? uniform(0.73, 0.88) : uniform(1.14, 1.37);
        speed = uniform(0.35, 1);
        stepped = true;
      }
      gain += (aim - gain) * speed;
      const part = Math.min(1, Math.max(0, (t - begun - reads) / moves));
      const start = manner === 'abrupt' ? {} : from;
      const moment =
        prompt === 'blink'
          ? { ...between(start, {}, smooth(part)), shut: part > 0.35 && part < 0.95 }
          : between(start, to, smooth(part));
      own.push({ step, t: Math.round(t), moment: trembling(moment, uniform), gain });
      t += PERIOD_MS * uniform(0.9, is('frames lost') ? 1.6 : 1.15);
      if (!paused && t >= pauseAt) {
        t += uniform(400, 1_400);
        paused = true;
      }
    }
    const kept = is('frames lost') ? own.filter((_, i) => i === 0 || uniform(0, 1) > 0.25) : own;
    shown.push(...(kept.length <= BURST ? kept : [kept[0] as Shown, ...kept.slice(1 - BURST)]));
    from = to;
    t += uniform(40, 250);
  }
  return shown;
}

/** A camera that looks at somebody who does not exist, on one day: held otherwise, in another light, with grain. */
export async function lens(person: string, day: number): Promise<(shown: Shown) => Promise<Uint8Array>> {
  const [open, shut] = await Promise.all(
    [0, 1].map(async (lids) => {
      const drawn = sharp(Buffer.from(drawPortrait({ seed: person, shut: lids }))).removeAlpha();
      const data = new Uint8Array(await drawn.raw().toBuffer());
      return new Puppet({ width: PORTRAIT_SIDE, height: PORTRAIT_SIDE, data }, { eyes: PORTRAIT_EYES });
    }),
  );
  let state = day + 1;
  return async ({ moment, gain }) => {
    const pose = {
      ...moment,
      yaw: (moment.yaw ?? 0) + 3 * Math.sin(day),
      roll: (moment.roll ?? 0) + 4 * Math.cos(day),
      near: (moment.near ?? 1) * (1 + 0.08 * Math.sin(2 * day)),
    };
    const { width, height, data } = ((moment.shut === true ? shut : open) as Puppet).show(pose);
    const bright = gain * (0.9 + 0.1 * Math.cos(day));
    const lit = data.map((value, i) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
      const side = 1 + 0.12 * Math.sin(1.7 * day) * (((i / 3) % width) / width - 0.5);
      return Math.max(0, Math.min(255, value * side * bright + ((state >> 16) % 17) - 8));
    });
    return sharp(lit, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: 86 })
      .toBuffer();
  };
}

/** As a hand moves: slowly, fast, slowly. */
function smooth(part: number): number {
  return part * part * (3 - 2 * part);
}

function between(from: Moment, to: Moment, share: number): Moment {
  const mix = (a = 0, b = 0): number => a + (b - a) * share;
  return { yaw: mix(from.yaw, to.yaw), pitch: mix(from.pitch, to.pitch), near: mix(from.near ?? 1, to.near ?? 1) };
}

function trembling(moment: Moment, uniform: (low: number, high: number) => number): Moment {
  const by = (size: number): number => uniform(-size, size);
  return {
    ...moment,
    yaw: (moment.yaw ?? 0) + by(1),
    pitch: (moment.pitch ?? 0) + by(0.8),
    roll: by(0.9),
    x: by(0.04),
    y: by(0.04),
  };
}
