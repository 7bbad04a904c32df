/** A JSON Schema of the few words that the portable export needs. */
export interface Schema {
  readonly type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean' | 'null' | readonly string[];
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false;
  readonly [annotation: `$${string}`]: string | undefined;
  readonly title?: string;
  readonly description?: string;
}

const object = (properties: Readonly<Record<string, Schema>>, optional: readonly string[] = []): Schema => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  additionalProperties: false,
});
const text = (maxLength: number): Schema => ({ type: 'string', maxLength });
const time: Schema = { type: 'string', pattern: String.raw`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$` };
const base64url = (maxLength: number): Schema => ({ type: 'string', pattern: '^[A-Za-z0-9_-]+$', maxLength });
const modality: Schema = { type: 'string', enum: ['signature', 'face', 'voice'] };

/**
 * R22: what a portable export is (JSON Schema 2020-12). The file `asignio-portable-1.schema.json` of this package is the
 * same, for whoever reads exports elsewhere.
 */
export const PORTABLE_SCHEMA: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:asignio:portable:1',
  title: 'Portable export of what Asignio holds about a person',
  ...object({
    format: { const: 'asignio-portable/1' },
    id: { type: 'string', pattern: '^[A-Za-z0-9_-]{22}$' },
    issuer: {
      type: 'string',
      pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
      description: 'The tenant that gave it out',
    },
    issuedAt: time,
    subject: { ...text(256), description: 'The id by which the issuer knows the person' },
    attributes: object({ name: text(200), email: text(254), phone: text(32) }, ['name', 'email', 'phone']),
    consents: {
      type: 'array',
      maxItems: 1000,
      items: object({
        id: base64url(64),
        purpose: text(64),
        modality,
        state: text(32),
        noticeVersion: text(64),
        noticeSha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
        language: text(35),
        grantedAt: time,
        withdrawnAt: { type: ['string', 'null'], maxLength: 24 },
        what: text(4000),
        why: text(4000),
        retention: text(4000),
        recipients: text(4000),
      }),
    },
    protection: {
      ...object({
        kdf: { const: 'scrypt' },
        n: { type: 'integer', minimum: 32768 },
        r: { type: 'integer', minimum: 8 },
        p: { type: 'integer', minimum: 3 },
        salt: base64url(22),
      }),
      type: ['object', 'null'],
      description: 'How the key of the references is made of the passphrase; null where there are none',
    },
    references: {
      type: 'array',
      maxItems: 16,
      items: object({
        modality,
        variant: text(64),
        createdAt: time,
        samples: { type: 'integer', minimum: 1 },
        established: { type: 'boolean' },
        model: object({ name: text(64), version: text(64) }),
        sealed: base64url(1_400_000),
      }),
    },
    signature: {
      ...text(2000),
      description: 'JWS whose payload is the SHA-256 of the rest, in canonical form (RFC 8785)',
    },
  }),
};

/**
 * Where a value does not follow a schema; `undefined` where it does.
 * @returns the place, as a path, and nothing of the value.
 */
export function schemaViolation(schema: Schema, value: unknown, path = ''): string | undefined {
  const here = path === '' ? '/' : path;
  if (schema.const !== undefined) return value === schema.const ? undefined : here;
  const types = schema.type === undefined ? [] : typeof schema.type === 'string' ? [schema.type] : schema.type;
  if (types.length > 0 && !types.some((type) => isOfType(type, value))) return here;
  if (typeof value === 'string') return isFitting(schema, value) ? undefined : here;
  if (typeof value === 'number') return value >= (schema.minimum ?? -Infinity) ? undefined : here;
  if (Array.isArray(value)) {
    if (value.length > (schema.maxItems ?? Infinity)) return here;
    const { items } = schema;
    if (items === undefined) return undefined;
    return first(value.map((item: unknown, index) => () => schemaViolation(items, item, `${path}/${index}`)));
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { properties = {}, required = [] } = schema;
  if (required.some((name) => !Object.hasOwn(value, name))) return here;
  return first(
    Object.entries(value).map(([name, item]) => () => {
      const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
      return property === undefined ? here : schemaViolation(property, item, `${path}/${name}`);
    }),
  );
}

function isFitting({ enum: allowed, pattern, maxLength = Infinity }: Schema, value: string): boolean {
  if (value.length > maxLength || (allowed !== undefined && !allowed.includes(value))) return false;
  return pattern === undefined || new RegExp(pattern, 'u').test(value);
}

function isOfType(type: string, value: unknown): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  if (type === 'integer') return Number.isSafeInteger(value);
  return typeof value === type;
}

function first(checks: readonly (() => string | undefined)[]): string | undefined {
  for (const check of checks) {
    const found = check();
    if (found !== undefined) return found;
  }
  return undefined;
}
