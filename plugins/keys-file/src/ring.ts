import { createSecretKey, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { AsignioError } from '@asignio/contracts';
import type { EpochMs, TenantId } from '@asignio/contracts';

/** Bytes of a key. */
const SECRET_BYTES = 32;
const KEY_ID = /^[A-Za-z0-9_-]{8,32}$/;

/** One key of the file. */
export interface RingKey {
  /** Names it; stands beside everything that it wraps. */
  readonly keyId: string;
  /** `null` where the file was written before that was noted. */
  readonly createdAt: EpochMs | null;
  /** Held outside the JavaScript heap, so that a heap dump does not show it. */
  readonly secret: KeyObject;
}

/** The keys of a tenant that has some of its own. */
interface TenantRing {
  /** Whether the keys in common still open what they wrapped for this tenant. */
  readonly common: boolean;
  /** Oldest first. */
  readonly keys: readonly RingKey[];
}

/** What a key file holds: keys that all tenants begin with, and those of tenants with keys of their own. Never changed in place. */
export interface KeyRing {
  /** One at least, oldest first. */
  readonly common: readonly RingKey[];
  readonly tenants: ReadonlyMap<TenantId, TenantRing>;
}

/** A ring as JSON holds it. */
export interface RingText {
  readonly common: readonly KeyText[];
  readonly tenants: { readonly [tenant: string]: { readonly common: boolean; readonly keys: readonly KeyText[] } };
}

interface KeyText {
  readonly keyId: string;
  readonly createdAt: EpochMs | null;
  /** 32 bytes, base64url. */
  readonly secret: string;
}

export function newRing(now: EpochMs): KeyRing {
  return { common: [newKey(now)], tenants: new Map() };
}

/** A tenant's keys that open, oldest first; the last one wraps. */
export function keysOf(ring: KeyRing, tenant: TenantId): readonly RingKey[] {
  const own = ring.tenants.get(tenant);
  if (own === undefined) return ring.common;
  return own.common ? [...ring.common, ...own.keys] : own.keys;
}

export function newestOf(keys: readonly RingKey[]): RingKey {
  const newest = keys.at(-1);
  if (newest === undefined) throw new AsignioError('ASIGNIO_KEY_UNAVAILABLE', 'The key file holds no key for this');
  return newest;
}

/** With a newer key of the tenant's own. */
export function withNewKey(ring: KeyRing, tenant: TenantId, now: EpochMs): KeyRing {
  const own = ring.tenants.get(tenant) ?? { common: true, keys: [] };
  return withTenant(ring, tenant, { ...own, keys: [...own.keys, newKey(now)] });
}

/** Without the tenant's older keys. A tenant that has none of its own keeps those in common, which others may need. */
export function withNewestAlone(ring: KeyRing, tenant: TenantId, newest: string): KeyRing {
  const key = expectNewest(keysOf(ring, tenant), newest);
  return ring.tenants.has(tenant) ? withTenant(ring, tenant, { common: false, keys: [key] }) : ring;
}

/** With a newer key in common. */
export function withNewCommon(ring: KeyRing, now: EpochMs): KeyRing {
  return { ...ring, common: [...ring.common, newKey(now)] };
}

/** Without the older keys in common. */
export function withNewestCommonAlone(ring: KeyRing, newest: string): KeyRing {
  const key = expectNewest(ring.common, newest);
  return ring.common.length === 1 ? ring : { ...ring, common: [key] };
}

function expectNewest(keys: readonly RingKey[], newest: string): RingKey {
  const key = newestOf(keys);
  if (key.keyId === newest) return key;
  throw new AsignioError('ASIGNIO_KEY_REFUSED', 'A newer key was made meanwhile: wrap anew with that one first');
}

export function toText({ common, tenants }: KeyRing): RingText {
  return {
    common: common.map(keyText),
    tenants: Object.fromEntries(
      [...tenants].map(([tenant, own]) => [tenant, { common: own.common, keys: own.keys.map(keyText) }]),
    ),
  };
}

/** @returns `undefined` where it is none. */
export function fromText(text: unknown): KeyRing | undefined {
  if (!isObject(text) || !isObject(text['tenants'])) return undefined;
  const common = fromKeyTexts(text['common']);
  if (common === undefined) return undefined;
  const tenants = new Map<TenantId, TenantRing>();
  for (const [tenant, own] of Object.entries(text['tenants'])) {
    if (!isObject(own) || typeof own['common'] !== 'boolean') return undefined;
    const keys = fromKeyTexts(own['keys']);
    if (keys === undefined) return undefined;
    tenants.set(tenant as TenantId, { common: own['common'], keys });
  }
  return { common, tenants };
}

/** A ring of the first version of the file, which held one key. */
export function fromFirstVersion(keyId: unknown, root: unknown): KeyRing | undefined {
  const common = fromKeyText({ keyId, createdAt: null, secret: root });
  return common === undefined ? undefined : { common: [common], tenants: new Map() };
}

function withTenant(ring: KeyRing, tenant: TenantId, own: TenantRing): KeyRing {
  return { ...ring, tenants: new Map([...ring.tenants, [tenant, own]]) };
}

function newKey(now: EpochMs): RingKey {
  const bytes = randomBytes(SECRET_BYTES);
  try {
    return { keyId: randomBytes(8).toString('base64url'), createdAt: now, secret: createSecretKey(bytes) };
  } finally {
    bytes.fill(0);
  }
}

function keyText({ keyId, createdAt, secret }: RingKey): KeyText {
  const bytes = secret.export();
  try {
    return { keyId, createdAt, secret: bytes.toString('base64url') };
  } finally {
    bytes.fill(0);
  }
}

/** One key at least. */
function fromKeyTexts(texts: unknown): readonly RingKey[] | undefined {
  const keys = Array.isArray(texts) ? texts.map(fromKeyText) : [];
  return keys.length > 0 && keys.every((key) => key !== undefined) ? keys : undefined;
}

function fromKeyText(text: unknown): RingKey | undefined {
  if (!isObject(text)) return undefined;
  const { keyId, createdAt, secret } = text;
  if (typeof keyId !== 'string' || !KEY_ID.test(keyId)) return undefined;
  if (createdAt !== null && !Number.isSafeInteger(createdAt)) return undefined;
  if (typeof secret !== 'string') return undefined;
  const bytes = Buffer.from(secret, 'base64url');
  if (bytes.length !== SECRET_BYTES) return undefined;
  try {
    return { keyId, createdAt: createdAt as EpochMs | null, secret: createSecretKey(bytes) };
  } finally {
    bytes.fill(0);
  }
}

function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
