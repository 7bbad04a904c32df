import { join } from 'node:path';
import { keysFile } from '@asignio/keys-file';
import { keysContract, temporaryFolder } from '@asignio/testkit';
import type { TemporaryFolder } from '@asignio/testkit';
import type { KeyProvider } from '@asignio/contracts';

const folders = new Map<KeyProvider, TemporaryFolder>();

keysContract({
  describe,
  it,
  create() {
    const folder = temporaryFolder();
    const keys = keysFile({ path: join(folder.path, 'root-key.json'), create: true });
    folders.set(keys, folder);
    return keys;
  },
  reopen: (keys) => keysFile({ path: join(folders.get(keys)?.path ?? '', 'root-key.json') }),
  destroy: (keys) => folders.get(keys)?.remove(),
});
