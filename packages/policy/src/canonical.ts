/**
 * The one text of a JSON value: keys of every object sorted by UTF-16 code unit, no white space, entries that are
 * `undefined` left out (RFC 8785, JSON Canonicalization Scheme; numbers here are integers, whose JSON form is already
 * canonical). Equal values have equal texts, so their hashes can be compared.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`);
  return `{${entries.join(',')}}`;
}
