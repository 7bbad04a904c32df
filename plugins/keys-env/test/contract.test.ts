import { randomBytes } from 'node:crypto';
import { keysContract } from '@asignio/testkit';
import { keysEnv } from '@asignio/keys-env';
import type { KeyProvider } from '@asignio/contracts';

let count = 0;
const variables = new Map<KeyProvider, string>();

keysContract({
  describe,
  it,
  create() {
    const env = `ASIGNIO_TEST_KEY_${count++}`;
    process.env[env] = randomBytes(32).toString('base64');
    const keys = keysEnv({ key: { env } });
    variables.set(keys, env);
    return keys;
  },
  reopen: (keys) => keysEnv({ key: { env: variables.get(keys) ?? '' } }),
  destroy(keys) {
    delete process.env[variables.get(keys) ?? ''];
  },
});
