import { createHash, randomBytes } from 'node:crypto';
import { CHALLENGE_BYTES, commitmentInput } from '@asignio/contracts';
import type { CaptureChallenge, FaceFrame } from '@asignio/contracts';
import type { HeadPose } from './puppet.ts';

/** How a head is held in one frame, and whether the eyes are shut. */
export interface Moment extends HeadPose {
  readonly shut?: boolean;
}

/** What somebody does who does what is asked: left and right are the person's own. */
export const MOVEMENTS: Readonly<Record<string, Moment>> = {
  'look-straight': {},
  'turn-left': { yaw: 20 },
  'turn-right': { yaw: -20 },
  'look-up': { pitch: 16 },
  'move-closer': { near: 1.4 },
  blink: { shut: true },
};

/** How a sitting goes. */
export interface SittingOptions {
  readonly prompts: readonly string[];
  /** A JPEG of a moment. */
  readonly picture: (moment: Moment, frame: number) => Promise<Uint8Array>;
  /** What is done at each prompt. @default {@link MOVEMENTS} */
  readonly movements?: Readonly<Record<string, Moment>>;
  /** Frames a step. @default 9 */
  readonly frames?: number;
  /** Between two frames, ms. @default 200 */
  readonly periodMs?: number;
}

/** Frames, and the challenge that they were committed to while they were taken. */
export interface Sitting {
  readonly frames: readonly FaceFrame[];
  readonly challenge: CaptureChallenge;
}

/**
 * Somebody before a camera who does what the prompts ask: each step begins where the one before ended, goes over the
 * straight head to what is asked for, and stays there for the last frames. Trembles a little, as people do.
 * @example
 * ```ts
 * const { frames, challenge } = await sitFor({ prompts: ['look-straight', 'turn-left'], picture });
 * const bytes = packFaceFrames(frames);
 * ```
 */
export async function sitFor(options: SittingOptions): Promise<Sitting> {
  const { prompts, picture, movements = MOVEMENTS, frames: count = 9, periodMs = 200 } = options;
  const frames: FaceFrame[] = [];
  const ends: number[] = [];
  let from: Moment = {};
  let t = 0;
  for (const [step, prompt] of prompts.entries()) {
    const to = movements[prompt] ?? {};
    for (let i = 0; i < count; i++) {
      const moment = trembling(at(from, to, i / (count - 4)), frames.length);
      frames.push({ step, t, jpeg: await picture(moment, frames.length) });
      t += periodMs;
    }
    from = to.shut === true ? {} : to;
    ends.push(t);
    t += 150;
  }
  return { frames, challenge: commitTo(prompts, frames, ends) };
}

/** The challenge that frames answer which were taken for it. @param ends when each step was answered, ms */
export function commitTo(
  prompts: readonly string[],
  frames: readonly FaceFrame[],
  ends: readonly number[],
): CaptureChallenge {
  const nonce = randomBytes(CHALLENGE_BYTES);
  return {
    nonce: nonce.toString('base64url'),
    steps: prompts.map((prompt, step) => {
      const own = frames.filter((frame) => frame.step === step);
      const hashed = own.map(({ t, jpeg }) => ({ t, sha256: createHash('sha256').update(jpeg).digest() }));
      const commitment = createHash('sha256')
        .update(commitmentInput(nonce, step, hashed))
        .digest('base64url');
      return { prompt, commitment, heldMs: (ends[step] ?? 0) - (own[0]?.t ?? 0) + 100 };
    }),
  };
}

/** First back to the straight head, then to the end. Eyes are shut in the middle. */
function at(from: Moment, to: Moment, part: number): Moment {
  if (to.shut === true) return { shut: part > 0.3 && part < 1 };
  return part < 0.4 ? between(from, {}, part / 0.4) : between({}, to, Math.min(1, (part - 0.4) / 0.6));
}

function between(from: Moment, to: Moment, share: number): Moment {
  const mix = (a = 0, b = 0): number => a + (b - a) * share;
  return { yaw: mix(from.yaw, to.yaw), pitch: mix(from.pitch, to.pitch), near: mix(from.near ?? 1, to.near ?? 1) };
}

function trembling(moment: Moment, frame: number): Moment {
  const swing = (size: number, speed: number): number => size * Math.sin(speed * (frame + 1));
  return {
    ...moment,
    yaw: (moment.yaw ?? 0) + swing(0.8, 1.3),
    pitch: (moment.pitch ?? 0) + swing(0.6, 2.1),
    roll: swing(0.7, 0.9),
    x: swing(0.03, 1.7),
    y: swing(0.03, 0.7),
  };
}
