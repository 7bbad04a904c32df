import type { Clock, EpochMs } from '@asignio/contracts';

/** How far a clock may be put back as clocks are kept right, ms. Within it, time stands still until it is caught up. */
const TOLERANCE_MS = 1000;

/** A moment. Moments of different eras cannot be compared: the clock was set back between them. */
export interface Moment {
  readonly now: EpochMs;
  readonly era: number;
}

/**
 * Reads a clock such that time never runs backward within an era. What was to end at a time of one era ends with the era,
 * so that setting a clock back lengthens nothing.
 */
export function createTimeline(clock: Clock): () => Moment {
  let era = 0;
  let latest = -Infinity;
  return () => {
    const now = clock.now();
    if (!Number.isFinite(now) || now < latest - TOLERANCE_MS) {
      era++;
      latest = Number.isFinite(now) ? now : -Infinity;
      return { now, era };
    }
    latest = Math.max(latest, now);
    return { now: latest, era };
  };
}
