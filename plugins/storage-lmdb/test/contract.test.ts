import { storageContract } from '@asignio/testkit';
import { folderOf, freshStore, removeStore, sameStore } from './stores.js';

storageContract({
  describe,
  it,
  create: ({ clock }) => freshStore(clock),
  reopen: (storage, { clock }) => sameStore(storage, clock),
  spawn: (storage) => ({ module: new URL('./child-store.js', import.meta.url), location: folderOf(storage) }),
  destroy: removeStore,
});
