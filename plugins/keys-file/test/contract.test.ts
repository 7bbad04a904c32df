import { join } from 'node:path';
import { keysFile } from '@asignio/keys-file';
import type { KeysFileOptions } from '@asignio/keys-file';
import { keysContract, temporaryFolder } from '@asignio/testkit';
import type { TemporaryFolder } from '@asignio/testkit';
import type { KeyProvider } from '@asignio/contracts';

/** The least that is allowed, since each test makes a file of its own. */
const QUICK = { memoryKiB: 19_456, passes: 2, parallelism: 1 };

const KINDS: readonly (readonly [string, Omit<KeysFileOptions, 'path'>])[] = [
  ['in plain sight', {}],
  ['sealed with a passphrase', { passphrase: 'correct horse battery staple', argon2: QUICK }],
];

for (const [title, options] of KINDS) {
  const folders = new Map<KeyProvider, TemporaryFolder>();
  describe(`a key file ${title}`, () => {
    keysContract({
      describe,
      it: (name, body) => it(name, body).timeout(20_000),
      create() {
        const folder = temporaryFolder();
        const keys = keysFile({ path: join(folder.path, 'root-key.json'), create: true, ...options });
        folders.set(keys, folder);
        return keys;
      },
      reopen: (keys) => keysFile({ path: join(folders.get(keys)?.path ?? '', 'root-key.json'), ...options }),
      destroy: (keys) => folders.get(keys)?.remove(),
    });
  });
}
