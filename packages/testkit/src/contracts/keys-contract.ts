import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { KeyProvider, TenantId } from '@asignio/contracts';
import { pluginContract } from './plugin-contract.ts';
import { refuses } from './runner.ts';
import { ACME, CLOSED, OTHER, rotationTests } from './keys-rotation.ts';
import type { TestRunner } from './runner.ts';

/** What {@link keysContract} is given. */
export interface KeysContractOptions extends TestRunner {
  /** Makes a provider with keys of its own, not opened. */
  readonly create: () => KeyProvider | Promise<KeyProvider>;
  /** Makes another provider with the same keys, as a restart would. Without it, that is not tested. */
  readonly reopen?: (keys: KeyProvider) => KeyProvider | Promise<KeyProvider>;
  /** Removes what `create` made; called after the provider is closed. */
  readonly destroy?: (keys: KeyProvider) => void | Promise<void>;
}

const BINDING = 'reference 7 of signature';

/**
 * The suite that every key provider passes.
 * @example
 * ```ts
 * import { describe, it } from 'mocha';
 * import { keysContract } from '@asignio/testkit';
 * import { keysVault } from '../dist/index.js';
 *
 * keysContract({ describe, it, create: () => keysVault({ address: 'http://127.0.0.1:8200' }) });
 * ```
 */
export function keysContract(options: KeysContractOptions): void {
  const { describe, it, create, reopen, destroy } = options;

  const scenario = (title: string, body: (keys: KeyProvider) => Promise<void>): void => {
    it(title, async () => {
      const keys = await create();
      try {
        await keys.open();
        await body(keys);
      } finally {
        await keys.close();
        await destroy?.(keys);
      }
    });
  };

  describe('key provider contract', () => {
    pluginContract({ describe, it, kind: 'keys', create });

    scenario('opens what it wrapped, for data keys of 16 to 64 bytes', async (keys) => {
      for (const size of [16, 17, 32, 48, 63, 64]) {
        const dataKey = randomBytes(size);
        const wrapped = await keys.wrap(ACME, dataKey, BINDING);
        assert.deepEqual(Buffer.from(await keys.unwrap(ACME, wrapped, BINDING)), dataKey);
      }
    });

    scenario('gives bytes as a plain Uint8Array, which may be wiped without harm', async (keys) => {
      const dataKey = Uint8Array.from(randomBytes(32));
      const wrapped = await keys.wrap(ACME, dataKey, BINDING);
      const opened = await keys.unwrap(ACME, wrapped, BINDING);
      assert.equal(Object.getPrototypeOf(opened), Uint8Array.prototype);
      assert.equal(opened.byteLength, opened.buffer.byteLength, 'a buffer of its own');
      opened.fill(0);
      assert.deepEqual(await keys.unwrap(ACME, wrapped, BINDING), dataKey);
    });

    scenario('leaves the data key and the wrapped key of its caller as they are', async (keys) => {
      const dataKey = Uint8Array.from(randomBytes(32));
      const before = Uint8Array.from(dataKey);
      const wrapped = await keys.wrap(ACME, dataKey, BINDING);
      assert.deepEqual(dataKey, before);
      const bytes = Uint8Array.from(wrapped.bytes);
      await keys.unwrap(ACME, wrapped, BINDING);
      assert.deepEqual(Uint8Array.from(wrapped.bytes), bytes);
    });

    scenario('wraps the same key differently each time, and never in plain sight', async (keys) => {
      const dataKey = randomBytes(32);
      const seen = new Set<string>();
      for (let i = 0; i < 20; i++) {
        const { bytes } = await keys.wrap(ACME, dataKey, BINDING);
        assert.equal(Buffer.from(bytes).includes(dataKey.subarray(0, 8)), false);
        seen.add(Buffer.from(bytes).toString('hex'));
      }
      assert.equal(seen.size, 20);
    });

    scenario('refuses another binding, however alike', async (keys) => {
      const pairs: readonly (readonly [string, string])[] = [
        ['a', 'b'],
        ['ab', 'a'],
        ['a', 'a '],
        ['a\0b', 'a\0c'],
        ['caf\u00e9', 'cafe\u0301'],
        ['__proto__', 'constructor'],
        ['x'.repeat(1000), `${'x'.repeat(999)}y`],
      ];
      for (const [binding, other] of pairs) {
        const dataKey = Uint8Array.from(randomBytes(32));
        const wrapped = await keys.wrap(ACME, dataKey, binding);
        await refuses('ASIGNIO_KEY_REFUSED', () => keys.unwrap(ACME, wrapped, other));
        assert.deepEqual(await keys.unwrap(ACME, wrapped, binding), dataKey);
      }
    });

    scenario('refuses a key that another tenant wrapped', async (keys) => {
      const wrapped = await keys.wrap(ACME, randomBytes(32), BINDING);
      await keys.wrap(OTHER, randomBytes(32), BINDING);
      await refuses(CLOSED, () => keys.unwrap(OTHER, wrapped, BINDING));
    });

    scenario('refuses a key that another provider wrapped', async (keys) => {
      const other = await create();
      try {
        await other.open();
        const wrapped = await other.wrap(ACME, randomBytes(32), BINDING);
        await refuses(CLOSED, () => keys.unwrap(ACME, wrapped, BINDING));
        // The name of the wrapping key is not a secret, and must not be enough.
        const { keyId } = await keys.wrap(ACME, randomBytes(32), BINDING);
        await refuses(CLOSED, () => keys.unwrap(ACME, { ...wrapped, keyId }, BINDING));
      } finally {
        await other.close();
        await destroy?.(other);
      }
    });

    scenario('refuses a wrapped key with any bit turned', async (keys) => {
      const wrapped = await keys.wrap(ACME, randomBytes(32), BINDING);
      for (let bit = 0; bit < wrapped.bytes.length * 8; bit++) {
        const bytes = Uint8Array.from(wrapped.bytes);
        const at = bit >> 3;
        bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit & 7));
        await refuses(CLOSED, () => keys.unwrap(ACME, { ...wrapped, bytes }, BINDING));
      }
    });

    scenario('refuses a wrapped key that is cut, lengthened or empty', async (keys) => {
      const wrapped = await keys.wrap(ACME, randomBytes(32), BINDING);
      const { bytes } = wrapped;
      for (const other of [
        bytes.subarray(0, 0),
        bytes.subarray(0, 1),
        bytes.subarray(0, bytes.length - 1),
        bytes.subarray(1),
        Uint8Array.from([...bytes, 0]),
        new Uint8Array(100_000),
      ])
        await refuses(CLOSED, () => keys.unwrap(ACME, { ...wrapped, bytes: other }, BINDING));
    });

    scenario('refuses a wrapped key under an unknown name', async (keys) => {
      const wrapped = await keys.wrap(ACME, randomBytes(32), BINDING);
      for (const keyId of ['', 'no-such-key', `${wrapped.keyId}x`, '__proto__', '../../etc/passwd'])
        await refuses(CLOSED, () => keys.unwrap(ACME, { ...wrapped, keyId }, BINDING));
    });

    scenario('refuses data keys under 16 or over 64 bytes, and what is no key', async (keys) => {
      for (const size of [0, 1, 15, 65, 4096])
        await refuses('ASIGNIO_KEY_REFUSED', () => keys.wrap(ACME, new Uint8Array(size), BINDING));
      for (const other of [undefined, null, 'a'.repeat(32), Array.from({ length: 32 }, () => 1)])
        await refuses('ASIGNIO_KEY_REFUSED', () => keys.wrap(ACME, other as unknown as Uint8Array, BINDING));
    });

    scenario('refuses a tenant or a binding that is none', async (keys) => {
      const dataKey = randomBytes(32);
      for (const tenant of ['', 'a b', '../acme', 'acme\0', 7, undefined])
        await refuses('ASIGNIO_KEY_REFUSED', () => keys.wrap(tenant as TenantId, dataKey, BINDING));
      for (const binding of ['', undefined, 7, '\ud800'])
        await refuses('ASIGNIO_KEY_REFUSED', () => keys.wrap(ACME, dataKey, binding as string));
    });

    scenario('refuses the parts of two wrapped keys put together', async (keys) => {
      const [one, other] = [
        await keys.wrap(ACME, randomBytes(32), BINDING),
        await keys.wrap(ACME, randomBytes(32), BINDING),
      ];
      const half = one.bytes.length >> 1;
      const bytes = Uint8Array.from([...one.bytes.subarray(0, half), ...other.bytes.subarray(half)]);
      await refuses(CLOSED, () => keys.unwrap(ACME, { ...one, bytes }, BINDING));
    });

    scenario('answers many at once', async (keys) => {
      const tenants = [ACME, OTHER];
      await Promise.all(
        Array.from({ length: 40 }, async (_, i) => {
          const tenant = tenants[i % 2] ?? ACME;
          const dataKey = Uint8Array.from(randomBytes(32));
          const wrapped = await keys.wrap(tenant, dataKey, `binding ${i}`);
          assert.deepEqual(await keys.unwrap(tenant, wrapped, `binding ${i}`), dataKey);
        }),
      );
    });

    scenario('opens and closes as often as it is told, and does nothing while closed', async (keys) => {
      const wrapped = await keys.wrap(ACME, randomBytes(32), BINDING);
      await keys.open();
      await keys.close();
      await keys.close();
      await refuses('ASIGNIO_KEY_UNAVAILABLE', () => keys.wrap(ACME, randomBytes(32), BINDING));
      await refuses('ASIGNIO_KEY_UNAVAILABLE', () => keys.unwrap(ACME, wrapped, BINDING));
      await keys.open();
      assert.equal((await keys.unwrap(ACME, wrapped, BINDING)).length, 32);
    });

    rotationTests(scenario, options);

    if (reopen !== undefined)
      scenario('opens after a restart what it wrapped before', async (keys) => {
        const dataKey = Uint8Array.from(randomBytes(32));
        const wrapped = await keys.wrap(ACME, dataKey, BINDING);
        const again = await reopen(keys);
        try {
          await again.open();
          assert.deepEqual(await again.unwrap(ACME, wrapped, BINDING), dataKey);
        } finally {
          await again.close();
        }
      });
  });
}
