/** Bytes of a key. */
export const KEY_BYTES = 32;

/** 32 random bytes have 30 different values on average, and fewer than 16 once in 10^11. */
const MIN_DIFFERENT = 16;
/** Of 32 random bytes, all are printable ASCII once in 10^13: that is text, perhaps a password. */
const PRINTABLE = { from: 0x20, to: 0x7e } as const;

/**
 * Reads 32 bytes written in hexadecimal, base64 or base64url.
 * @returns `undefined` where it is none of them. The caller wipes what it gets.
 */
export function decodeKey(text: string): Buffer | undefined {
  const written = text.trim();
  if (/^[0-9a-fA-F]{64}$/.test(written)) return Buffer.from(written, 'hex');
  for (const encoding of ['base64', 'base64url'] as const) {
    const bytes = Buffer.from(written, encoding);
    const again = bytes.toString(encoding);
    if (bytes.length === KEY_BYTES && (again === written || again.replace('=', '') === written)) return bytes;
  }
  return undefined;
}

/** What speaks against bytes being random; `undefined` where nothing does. */
export function weakness(bytes: Uint8Array): string | undefined {
  if (new Set(bytes).size < MIN_DIFFERENT) return 'has too few different bytes';
  if (bytes.every((byte) => byte >= PRINTABLE.from && byte <= PRINTABLE.to)) return 'is text';
  const steps = new Set(Array.from(bytes.subarray(1), (byte, i) => (byte - (bytes[i] ?? 0) + 256) % 256));
  if (steps.size <= 2) return 'is a sequence';
  const half = bytes.length / 2;
  if (Buffer.compare(bytes.subarray(0, half), bytes.subarray(half)) === 0) return 'repeats itself';
  return undefined;
}
