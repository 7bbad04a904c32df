import { expect } from 'chai';
import { AsignioError } from '@asignio/contracts';
import type { RecordPage, StoragePlugin } from '@asignio/contracts';
import { storageContract } from '@asignio/testkit';
import { freshStore, removeStore } from './stores.js';

type Broken = (storage: StoragePlugin) => Partial<StoragePlugin>;

/** Stores that break the contract in one point, and the test of the suite that must notice. */
const BROKEN: readonly (readonly [string, Broken, string])[] = [
  [
    'overwrites on insert',
    (storage) => ({
      insert: async (key, value, index) => {
        await storage.remove(key);
        return storage.insert(key, value, index);
      },
    }),
    'does not insert over a record',
  ],
  [
    'replaces any version',
    (storage) => ({
      replace: async (key, value, index) => storage.replace(key, value, index, (await storage.get(key))?.version ?? 1),
    }),
    'refuses to replace what moved, or is gone, and changes nothing',
  ],
  [
    'removes any version',
    (storage) => ({ remove: async (key) => storage.remove(key) }),
    'removes only the version that was read, when one is named',
  ],
  [
    'loses updates',
    (storage) => ({
      replace: async (key, value, index) => {
        for (;;)
          try {
            return await storage.replace(key, value, index, (await storage.get(key))?.version ?? 1);
          } catch {
            continue;
          }
      },
    }),
    'loses no increment of a counter',
  ],
  [
    'mixes tenants',
    (storage) => ({ get: async (key) => storage.get({ ...key, tenant: 'acme' as typeof key.tenant }) }),
    'keeps tenants and kinds apart',
  ],
  [
    'folds ids to one case',
    (storage) => ({
      insert: async (key, value, index) => storage.insert({ ...key, id: key.id.toLowerCase() }, value, index),
    }),
    'keeps any id, subject and log name apart from all others',
  ],
  [
    'shares what it returns',
    (storage) => {
      const cache = new Map<string, Awaited<ReturnType<StoragePlugin['get']>>>();
      return {
        get: async (key) => {
          if (!cache.has(key.id)) cache.set(key.id, await storage.get(key));
          return cache.get(key.id);
        },
      };
    },
    'takes what the value is at the call, and gives copies',
  ],
  [
    'forgets to leave old index entries',
    (storage) => ({
      replace: async (key, value, index, version) => {
        const old = await storage.get(key);
        return storage.replace(
          key,
          value,
          { ...(old?.subject === undefined ? {} : { subject: old.subject }), ...index },
          version,
        );
      },
    }),
    'replaces the index as a whole',
  ],
  [
    'pages by position',
    (storage) => {
      const all = async (query: Parameters<StoragePlugin['list']>[0]): Promise<RecordPage> => {
        const { records } = await storage.list({ tenant: query.tenant, kind: query.kind, limit: 1000 });
        const from = Number(query.after ?? 0);
        const to = from + (query.limit ?? 100);
        return { records: records.slice(from, to), ...(to < records.length ? { next: String(to) } : {}) };
      };
      return { list: all };
    },
    'skips and repeats none that stays, while others come, go and change',
  ],
  [
    'leaves out what is due this very moment',
    (storage) => ({ listDue: async (query) => storage.listDue({ ...query, upTo: query.upTo - 1 }) }),
    'lists what is due over all tenants, the longest due first, the last moment included',
  ],
  [
    'takes any cursor',
    (storage) => ({
      list: async (query) => {
        try {
          return await storage.list(query);
        } catch {
          return { records: [] };
        }
      },
    }),
    'refuses a cursor that this listing did not give',
  ],
  [
    'appends an id twice',
    (storage) => ({
      append: async (tenant, log, entry) =>
        storage.append(tenant, log, { ...entry, id: `${entry.id} ${entry.sequence}` }),
    }),
    'gives the first entry for an id that is there already, wherever it is appended',
  ],
  [
    'closes gaps',
    (storage) => ({
      append: async (tenant, log, entry) =>
        storage.append(tenant, log, {
          ...entry,
          sequence: ((await storage.logHead(tenant, log))?.sequence ?? 0) + 1,
        }),
    }),
    'refuses a gap and a place that is taken',
  ],
  [
    'appends together what can be appended',
    (storage) => ({
      appendAll: async (tenant, log, entries) => {
        for (const entry of entries) await storage.append(tenant, log, entry);
      },
    }),
    'appends several at once, or none of them',
  ],
  [
    'never fences',
    (storage) => ({
      acquireLease: async (...request) => {
        const lease = await storage.acquireLease(...request);
        return lease === undefined ? undefined : { ...lease, fence: 1 };
      },
    }),
    'gives an expired lease to the next, with a larger fence',
  ],
  [
    'lets everybody give a lease back',
    (storage) => ({
      releaseLease: async (lease) => {
        for (let fence = 1; fence < 5; fence++)
          for (const holder of ['one', 'two']) await storage.releaseLease({ ...lease, holder, fence });
      },
    }),
    'does not give back what another holds',
  ],
  [
    'answers while closed',
    (storage) => ({ ping: async () => undefined, close: async () => storage.close() }),
    'opens and closes as often as it is told, and answers nothing while closed',
  ],
  [
    'takes any value',
    (storage) => ({
      insert: async (key, value, index) => {
        try {
          return await storage.insert(key, value, index);
        } catch (error) {
          if (error instanceof AsignioError && error.code === 'ASIGNIO_STORAGE_CONFLICT') throw error;
          return storage.insert(key, JSON.parse(JSON.stringify(value) ?? 'null'), index);
        }
      },
    }),
    'refuses what is no value, and writes nothing',
  ],
  [
    'names only tenants that have records',
    (storage) => ({
      listTenants: async (after, limit) =>
        (await storage.listTenants(after, limit)).filter((tenant) => !tenant.includes('.')),
    }),
    'names every tenant once, in order, wherever its data stand',
  ],
  [
    'names the logs of others',
    (storage) => ({ listLogs: async (tenant) => [...(await storage.listLogs(tenant)), 'another'] }),
    'names the logs of a tenant',
  ],
];

/** Runs one test of the suite against a store, and gives what it throws. */
async function runOne(title: string, broken: Broken | undefined): Promise<unknown> {
  const tests = new Map<string, () => Promise<void>>();
  storageContract({
    describe: (_, body) => body(),
    it: (name, body) => tests.set(name, body),
    create({ clock }) {
      const storage = freshStore(clock);
      const wrapped = Object.assign(Object.create(storage) as StoragePlugin, bound(storage), broken?.(storage));
      made.set(wrapped, storage);
      return wrapped;
    },
    destroy(wrapped) {
      const storage = made.get(wrapped);
      if (storage !== undefined) removeStore(storage);
    },
  });
  const test = tests.get(title);
  if (test === undefined) throw new Error(`the suite has no test "${title}"`);
  try {
    await test();
    return undefined;
  } catch (error) {
    return error;
  }
}

const made = new Map<StoragePlugin, StoragePlugin>();

function bound(storage: StoragePlugin): Partial<StoragePlugin> {
  return {
    open: () => storage.open(),
    close: () => storage.close(),
    ping: () => storage.ping(),
    get: (key) => storage.get(key),
    insert: (key, value, index) => storage.insert(key, value, index),
    replace: (key, value, index, version) => storage.replace(key, value, index, version),
    remove: (key, version) => storage.remove(key, version),
    list: (query) => storage.list(query),
    listDue: (query) => storage.listDue(query),
    append: (tenant, log, entry) => storage.append(tenant, log, entry),
    appendAll: async (tenant, log, entries) => storage.appendAll?.(tenant, log, entries),
    logHead: (tenant, log) => storage.logHead(tenant, log),
    readLog: (tenant, log, from, limit) => storage.readLog(tenant, log, from, limit),
    listTenants: (after, limit) => storage.listTenants(after, limit),
    listLogs: (tenant) => storage.listLogs(tenant),
    acquireLease: (name, holder, ttl) => storage.acquireLease(name, holder, ttl),
    releaseLease: (lease) => storage.releaseLease(lease),
  };
}

describe('the storage contract suite', () => {
  for (const [fault, broken, title] of BROKEN)
    it(`notices a store that ${fault}`, async () => {
      expect(await runOne(title, undefined), 'the store itself passes').to.equal(undefined);
      expect(await runOne(title, broken)).to.be.an('error');
    });
});
