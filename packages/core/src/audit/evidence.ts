import type { CheckpointVerifier, SignedCheckpoint } from './checkpoint.ts';
import type { Faults } from './faults.ts';

/** Checkpoints that a verification goes by, in their order. */
export class CheckpointEvidence {
  /** By the sequence that each is about. */
  private readonly bySequence = new Map<number, SignedCheckpoint[]>();
  private readonly hashes = new Set<string>();
  readonly count: number;
  /** The one of the highest sequence. */
  readonly newest: SignedCheckpoint | undefined;

  private constructor(checkpoints: readonly SignedCheckpoint[]) {
    this.count = checkpoints.length;
    for (const checkpoint of checkpoints) {
      const { sequence, hash } = checkpoint;
      this.bySequence.set(sequence, [...(this.bySequence.get(sequence) ?? []), checkpoint]);
      this.hashes.add(hash);
    }
    this.newest = checkpoints.reduce<SignedCheckpoint | undefined>(
      (newest, one) => (newest === undefined || one.sequence > newest.sequence ? one : newest),
      undefined,
    );
  }

  /**
   * Reads checkpoints, and says what is wrong with them: signatures, gaps, and two that exclude one another. The same one
   * twice is one: two processes may have made sure of it at once.
   * @param partial an older or later part of them: the first need not be there
   */
  static async read(
    lines: AsyncIterable<string>,
    verifier: CheckpointVerifier,
    faults: Faults,
    partial: boolean,
  ): Promise<CheckpointEvidence> {
    const known = new Map<string, SignedCheckpoint>();
    let line = 0;
    let last = 0;
    for await (const jws of lines) {
      line++;
      const checkpoint = await verifier.verify(jws);
      if (typeof checkpoint === 'string')
        faults.add({ kind: 'checkpoint', sequence: last + 1, detail: `Line ${line} of the checkpoints ${checkpoint}` });
      else {
        known.set(checkpoint.hash, checkpoint);
        last = checkpoint.sequence;
      }
    }
    const ordered = [...known.values()].sort((a, b) => a.number - b.number);
    checkOrder(ordered, faults, partial);
    return new CheckpointEvidence(ordered);
  }

  at(sequence: number): readonly SignedCheckpoint[] {
    return this.bySequence.get(sequence) ?? [];
  }

  has(hash: string): boolean {
    return this.hashes.has(hash);
  }
}

/** Each names the one before it, so that none can be taken out or put in. */
function checkOrder(ordered: readonly SignedCheckpoint[], faults: Faults, partial: boolean): void {
  let before: SignedCheckpoint | undefined;
  for (const checkpoint of ordered) {
    const { number, sequence, previous } = checkpoint;
    const from = (before?.sequence ?? 0) + 1;
    const complain = (detail: string) => faults.add({ kind: 'checkpoint', sequence: Math.min(from, sequence), detail });
    const expected = (before?.number ?? 0) + 1;
    if (before !== undefined && number === before.number)
      complain(`There are two checkpoints of number ${number}: the chain was signed in two versions`);
    else if (number !== expected) {
      if (before !== undefined || !partial)
        complain(
          number === expected + 1
            ? `Checkpoint ${expected} is missing from the second place`
            : `Checkpoints ${expected} to ${number - 1} are missing from the second place`,
        );
    } else if (before !== undefined && (previous !== before.hash || sequence <= before.sequence))
      complain(`Checkpoint ${number} does not follow checkpoint ${before.number}`);
    before = checkpoint;
  }
}
