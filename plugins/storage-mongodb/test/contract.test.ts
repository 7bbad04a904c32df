import type { StoragePlugin } from '@asignio/contracts';
import { storageContract } from '@asignio/testkit';
import { describeMongodb } from '@asignio/test-mongodb';
import { dropStore, freshDatabase, storeOn, uriOf } from './stores.js';

describeMongodb('storage-mongodb', function (server) {
  this.timeout(120_000);
  const uris = new Map<StoragePlugin, string>();
  const uriFor = (storage: StoragePlugin): string => uris.get(storage) ?? '';

  storageContract({
    describe,
    it,
    create({ clock }) {
      const uri = uriOf(server(), freshDatabase());
      const storage = storeOn(uri, { clock });
      uris.set(storage, uri);
      return storage;
    },
    reopen: (storage, { clock }) => storeOn(uriFor(storage), { clock }),
    spawn: (storage) => ({ module: new URL('./child-store.js', import.meta.url), location: uriFor(storage) }),
    destroy: (storage) => dropStore(uriFor(storage)),
    kills: 8,
  });
});
