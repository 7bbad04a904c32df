import type { AuditEntry } from './api.ts';
import type { SignedCheckpoint } from './checkpoint.ts';
import { GENESIS, hashOf, isEntry } from './entry.ts';
import type { CheckpointEvidence } from './evidence.ts';
import type { Faults } from './faults.ts';

/** Where a walk begins: after this entry. */
export interface WalkStart {
  readonly sequence: number;
  readonly hash: string;
}

/** Named checkpoints that were not among those given; more than this are not kept in mind. */
const MAX_UNKNOWN = 10_000;

/**
 * Goes along a chain entry by entry and says what does not fit. After each fault it goes on from the entry that it has, so
 * that one change is one fault, or two where it has two places.
 */
export class ChainWalk {
  private readonly faults: Faults;
  private readonly evidence: CheckpointEvidence | undefined;
  private sequence: number;
  /** Hash that the next entry must follow; `undefined` after a gap, where nothing can be said. */
  private link: string | undefined;
  private hash: string;
  private signedUpTo: number;
  private contradicted = false;
  /** Checkpoints that the chain names and nobody has shown: hash to the entry that names it. */
  private readonly unknown = new Map<string, number>();

  constructor(faults: Faults, evidence?: CheckpointEvidence, start: WalkStart = { sequence: 0, hash: GENESIS }) {
    this.faults = faults;
    this.evidence = evidence;
    this.sequence = start.sequence;
    this.hash = start.hash;
    this.link = start.hash;
    this.signedUpTo = start.sequence;
  }

  /** The last entry so far. */
  get end(): WalkStart {
    return { sequence: this.sequence, hash: this.hash };
  }

  /** Up to where the chain is what checkpoints say. */
  get upTo(): number {
    return this.signedUpTo;
  }

  get named(): ReadonlyMap<string, number> {
    return this.unknown;
  }

  /** Takes what comes next: an entry, or whatever is there instead of one. */
  take(entry: unknown): void {
    const expected = this.sequence + 1;
    if (!isEntry(entry)) {
      this.faults.add({ kind: 'malformed', sequence: expected, detail: `What stands at ${expected} is no entry` });
      this.sequence = expected;
      this.link = undefined;
      return;
    }
    if (entry.sequence < expected) {
      const detail = `Entry ${entry.sequence} stands where ${expected} belongs`;
      this.faults.add({ kind: 'out-of-order', sequence: expected, detail });
      return;
    }
    if (entry.sequence > expected) this.gap(expected, entry.sequence - 1);
    this.follow(entry);
  }

  /** Whatever a checkpoint saw beyond the last entry is gone. */
  finish(): void {
    const newest = this.evidence?.newest;
    if (newest === undefined || newest.sequence <= this.sequence) return;
    const from = this.sequence + 1;
    const lost = from === newest.sequence ? `Entry ${from} is` : `Entries ${from} to ${newest.sequence} are`;
    this.faults.add({
      kind: 'truncated',
      sequence: from,
      upTo: newest.sequence,
      detail: `${lost} missing from the end: checkpoint ${newest.number} saw ${newest.sequence} entries on ${iso(newest)}`,
    });
  }

  private gap(from: number, upTo: number): void {
    const detail = from === upTo ? `Entry ${from} is missing` : `Entries ${from} to ${upTo} are missing`;
    this.faults.add({ kind: 'missing', sequence: from, upTo, detail });
    this.link = undefined;
  }

  private follow(entry: AuditEntry): void {
    const { sequence, hash, previous } = entry;
    const computed = hashOf(entry);
    if (hash !== computed)
      this.faults.add({ kind: 'edited', sequence, detail: `Entry ${sequence} is not what its hash says` });
    else if (this.link !== undefined && previous !== this.link)
      this.faults.add({
        kind: 'unlinked',
        sequence,
        detail: `Entry ${sequence} does not follow ${sequence === 1 ? 'the beginning' : `entry ${sequence - 1}`}: one of the two was replaced`,
      });
    this.sequence = sequence;
    this.hash = hash;
    // What follows an edited entry may follow what it was: that fault is told of already.
    this.link = hash === computed ? hash : undefined;
    for (const checkpoint of this.evidence?.at(sequence) ?? []) this.hold(checkpoint, [hash, computed]);
    const named = entry.event === 'audit.checkpoint' ? entry.data['checkpoint'] : undefined;
    if (typeof named === 'string' && this.evidence?.has(named) === false && this.unknown.size < MAX_UNKNOWN)
      this.unknown.set(named, sequence);
  }

  /** Holds the entry against what was signed of it. Of the first that it contradicts, the others only follow. */
  private hold(checkpoint: SignedCheckpoint, hashes: readonly string[]): void {
    const { sequence, number, head } = checkpoint;
    if (hashes.includes(head)) {
      if (!this.contradicted) this.signedUpTo = sequence;
      return;
    }
    if (this.contradicted) return;
    this.contradicted = true;
    const from = this.signedUpTo + 1;
    const where = from === sequence ? `Entry ${sequence} is` : `Entries ${from} to ${sequence} are`;
    this.faults.add({
      kind: 'rewritten',
      sequence: from,
      upTo: sequence,
      detail: `${where} not what checkpoint ${number} saw on ${iso(checkpoint)}: at least one of them was replaced`,
    });
  }
}

function iso({ at }: SignedCheckpoint): string {
  return Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : 'an impossible day';
}
