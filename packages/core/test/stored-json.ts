import type { StoredValue } from '@asignio/contracts';

/** A stored value of a fixture: bytes as `{ b: base64 }`, objects as `{ o: {...} }`. */
export function fromJson(json: unknown): StoredValue {
  if (json === null || typeof json === 'boolean' || typeof json === 'number' || typeof json === 'string') return json;
  if (Array.isArray(json)) return json.map(fromJson);
  const [[tag, content] = []] = Object.entries(json as object) as [string, unknown][];
  if (tag === 'b') return Uint8Array.from(Buffer.from(String(content), 'base64'));
  if (tag !== 'o') throw new Error('a fixture holds something that is no value');
  return Object.fromEntries(Object.entries(content as object).map(([key, item]) => [key, fromJson(item)]));
}
