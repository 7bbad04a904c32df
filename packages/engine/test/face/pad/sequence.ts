import { createHash } from 'node:crypto';
import { CHALLENGE_BYTES, commitmentInput } from '@asignio/contracts';
import type { CaptureChallenge } from '@asignio/contracts';
import { PORTRAIT_EYES, PORTRAIT_SIDE, Puppet, type HeadPose } from '@asignio/testkit';
import type { FrameView, Place } from '#src/modality/face/pad/types.js';

/** How a head is held in one frame. */
export type Moment = HeadPose & { readonly shut?: boolean };

/** Who is in front of the camera, and what of. */
export interface Actor {
  /** 1: a head; 0: a flat print. */
  readonly relief?: number;
  /** Error of the landmarks, in distances of the eyes. */
  readonly noise?: number;
  readonly seed?: number;
  /** Where the whole is, and how light: what another recording has otherwise. */
  readonly at?: HeadPose;
  readonly light?: number;
}

/** What somebody does who does what is asked. */
export const MOVES: Readonly<Record<string, Moment>> = {
  'look-straight': {},
  'turn-left': { yaw: 20 },
  'turn-right': { yaw: -20 },
  'look-up': { pitch: 16 },
  'move-closer': { near: 1.4 },
  blink: { shut: true },
};

const FRAMES = 9;
const PERIOD_MS = 200;
const NONCE = Buffer.alloc(CHALLENGE_BYTES, 5);
const BLANK = { width: PORTRAIT_SIDE, height: PORTRAIT_SIDE, data: new Uint8Array(3 * PORTRAIT_SIDE ** 2) };
/** Of how much a turn a fitted head shows where there is none, as was measured of prints. */
const SHOWN_FLAT = 0.22;

/**
 * A sequence that answers prompts: each step begins where the one before ended, goes over the straight head to what is
 * asked for, and stays there.
 */
export function act(prompts: readonly string[], actor: Actor = {}, moves: Readonly<Record<string, Moment>> = MOVES) {
  const random = generator(actor.seed ?? 1);
  const frames: FrameView[] = [];
  let from: Moment = {};
  let t = 0;
  for (const [step, prompt] of prompts.entries()) {
    const to = moves[prompt] ?? {};
    for (let i = 0; i < FRAMES; i++) {
      const part = i / (FRAMES - 4);
      const moment =
        prompt === 'blink'
          ? { shut: i > 2 && i < 6 }
          : part < 0.4
            ? mix(from, {}, part / 0.4)
            : mix({}, to, (part - 0.4) / 0.6);
      frames.push(frame(step, t, moment, actor, random, frames.length));
      t += PERIOD_MS + Math.round(20 * random());
    }
    from = prompt === 'blink' ? {} : to;
    t += 150;
  }
  return { frames, challenge: challengeOf(prompts, frames) };
}

/** The challenge that these frames were committed to. */
export function challengeOf(prompts: readonly string[], frames: readonly FrameView[]): CaptureChallenge {
  const starts = prompts.map((_, step) => frames.find((one) => one.step === step)?.t ?? 0);
  return {
    nonce: NONCE.toString('base64url'),
    steps: prompts.map((prompt, step) => {
      const own = frames.filter((one) => one.step === step).map(({ t, digest }) => ({ t, sha256: digest }));
      const end = starts[step + 1] ?? (frames.at(-1)?.t ?? 0) + 100;
      return {
        prompt,
        commitment: createHash('sha256')
          .update(commitmentInput(NONCE, step, own))
          .digest('base64url'),
        heldMs: end - (starts[step] ?? 0) + 60,
      };
    }),
  };
}

function frame(step: number, t: number, moment: Moment, actor: Actor, random: () => number, mark: number): FrameView {
  const { relief = 1, noise = 0.012, at = {}, light = 120 } = actor;
  const puppet = new Puppet(BLANK, { eyes: PORTRAIT_EYES, relief });
  const pose = {
    yaw: (moment.yaw ?? 0) + (at.yaw ?? 0),
    pitch: (moment.pitch ?? 0) + (at.pitch ?? 0),
    near: (moment.near ?? 1) * (at.near ?? 1),
    x: at.x ?? 0,
    y: at.y ?? 0,
  };
  const error = (): number => noise * PORTRAIT_EYES.apart * (random() + random() + random() - 1.5);
  const shown = relief + SHOWN_FLAT * (1 - relief);
  return {
    step,
    t,
    digest: createHash('sha256')
      .update(`${actor.seed ?? 1} ${mark}`)
      .digest(),
    face: {
      landmarks: FACE.map(({ x, y }) => {
        const place = puppet.place(x, y, pose);
        return { x: place.x + error(), y: place.y + error() };
      }),
      pose: {
        yaw: shown * pose.yaw + 3 * (random() - 0.5),
        pitch: shown * 0.7 * pose.pitch + 2 * (random() - 0.5),
        roll: 2 * (random() - 0.5),
      },
      eyes: (moment.shut === true ? 0.22 : 0.44) * (1 + 0.06 * (random() - 0.5)),
      light: light + 3 * random(),
    },
  };
}

function mix(from: Moment, to: Moment, part: number): Moment {
  const share = Math.min(1, part);
  const one = (a = 0, b = 0): number => a + (b - a) * share;
  return { yaw: one(from.yaw, to.yaw), pitch: one(from.pitch, to.pitch), near: one(from.near ?? 1, to.near ?? 1) };
}

/** Where 68 landmarks lie in a portrait, px: brows, eyes, nose and mouth of an adult from the front. */
const FACE: readonly Place[] = (() => {
  const { x, y, apart } = PORTRAIT_EYES;
  const at = (u: number, v: number): Place => ({ x: x + u * apart, y: y + v * apart });
  const arc = (count: number, from: number, to: number, v: number, rise: number): Place[] =>
    Array.from({ length: count }, (_, i) => {
      const part = i / (count - 1);
      return at(from + (to - from) * part, v + rise * Math.sin(Math.PI * part));
    });
  const eye = (u: number): Place[] =>
    [-0.22, -0.08, 0.08, 0.22, 0.08, -0.08].map((du, i) => at(u + du, [0, -0.07, -0.07, 0, 0.07, 0.07][i] ?? 0));
  return [
    ...arc(17, -1.05, 1.05, 0.1, 1.55),
    ...arc(5, -0.85, -0.2, -0.3, -0.1),
    ...arc(5, 0.2, 0.85, -0.3, -0.1),
    ...[0.05, 0.25, 0.47, 0.68].map((v) => at(0, v)),
    ...arc(5, -0.2, 0.2, 0.8, 0.05),
    ...eye(-0.5),
    ...eye(0.5),
    ...arc(7, -0.42, 0.42, 1.2, -0.08),
    ...arc(5, 0.34, -0.34, 1.25, 0.12),
    ...arc(5, -0.36, 0.36, 1.2, -0.02),
    ...arc(3, 0.25, -0.25, 1.24, 0.02),
  ];
})();

/** Numbers in [0, 1): mulberry32 (Tommy Ettinger, public domain). */
export function generator(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
