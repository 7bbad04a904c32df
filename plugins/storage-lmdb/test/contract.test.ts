import { storageContract } from '@asignio/testkit';
import { folderOf, freshStore, removeStore, sameStore } from './stores.js';

storageContract({
  describe,
  // Twenty processes are started and killed by one of them.
  it: (title, body) => it(title, body).timeout(60_000),
  create: ({ clock }) => freshStore(clock),
  reopen: (storage, { clock }) => sameStore(storage, clock),
  spawn: (storage) => ({ module: new URL('./child-store.js', import.meta.url), location: folderOf(storage) }),
  destroy: removeStore,
});
