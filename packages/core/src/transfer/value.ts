import type { StoredValue } from '@asignio/contracts';

/*
 * A stored value as JSON: byte arrays are `{ "$bytes": base64 }`; an object that has but one field, and that begins with a
 * dollar, is wrapped as `{ "$object": ... }`, so that data never pass for bytes.
 */
const BYTES = '$bytes';
const OBJECT = '$object';

/** A value that `JSON.stringify` writes as it is. */
export function toJson(value: StoredValue): unknown {
  if (value instanceof Uint8Array)
    return { [BYTES]: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64') };
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const object = objectOf(entries.map(([name, inner]) => [name, toJson(inner)]));
  return entries.length === 1 && entries[0]?.[0].startsWith('$') === true ? { [OBJECT]: object } : object;
}

/** What {@link toJson} was made of. Its result is still to be checked against the contract. */
export function fromJson(json: unknown): StoredValue {
  if (Array.isArray(json)) return json.map(fromJson);
  if (typeof json !== 'object' || json === null) return json as StoredValue;
  const entries = Object.entries(json);
  const [name, content] = entries[0] ?? [];
  if (entries.length === 1 && name === BYTES) return Uint8Array.from(Buffer.from(String(content), 'base64'));
  const plain = entries.length === 1 && name === OBJECT ? Object.entries(content as object) : entries;
  return objectOf(plain.map(([key, inner]) => [key, fromJson(inner)])) as StoredValue;
}

/** Fields of any names, `__proto__` among them. */
function objectOf(entries: readonly (readonly [string, unknown])[]): object {
  const object = {};
  for (const [name, value] of entries)
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  return object;
}
