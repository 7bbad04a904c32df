import { createHash } from 'node:crypto';
import { commitmentInput } from '@asignio/contracts';
import type { CaptureChallenge } from '@asignio/contracts';
import type { FrameView } from './types.ts';

/** Whether the frames are those that were committed to, step by step and none more. Needs nothing decoded. */
export function areCommitted(
  frames: readonly Pick<FrameView, 'step' | 't' | 'digest'>[],
  { nonce, steps }: CaptureChallenge,
): boolean {
  if (frames.some(({ step }) => step >= steps.length)) return false;
  const secret = Buffer.from(nonce, 'base64url');
  return steps.every(({ commitment }, step) => {
    const own = frames.filter((frame) => frame.step === step).map(({ t, digest }) => ({ t, sha256: digest }));
    const digest = createHash('sha256')
      .update(commitmentInput(secret, step, own))
      .digest('base64url');
    return own.length > 0 && digest === commitment;
  });
}
