/** How deep typed arrays may lie inside features. */
const DEPTH = 6;

/** What one task unsealed or computed, and must not outlive it. */
export class Scratch {
  private readonly values: unknown[] = [];

  /** Remembers a value to be wiped, and hands it back. */
  keep<T>(value: T): T {
    this.values.push(value);
    return value;
  }

  /** Overwrites every typed array within what was kept. */
  wipe(): void {
    for (const value of this.values) wipe(value, DEPTH);
    this.values.length = 0;
  }
}

function wipe(value: unknown, depth: number): void {
  if (typeof value !== 'object' || value === null || depth === 0) return;
  if (ArrayBuffer.isView(value)) {
    new Uint8Array(value.buffer, value.byteOffset, value.byteLength).fill(0);
    return;
  }
  if (value instanceof Map || value instanceof Set) {
    for (const entry of value.values()) wipe(entry, depth - 1);
    return;
  }
  for (const entry of Object.values(value)) wipe(entry, depth - 1);
}
