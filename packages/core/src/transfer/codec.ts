import { AsignioError } from '@asignio/contracts';
import type { StoredValue } from '@asignio/contracts';

/** A stored value as JSON: bytes as `{ b: base64 }`, objects as `{ o: {...} }`, what JSON has no number for as `{ n: '-0' }`. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly b: string }
  | { readonly n: '-0' }
  | { readonly o: { readonly [key: string]: JsonValue } };

export function toJson(value: StoredValue): JsonValue {
  if (typeof value === 'number' && Object.is(value, -0)) return { n: '-0' };
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return { b: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return (value as readonly StoredValue[]).map(toJson);
  // Object.fromEntries defines properties, so that one named __proto__ is one like any other.
  return { o: Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(item)])) };
}

/** @throws AsignioError `ASIGNIO_EXPORT_INVALID` where it is not what {@link toJson} makes. */
export function fromJson(json: unknown): StoredValue {
  if (json === null || typeof json === 'boolean' || typeof json === 'number' || typeof json === 'string') return json;
  if (Array.isArray(json)) return json.map(fromJson);
  const [entry, ...others] = Object.entries(json as object);
  if (entry === undefined || others.length > 0) throw malformed();
  const [tag, content] = entry as [string, unknown];
  if (tag === 'n' && content === '-0') return -0;
  if (tag === 'b' && typeof content === 'string') return Uint8Array.from(Buffer.from(content, 'base64'));
  if (tag === 'o' && typeof content === 'object' && content !== null && !Array.isArray(content))
    return Object.fromEntries(Object.entries(content).map(([key, item]) => [key, fromJson(item)]));
  throw malformed();
}

function malformed(): AsignioError {
  return new AsignioError('ASIGNIO_EXPORT_INVALID', 'The export holds something that is no value');
}
