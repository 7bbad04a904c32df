import type { Modality } from './vocabulary.ts';

/**
 * Prompts: what somebody in front of a camera is asked to do, one thing after another, so that a recording made before
 * cannot show it. The next prompt is drawn only when what was captured for the one before is committed to, so that nobody
 * knows the order in advance, this system included.
 */

/** Bytes of a challenge's nonce and of a commitment. */
export const CHALLENGE_BYTES = 32;

/** A last step in which a sample of another modality is made while this one looks on. */
export interface BesideStep {
  readonly modality: Modality;
  readonly prompt: string;
  /** ms that this step may take instead of the others' `most`. */
  readonly most: number;
}

/** How a modality prompts. */
export interface PromptPlan {
  /** What the first step asks, always. */
  readonly first: string;
  /** What the others are drawn from; never the same twice in a row. */
  readonly pool: readonly string[];
  /** Steps that are drawn after the first one. */
  readonly draws: number;
  /** Prompts of the pool of which one at least is drawn. */
  readonly oneOf?: readonly string[];
  /** ms between a prompt and the commitment to what was captured for it: a person needs at least, and has at most. */
  readonly stepMs: { readonly least: number; readonly most: number };
  /** Challenges that one ceremony may begin. */
  readonly tries: number;
  /** What a challenge may end with, where the ceremony asks for that modality too. */
  readonly beside?: BesideStep;
}

/** The sample of another modality that was made in a challenge's last step, as it was said to be before it was sent. */
export interface BesideSample {
  /** SHA-256 of its bytes, base64url. */
  readonly sha256: string;
  /** Its first and last moment, ms since the challenge's first frame, whole numbers. */
  readonly from: number;
  readonly to: number;
}

/** One step of a challenge as it went. */
export interface ChallengeStep {
  readonly prompt: string;
  /** SHA-256 over {@link commitmentInput}, base64url. */
  readonly commitment: string;
  /** ms between the prompt and the commitment, by the server's clock. */
  readonly heldMs: number;
}

/** What a sample must answer: the prompts that were given, and what was committed to at each. */
export interface CaptureChallenge {
  /** 32 random bytes, base64url. */
  readonly nonce: string;
  readonly steps: readonly ChallengeStep[];
  /** What was made in the last step; the sample of that modality is held against it too. */
  readonly beside?: BesideSample;
}

/** A frame, as a commitment binds it. */
export interface CommittedFrame {
  /** ms since the first frame of the sample. */
  readonly t: number;
  /** SHA-256 of the frame's bytes. */
  readonly sha256: Uint8Array;
}

/**
 * The bytes whose SHA-256 commits to the frames of one step: nonce, number of the step (1 byte), then for each frame its
 * time (4 bytes, big-endian, ms) and hash.
 * @param nonce 32 bytes
 * @param step from 0
 * @example
 * ```ts
 * const digest = await crypto.subtle.digest('SHA-256', commitmentInput(nonce, 0, [{ t: 0, sha256 }]));
 * ```
 */
export function commitmentInput(
  nonce: Uint8Array,
  step: number,
  frames: readonly CommittedFrame[],
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(nonce.length + 1 + frames.length * (4 + CHALLENGE_BYTES));
  const view = new DataView(bytes.buffer);
  bytes.set(nonce);
  bytes[nonce.length] = step;
  let at = nonce.length + 1;
  for (const { t, sha256 } of frames) {
    view.setUint32(at, t);
    bytes.set(sha256, at + 4);
    at += 4 + CHALLENGE_BYTES;
  }
  return bytes;
}
