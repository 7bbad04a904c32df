import type { EpochMs } from '@asignio/contracts';

/** So many are remembered whatever their age. */
const KEPT = 10_000;

/** Consents that were withdrawn while this process ran. */
export interface Revocations {
  add(consent: string, now: EpochMs): void;
  /** When it was withdrawn; `undefined` for one that was not. */
  at(consent: string): EpochMs | undefined;
}

/**
 * Remembers withdrawals for as long as a permit that was issued before could still be out, and many of them longer: the
 * store knows them all, but what somebody read from it a moment before may not.
 */
export function createRevocations(longestPermitMs: number): Revocations {
  /** In the order of their withdrawal. */
  const revoked = new Map<string, EpochMs>();
  return {
    add(consent, now) {
      revoked.set(consent, now);
      for (const [oldest, at] of revoked) {
        if (revoked.size <= KEPT || !(now - at > longestPermitMs)) break;
        revoked.delete(oldest);
      }
    },
    at: (consent) => revoked.get(consent),
  };
}
