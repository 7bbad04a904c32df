import type { BesideSample, ChallengeStep } from '@asignio/contracts';
import type { FrameView } from './types.ts';

/** Frames of a step, at least. */
const FEWEST = 4;
/** Between two frames that follow each other, ms; the first of a step may be alone, for it was taken when the prompt came. */
const GAP_MS = 1_200;
/** The line, the queue and the browser's timers, ms. */
const SLACK_MS = 1_500;

type Timed = Pick<FrameView, 'step' | 't'>;

/** Whether the frames of a step are enough, and close enough together, to show a movement. */
export function isWhole(frames: readonly Timed[], step: number): boolean {
  const times = timesOf(frames, step);
  return times.length >= FEWEST && times.every((t, i) => i < 2 || t - (times[i - 1] ?? 0) <= GAP_MS);
}

/** Whether the browser's times can be those of frames taken while the server waited for each step. */
export function isTimely(frames: readonly Timed[], steps: readonly ChallengeStep[]): boolean {
  const end = frames.at(-1)?.t ?? 0;
  return steps.every(({ heldMs }, step) => {
    const times = timesOf(frames, step);
    const [first = 0] = times;
    // From here to the end no more can have passed than the server waited, and not much less.
    const waited = steps.slice(step).reduce((sum, one) => sum + one.heldMs, 0);
    return (
      (times.at(-1) ?? 0) - first <= heldMs + SLACK_MS &&
      end - first <= waited + SLACK_MS &&
      end - first >= waited - SLACK_MS * (steps.length - step)
    );
  });
}

/** Whether the sample of the last step was made in the time of that step. */
export function isWithin(
  { from, to }: BesideSample,
  frames: readonly Timed[],
  steps: readonly ChallengeStep[],
): boolean {
  const [first] = timesOf(frames, steps.length - 1);
  const waited = steps.at(-1)?.heldMs ?? 0;
  return first !== undefined && from >= first - SLACK_MS && to <= first + waited + SLACK_MS;
}

function timesOf(frames: readonly Timed[], step: number): readonly number[] {
  return frames.filter((frame) => frame.step === step).map(({ t }) => t);
}
