import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { tenantId } from '@asignio/contracts';
import type { KeyProvider, WrappedKey } from '@asignio/contracts';
import type { KeysContractOptions } from './keys-contract.ts';
import { refuses } from './runner.ts';

export const ACME = tenantId('acme');
export const OTHER = tenantId('acme.other');
/** The two codes for a key that does not open: its wrapping key is gone, or it is not what was wrapped. */
export const CLOSED = ['ASIGNIO_KEY_REFUSED', 'ASIGNIO_KEY_UNAVAILABLE'] as const;
const BINDING = 'reference 7 of signature';

type Scenario = (title: string, body: (keys: KeyProvider) => Promise<void>) => void;

/** A provider that has the methods, by its own word. */
type With<M extends keyof KeyProvider> = KeyProvider & Required<Pick<KeyProvider, M>>;

function has<M extends 'versions' | 'rotate' | 'rewrap' | 'retire' | 'rotateCommon' | 'retireCommon'>(
  keys: KeyProvider,
  ...methods: readonly M[]
): keys is With<M> {
  return methods.every((method) => keys.metadata.capabilities.includes(method));
}

async function wrapped(keys: KeyProvider, tenant = ACME): Promise<{ dataKey: Uint8Array; key: WrappedKey }> {
  const dataKey = Uint8Array.from(randomBytes(32));
  return { dataKey, key: await keys.wrap(tenant, dataKey, BINDING) };
}

/** Several keys of one tenant: each test holds for a provider that says it can do this. */
export function rotationTests(scenario: Scenario, { reopen }: KeysContractOptions): void {
  scenario('has versions, where it can rotate, rewrap or retire', async ({ metadata: { capabilities } }) => {
    const some = ['rotate', 'rewrap', 'retire', 'rotateCommon', 'retireCommon'].some((method) =>
      capabilities.includes(method),
    );
    assert.ok(!some || capabilities.includes('versions'));
  });

  scenario('names the key that wraps as the last of its versions', async (keys) => {
    if (!has(keys, 'versions')) return;
    const { key } = await wrapped(keys);
    const versions = await keys.versions(ACME);
    assert.equal(versions.at(-1)?.keyId, key.keyId);
    assert.equal(new Set(versions.map(({ keyId }) => keyId)).size, versions.length);
  });

  scenario('wraps with a newer key once it is rotated, and opens what older ones wrapped', async (keys) => {
    if (!has(keys, 'versions', 'rotate')) return;
    const all = [await wrapped(keys)];
    const other = await wrapped(keys, OTHER);
    for (let i = 0; i < 3; i++) {
      const newest = await keys.rotate(ACME);
      const next = await wrapped(keys);
      assert.equal(next.key.keyId, newest);
      all.push(next);
      assert.deepEqual(
        (await keys.versions(ACME)).map(({ keyId }) => keyId),
        all.map(({ key }) => key.keyId),
        'oldest first',
      );
    }
    for (const { key, dataKey } of all) assert.deepEqual(await keys.unwrap(ACME, key, BINDING), dataKey);
    assert.deepEqual(await keys.unwrap(OTHER, other.key, BINDING), other.dataKey);
    // Under the name of another version, it does not open.
    const [first, second] = all;
    if (first !== undefined && second !== undefined)
      await refuses(CLOSED, () => keys.unwrap(ACME, { ...first.key, keyId: second.key.keyId }, BINDING));
  });

  scenario('rotates a tenant that has not been heard of', async (keys) => {
    if (!has(keys, 'versions', 'rotate')) return;
    const newest = await keys.rotate(ACME);
    assert.equal((await wrapped(keys)).key.keyId, newest);
  });

  scenario('wraps anew under the newest key, with the same binding', async (keys) => {
    if (!has(keys, 'rotate', 'rewrap')) return;
    const { key, dataKey } = await wrapped(keys);
    const newest = await keys.rotate(ACME);
    const again = await keys.rewrap(ACME, key, BINDING);
    assert.equal(again.keyId, newest);
    assert.deepEqual(await keys.unwrap(ACME, again, BINDING), dataKey);
    await refuses(CLOSED, () => keys.unwrap(ACME, again, 'another'));
    await refuses(CLOSED, () => keys.rewrap(ACME, key, 'another'));
    await refuses(CLOSED, () => keys.rewrap(OTHER, key, BINDING));
    const bytes = Uint8Array.from(key.bytes);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    await refuses(CLOSED, () => keys.rewrap(ACME, { ...key, bytes }, BINDING));
  });

  scenario('destroys the older keys of a tenant, and of no other', async (keys) => {
    if (!has(keys, 'versions', 'rotate', 'retire')) return;
    const old = [await wrapped(keys)];
    const other = await wrapped(keys, OTHER);
    await keys.rotate(ACME);
    old.push(await wrapped(keys));
    const newest = await keys.rotate(ACME);
    const kept = await wrapped(keys);
    for (let again = 0; again < 2; again++) {
      await keys.retire(ACME, newest);
      for (const { key } of old) await refuses(CLOSED, () => keys.unwrap(ACME, key, BINDING));
      for (const { key } of old)
        await refuses(CLOSED, () => keys.unwrap(ACME, { ...key, keyId: kept.key.keyId }, BINDING));
      assert.deepEqual(await keys.unwrap(ACME, kept.key, BINDING), kept.dataKey);
      assert.deepEqual(await keys.unwrap(OTHER, other.key, BINDING), other.dataKey);
    }
    assert.deepEqual(
      (await keys.versions(ACME)).map(({ keyId }) => keyId),
      [newest],
    );
    assert.equal((await wrapped(keys)).key.keyId, newest);
  });

  scenario('destroys nothing for one who does not know the newest key', async (keys) => {
    if (!has(keys, 'rotate', 'retire')) return;
    const old = await wrapped(keys);
    await keys.rotate(ACME);
    for (const newest of [old.key.keyId, '', 'no-such-key'])
      await refuses('ASIGNIO_KEY_REFUSED', () => keys.retire(ACME, newest));
    assert.deepEqual(await keys.unwrap(ACME, old.key, BINDING), old.dataKey);
  });

  scenario('loses nothing when it wraps, rotates and opens at once', async (keys) => {
    if (!has(keys, 'versions', 'rotate')) return;
    const [made] = await Promise.all([
      Promise.all(Array.from({ length: 20 }, async () => wrapped(keys))),
      keys.rotate(ACME),
      keys.rotate(ACME),
      keys.rotate(OTHER),
    ]);
    for (const { key, dataKey } of made) assert.deepEqual(await keys.unwrap(ACME, key, BINDING), dataKey);
    const ids = (await keys.versions(ACME)).map(({ keyId }) => keyId);
    assert.equal(new Set(ids).size, ids.length);
    assert.ok(ids.length >= 3);
  });

  scenario('rotates a key in common for every tenant that has none of its own', async (keys) => {
    if (!has(keys, 'rotate', 'rotateCommon', 'retireCommon')) return;
    const [acme, other] = [await wrapped(keys), await wrapped(keys, OTHER)];
    await keys.rotate(ACME);
    const own = await wrapped(keys);
    const newest = await keys.rotateCommon();
    assert.equal((await wrapped(keys)).key.keyId, own.key.keyId, 'a tenant with a key of its own wraps with that');
    for (const tenant of [OTHER, tenantId('new')]) assert.equal((await wrapped(keys, tenant)).key.keyId, newest);
    assert.deepEqual(await keys.unwrap(ACME, acme.key, BINDING), acme.dataKey);
    assert.deepEqual(await keys.unwrap(OTHER, other.key, BINDING), other.dataKey);
    const kept = await wrapped(keys, OTHER);
    await refuses('ASIGNIO_KEY_REFUSED', () => keys.retireCommon(other.key.keyId));
    for (let again = 0; again < 2; again++) {
      await keys.retireCommon(newest);
      await refuses(CLOSED, () => keys.unwrap(ACME, acme.key, BINDING));
      await refuses(CLOSED, () => keys.unwrap(OTHER, other.key, BINDING));
      assert.deepEqual(await keys.unwrap(OTHER, kept.key, BINDING), kept.dataKey);
      assert.deepEqual(await keys.unwrap(ACME, own.key, BINDING), own.dataKey);
    }
  });

  if (reopen === undefined) return;

  scenario('tells at once all who share its keys of a rotation and a retirement', async (keys) => {
    if (!has(keys, 'versions', 'rotate')) return;
    const again = await reopen(keys);
    try {
      await again.open();
      const old = await wrapped(again);
      const newest = await keys.rotate(ACME);
      const next = await wrapped(again);
      assert.equal(next.key.keyId, newest);
      assert.deepEqual(await keys.unwrap(ACME, next.key, BINDING), next.dataKey);
      assert.deepEqual(await keys.unwrap(ACME, old.key, BINDING), old.dataKey);
      if (!has(keys, 'retire')) return;
      await keys.retire(ACME, newest);
      await refuses(CLOSED, () => again.unwrap(ACME, old.key, BINDING));
    } finally {
      await again.close();
    }
  });
}
