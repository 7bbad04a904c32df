/** The words of ISO/IEC 2382-37 (vocabulary), 30107 (presentation attacks) and 24745 (reference protection) as types. */

/** What is compared. */
export const MODALITIES = ['signature', 'face', 'voice'] as const;
export type Modality = (typeof MODALITIES)[number];

/** What a decision proves. */
export const FACTORS = ['signature', 'face', 'voice', 'passkey', 'device'] as const;
export type Factor = (typeof FACTORS)[number];

/**
 * Why data may be touched. Each needs a consent of its own (R5). There is no purpose of sale, lease, trade or marketing,
 * and no function that could add one (R11). `evaluation` is for registered research data sets, never for subjects (R39).
 */
export const PURPOSES = [
  'authentication',
  'improvement',
  'vendor-comparison',
  'location',
  'transfer',
  'evaluation',
] as const;
export type Purpose = (typeof PURPOSES)[number];

/** A ceremony's kind. `enrolment` makes a reference; `verification` compares 1:1 with it. */
export const CEREMONY_KINDS = ['enrolment', 'verification'] as const;
export type CeremonyKind = (typeof CEREMONY_KINDS)[number];

/** What an assurance policy decided. */
export const DECISIONS = ['accepted', 'rejected', 'inconclusive'] as const;
export type Decision = (typeof DECISIONS)[number];

/** Time as milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number;

/** The one source of time. Tests hand in their own; nothing else calls `Date.now()` for a decision. */
export interface Clock {
  /** Now, in ms since the epoch. */
  now(): EpochMs;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => Date.now() };
