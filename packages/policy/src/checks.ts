/** Control characters, lone surrogates, line and paragraph separators, and what turns the direction of text around. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u;
const INVISIBLE = /[\p{Cf}\p{Z}\p{M}]/gu;

/** Whether a value is a line of text that a person can read, of so many characters (code points) that show. */
export function isPrintable(value: unknown, min: number, max: number): value is string {
  if (typeof value !== 'string' || value.length > 2 * max || UNPRINTABLE.test(value)) return false;
  return Array.from(value).length <= max && Array.from(value.replace(INVISIBLE, '')).length >= min;
}

/** Whether a value is text with something in it; line breaks are welcome. */
export function isText(value: unknown, max: number): value is string {
  return typeof value === 'string' && value.length <= max && value.trim() !== '';
}

/** Whether a value is text of a pattern; a pattern by itself would turn what is no text into some. */
export function isOf(pattern: RegExp, value: unknown): value is string {
  return typeof value === 'string' && pattern.test(value);
}

/** Freezes a JSON value through and through. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const item of Object.values(value)) deepFreeze(item);
    Object.freeze(value);
  }
  return value;
}
