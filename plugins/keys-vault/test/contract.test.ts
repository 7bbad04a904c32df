import { randomBytes } from 'node:crypto';
import { keysContract } from '@asignio/testkit';
import { keysVault } from '@asignio/keys-vault';
import type { KeysVaultOptions } from '@asignio/keys-vault';
import type { KeyProvider } from '@asignio/contracts';
import { startTransit } from './support/transit-server.js';
import type { TransitServer } from './support/transit-server.js';

const TOKEN = 'hvs.not-a-token-of-anybody';

describe('Transit, as the API documents it', () => {
  let server: TransitServer;
  const made = new Map<KeyProvider, KeysVaultOptions>();
  let count = 0;
  before(async () => {
    server = await startTransit();
    server.tokens.add(TOKEN);
  });
  after(() => server.close());

  keysContract({
    describe,
    it: (title, body) => it(title, body).timeout(20_000),
    create() {
      const options: KeysVaultOptions = {
        address: server.address,
        token: { text: TOKEN },
        namespace: `tests/n${count++}`,
      };
      const keys = keysVault(options);
      made.set(keys, options);
      return keys;
    },
    reopen: (keys) => keysVault(made.get(keys) as KeysVaultOptions),
  });
});

/** A Vault or OpenBao that somebody runs for this: `ASIGNIO_TEST_VAULT=http://127.0.0.1:8200`, with `VAULT_TOKEN`. */
const real = process.env['ASIGNIO_TEST_VAULT'];
if (real !== undefined)
  describe('Transit of a real server', () => {
    const made = new Map<KeyProvider, KeysVaultOptions>();
    keysContract({
      describe,
      it: (title, body) => it(title, body).timeout(60_000),
      create() {
        const options = { address: real, prefix: `t${randomBytes(6).toString('hex')}-` };
        const keys = keysVault(options);
        made.set(keys, options);
        return keys;
      },
      reopen: (keys) => keysVault(made.get(keys) as KeysVaultOptions),
    });
  });
