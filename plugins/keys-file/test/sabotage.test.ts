import { join } from 'node:path';
import { expect } from 'chai';
import { keysFile } from '@asignio/keys-file';
import { keysContract, temporaryFolder } from '@asignio/testkit';
import type { TemporaryFolder } from '@asignio/testkit';
import { tenantId } from '@asignio/contracts';
import type { KeyProvider } from '@asignio/contracts';

type Broken = (keys: KeyProvider) => Partial<KeyProvider>;

const ACME = tenantId('acme');

/** Providers that break the contract in one point, and the test of the suite that must notice. */
const BROKEN: readonly (readonly [string, Broken, string])[] = [
  [
    'ignores the binding',
    (keys) => ({
      wrap: async (tenant, dataKey) => keys.wrap(tenant, dataKey, 'same'),
      unwrap: async (tenant, wrapped) => keys.unwrap(tenant, wrapped, 'same'),
    }),
    'refuses another binding, however alike',
  ],
  [
    'has one key for all tenants',
    (keys) => ({
      wrap: async (_, dataKey, binding) => keys.wrap(ACME, dataKey, binding),
      unwrap: async (_, wrapped, binding) => keys.unwrap(ACME, wrapped, binding),
    }),
    'refuses a key that another tenant wrapped',
  ],
  [
    'does not wrap at all',
    () => ({
      wrap: async (_, dataKey) => ({ keyId: 'none', bytes: Uint8Array.from(dataKey) }),
      unwrap: async (_, { bytes }) => bytes,
    }),
    'wraps the same key differently each time, and never in plain sight',
  ],
  [
    'gives what it finds when it cannot unwrap',
    (keys) => ({
      unwrap: async (tenant, wrapped, binding) => {
        try {
          return await keys.unwrap(tenant, wrapped, binding);
        } catch {
          return new Uint8Array(32);
        }
      },
    }),
    'refuses a wrapped key with any bit turned',
  ],
  [
    'wipes its caller’s key',
    (keys) => ({
      wrap: async (tenant, dataKey, binding) => {
        const wrapped = await keys.wrap(tenant, dataKey, binding);
        dataKey.fill(0);
        return wrapped;
      },
    }),
    'leaves the data key and the wrapped key of its caller as they are',
  ],
  [
    'answers while closed',
    (keys) => ({ close: async () => undefined, open: async () => keys.open() }),
    'opens and closes as often as it is told, and does nothing while closed',
  ],
];

async function runOne(title: string, broken: Broken | undefined): Promise<unknown> {
  const tests = new Map<string, () => Promise<void>>();
  const folders: TemporaryFolder[] = [];
  keysContract({
    describe: (_, body) => body(),
    it: (name, body) => tests.set(name, body),
    create() {
      const folder = temporaryFolder();
      folders.push(folder);
      const keys = keysFile({ path: join(folder.path, 'root-key.json'), create: true });
      return {
        metadata: keys.metadata,
        open: () => keys.open(),
        close: () => keys.close(),
        wrap: (tenant, dataKey, binding) => keys.wrap(tenant, dataKey, binding),
        unwrap: (tenant, wrapped, binding) => keys.unwrap(tenant, wrapped, binding),
        ...broken?.(keys),
      } satisfies KeyProvider;
    },
  });
  const test = tests.get(title);
  if (test === undefined) throw new Error(`the suite has no test "${title}"`);
  try {
    await test();
    return undefined;
  } catch (error) {
    return error;
  } finally {
    for (const folder of folders) folder.remove();
  }
}

describe('the key provider contract suite', () => {
  for (const [fault, broken, title] of BROKEN)
    it(`notices a provider that ${fault}`, async () => {
      expect(await runOne(title, undefined), 'the provider itself passes').to.equal(undefined);
      expect(await runOne(title, broken)).to.be.an('error');
    });
});
