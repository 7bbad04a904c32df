import type { CaptureChallenge, RawSample } from '@asignio/contracts';

/** What was handed in. */
export interface Captured {
  readonly sample: RawSample;
  /** What it must answer, of a modality that prompts. */
  readonly challenge?: CaptureChallenge;
}
