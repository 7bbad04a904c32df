import type Joi from 'joi';

/*
 * Over HTTP a moment is ISO 8601, inside it is ms since the epoch. Which fields are moments, and which fields go out at
 * all, is what the route's schema says: there is no second list of them.
 */

interface Description {
  readonly type: string;
  readonly flags?: { readonly unknown?: boolean };
  readonly rules?: readonly { readonly name: string }[];
  readonly keys?: { readonly [key: string]: Description };
  readonly patterns?: readonly { readonly rule: Description }[];
  readonly items?: readonly Description[];
}

type Turn = (value: unknown) => unknown;

/**
 * An answer as its schema has it: field by field, so that whatever else a record may come to hold stays inside.
 * @param value what the core gave: moments as ms since the epoch
 */
export function presented(schema: Joi.Schema, value: unknown): unknown {
  return walk(schema.describe() as Description, value, (at) =>
    typeof at === 'number' ? new Date(at).toISOString() : at,
  );
}

/**
 * A checked body as the core takes it.
 * @param value moments as ISO 8601
 */
export function received(schema: Joi.Schema, value: unknown): unknown {
  return walk(schema.describe() as Description, value, (at) => (typeof at === 'string' ? Date.parse(at) : at));
}

function walk(given: Description, value: unknown, turn: Turn): unknown {
  if (given.type === 'string' && given.rules?.some(({ name }) => name === 'isoDate') === true) return turn(value);
  if (given.type === 'array' && Array.isArray(value)) {
    const [item] = given.items ?? [];
    return item === undefined ? value : value.map((one) => walk(item, one, turn));
  }
  if (given.type !== 'object' || typeof value !== 'object' || value === null) return value;
  const [pattern] = given.patterns ?? [];
  const entries: [string, unknown][] = [];
  for (const [key, field] of Object.entries(value)) {
    if (field === undefined) continue;
    const known = given.keys !== undefined && Object.hasOwn(given.keys, key) ? given.keys[key] : pattern?.rule;
    if (known !== undefined) entries.push([key, walk(known, field, turn)]);
    else if (given.flags?.unknown === true) entries.push([key, field]);
  }
  return Object.fromEntries(entries);
}
