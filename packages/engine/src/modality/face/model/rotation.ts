import { createCipheriv } from 'node:crypto';

/** After three of these, a vector that had one number that was not zero has all of them about equally large. */
const ROUNDS = 4;

/**
 * A rotation that a key chooses: lengths and angles between vectors stay, and nothing else does. It is a product of sign
 * changes, permutations and Walsh-Hadamard transforms, as in Ailon and Chazelle, "The Fast Johnson-Lindenstrauss Transform
 * and Approximate Nearest Neighbors", SIAM J. Comput. 39(1), 2009; n log n steps for n dimensions.
 */
export class Rotation {
  private readonly rounds: readonly Round[];
  private readonly block: number;

  /** @param key 32 bytes */
  constructor(key: Uint8Array, dimensions: number) {
    // The largest power of two there is room for; where it is not all, each permutation brings others into it.
    this.block = 2 ** Math.floor(Math.log2(dimensions));
    const numbers = new Numbers(key);
    const count = this.block === dimensions ? ROUNDS : 2 * ROUNDS;
    this.rounds = Array.from({ length: count }, () => roundOf(numbers, dimensions));
    numbers.wipe();
  }

  apply(vector: Float32Array): Float32Array {
    let now = Float64Array.from(vector);
    for (const { order, signs } of this.rounds) {
      const next = now.map((_, i) => now[order[i]!]! * signs[i]!);
      now.fill(0);
      hadamard(next, this.block);
      now = next;
    }
    return leave(now);
  }

  /** Undoes {@link apply} of the same key. */
  undo(vector: Float32Array): Float32Array {
    let now = Float64Array.from(vector);
    for (const { order, signs } of this.rounds.toReversed()) {
      hadamard(now, this.block);
      const next = new Float64Array(now.length);
      for (let i = 0; i < now.length; i++) next[order[i]!] = now[i]! * signs[i]!;
      now.fill(0);
      now = next;
    }
    return leave(now);
  }

  wipe(): void {
    for (const { order, signs } of this.rounds) {
      order.fill(0);
      signs.fill(0);
    }
  }
}

interface Round {
  readonly order: Uint16Array;
  readonly signs: Int8Array;
}

function roundOf(numbers: Numbers, dimensions: number): Round {
  const order = Uint16Array.from({ length: dimensions }, (_, i) => i);
  for (let i = dimensions - 1; i > 0; i--) {
    const j = numbers.below(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return { order, signs: Int8Array.from({ length: dimensions }, () => 2 * numbers.below(2) - 1) };
}

/** The Walsh-Hadamard transform of the first numbers, scaled so that it is its own inverse. */
function hadamard(values: Float64Array, block: number): void {
  for (let half = 1; half < block; half *= 2)
    for (let start = 0; start < block; start += 2 * half)
      for (let i = start; i < start + half; i++) {
        const [a, b] = [values[i]!, values[i + half]!];
        values[i] = a + b;
        values[i + half] = a - b;
      }
  const scale = 1 / Math.sqrt(block);
  for (let i = 0; i < block; i++) values[i] = values[i]! * scale;
}

function leave(values: Float64Array): Float32Array {
  const vector = Float32Array.from(values);
  values.fill(0);
  return vector;
}

const BATCH = Buffer.alloc(4096);

/** Numbers that a key chooses: the key stream of AES-256-CTR. */
class Numbers {
  private readonly cipher: ReturnType<typeof createCipheriv>;
  private bytes = Buffer.alloc(0);
  private at = 0;

  constructor(key: Uint8Array) {
    this.cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  }

  /** Below a bound of at most 2^16, each as likely as the others. */
  below(bound: number): number {
    const fair = 2 ** 32 - (2 ** 32 % bound);
    for (;;) {
      const number = this.next();
      if (number < fair) return number % bound;
    }
  }

  wipe(): void {
    this.bytes.fill(0);
  }

  private next(): number {
    if (this.at === this.bytes.length) {
      this.bytes.fill(0);
      this.bytes = this.cipher.update(BATCH);
      this.at = 0;
    }
    this.at += 4;
    return this.bytes.readUInt32LE(this.at - 4);
  }
}
