import type Joi from 'joi';

/** A JSON Schema of draft 2020-12, as OpenAPI 3.1 takes it. */
export type JsonSchema = { readonly [key: string]: unknown };

interface Rule {
  readonly name: string;
  readonly args?: { readonly limit?: number; readonly regex?: string };
}

interface Description {
  readonly type: string;
  readonly flags?: {
    readonly presence?: string;
    readonly description?: string;
    readonly only?: boolean;
    readonly unknown?: boolean;
  };
  readonly rules?: readonly Rule[];
  readonly allow?: readonly unknown[];
  readonly keys?: { readonly [key: string]: Description };
  readonly patterns?: readonly { readonly schema: Description; readonly rule: Description }[];
  readonly items?: readonly Description[];
}

type Keywords = Record<string, unknown>;

/**
 * Says in JSON Schema what a joi schema says, for the part of joi that this package uses: strings with length, pattern,
 * values and ISO dates; integers; booleans; arrays; objects with named or patterned keys; `null`.
 * @throws TypeError for anything else, so that a schema cannot be documented as less than it is.
 */
export function jsonSchema(schema: Joi.Schema): JsonSchema {
  return translate(schema.describe() as Description);
}

function translate(given: Description): JsonSchema {
  const nullable = given.allow?.includes(null) === true;
  const words: Keywords = { type: nullable ? [typeName(given), 'null'] : typeName(given) };
  if (given.flags?.description !== undefined) words['description'] = given.flags.description;
  if (given.flags?.only === true) words['enum'] = given.allow;
  if (given.type === 'string' && given.allow === undefined) words['minLength'] = 1;
  for (const rule of given.rules ?? []) Object.assign(words, keyword(given.type, rule));
  if (given.type === 'array') words['items'] = translate(single(given.items));
  if (given.type === 'object') Object.assign(words, members(given));
  return words;
}

function typeName(given: Description): string {
  if (given.type === 'number' && given.rules?.some((rule) => rule.name === 'integer') === true) return 'integer';
  if (!['string', 'number', 'boolean', 'array', 'object'].includes(given.type))
    throw new TypeError(`No JSON Schema for joi type ${given.type}`);
  return given.type;
}

function keyword(type: string, rule: Rule): Keywords {
  switch (`${type}.${rule.name}`) {
    case 'string.min':
      return { minLength: rule.args?.limit };
    case 'string.max':
      return { maxLength: rule.args?.limit };
    case 'string.pattern':
      return { pattern: /^\/(.*)\/[a-z]*$/s.exec(rule.args?.regex ?? '')?.[1] };
    case 'string.isoDate':
      return { format: 'date-time' };
    case 'number.min':
      return { minimum: rule.args?.limit };
    case 'number.integer':
      return {};
    case 'array.min':
      return { minItems: rule.args?.limit };
    case 'array.max':
      return { maxItems: rule.args?.limit };
    case 'array.unique':
      return { uniqueItems: true };
    default:
      throw new TypeError(`No JSON Schema for joi rule ${type}.${rule.name}`);
  }
}

function single(items: readonly Description[] | undefined): Description {
  const [item, ...others] = items ?? [];
  if (item === undefined || others.length > 0) throw new TypeError('An array needs one kind of item');
  return item;
}

function members(given: Description): Keywords {
  const keys = Object.entries(given.keys ?? {});
  const required = keys.filter(([, value]) => value.flags?.presence === 'required').map(([key]) => key);
  const [pattern] = given.patterns ?? [];
  return {
    ...(keys.length === 0
      ? {}
      : { properties: Object.fromEntries(keys.map(([key, value]) => [key, translate(value)])) }),
    ...(required.length === 0 ? {} : { required }),
    ...(pattern === undefined ? {} : { propertyNames: translate(pattern.schema) }),
    additionalProperties: pattern === undefined ? given.flags?.unknown === true : translate(pattern.rule),
  };
}
