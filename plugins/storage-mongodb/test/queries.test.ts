import { expect } from 'chai';
import mongoose from 'mongoose';
import type { Connection } from 'mongoose';
import { tenantId } from '@asignio/contracts';
import { describeMongodb } from '@asignio/test-mongodb';
import { storageMongodb } from '@asignio/storage-mongodb';
import type { MongodbStorage } from '@asignio/storage-mongodb';
import { dropStore, freshDatabase, uriOf } from './stores.js';

const tenant = tenantId('acme');

/** A command as it went to the server. */
interface Command {
  readonly name: string;
  readonly database: string;
  readonly collection: string;
  readonly body: Record<string, unknown>;
}

/** What a command looks for. */
interface Query {
  readonly filter: Record<string, unknown>;
  readonly sort: Record<string, 1 | -1>;
  readonly hint: string | undefined;
}

const READS = new Set(['find', 'aggregate', 'count', 'distinct']);
const WRITES = new Set(['insert', 'update', 'delete', 'findAndModify']);

/** Everything that the contract can ask for, each page and each outcome. */
async function exercise(storage: MongodbStorage): Promise<void> {
  for (const kind of ['consent', 'key'] as const) {
    const keys = Array.from({ length: 7 }, (_, i) => ({ tenant, kind, id: `r${i}` }));
    for (const [i, key] of keys.entries()) await storage.insert(key, i, { subject: 's', due: i % 3 });
    const [first = { tenant, kind, id: 'r0' }] = keys;
    await storage.insert(first, 1).catch(() => undefined);
    await storage.get(first);
    await storage.replace(first, 2, { subject: 's', due: 9 }, 1);
    await storage.replace(first, 2, {}, 1).catch(() => undefined);
    for (const query of [
      { tenant, kind, limit: 3 },
      { tenant, kind, subject: 's', limit: 3 },
    ]) {
      const { next } = await storage.list(query);
      await storage.list({ ...query, after: next ?? '' });
    }
    const { next } = await storage.listDue({ kind, upTo: 5, limit: 3 });
    await storage.listDue({ kind, upTo: 5, limit: 3, after: next ?? '' });
    await storage.remove(first, 1).catch(() => undefined);
    await storage.remove(first, 2);
    await storage.remove(first);
  }
  for (const id of ['a', 'b', 'c'])
    await storage.append(tenant, 'audit', { sequence: id.charCodeAt(0) - 96, id, value: id });
  await storage.append(tenant, 'audit', { sequence: 9, id: 'a', value: 1 });
  await storage.append(tenant, 'audit', { sequence: 2, id: 'd', value: 1 }).catch(() => undefined);
  await storage.logHead(tenant, 'audit');
  await storage.readLog(tenant, 'audit', 2, 10);
  await storage.listTenants(undefined, 10);
  await storage.listLogs(tenant);
  const lease = await storage.acquireLease('sweep', 'one', 1000);
  await storage.acquireLease('sweep', 'one', 1000);
  await storage.acquireLease('sweep', 'two', 1000);
  if (lease !== undefined) await storage.releaseLease(lease);
}

/** The queries in a command: those of an update or a delete stand in a list. */
function queriesOf({ name, body }: Command): readonly Query[] {
  if (name === 'find')
    return [
      {
        filter: asObject(body['filter']),
        sort: asObject(body['sort']) as Query['sort'],
        hint: body['hint'] as string | undefined,
      },
    ];
  const list = (body['updates'] ?? body['deletes'] ?? []) as readonly { q: unknown; hint?: string }[];
  return list.map(({ q, hint }) => ({ filter: asObject(q), sort: {}, hint }));
}

/** Whether an index gives a query without a scan of a collection and without sorting: equalities first, then the order or one range. */
function serves(index: Record<string, number>, { filter, sort }: Query): boolean {
  const equal = (field: string): boolean => field in filter && !isRange(filter[field]);
  const fields = Object.keys(index);
  const rest = fields.slice(fields.findIndex((field) => !equal(field)) >>> 0);
  const ordered = Object.keys(sort).filter((field) => !equal(field));
  const ranges = Object.keys(filter).filter((field) => !equal(field));
  const used = fields.length - rest.length > 0 || ranges.includes(fields[0] ?? '') || ordered.length > 0;
  return (
    used && ordered.every((field, i) => rest[i] === field) && (ranges.length === 0 || ranges.includes(rest[0] ?? ''))
  );
}

function isRange(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).some((key) => key.startsWith('$'));
}

function asObject(value: unknown): Record<string, unknown> {
  return { ...(value as object | undefined) };
}

describeMongodb('the commands that storage-mongodb sends', function (server) {
  this.timeout(60_000);
  const commands: Command[] = [];
  let uri = '';
  let host: Connection;
  let storage: MongodbStorage;

  before(async () => {
    uri = uriOf(server(), freshDatabase());
    host = mongoose.createConnection(uri, { monitorCommands: true });
    await host.asPromise();
    host.getClient().on('commandStarted', ({ commandName, databaseName, command }) => {
      const collection: unknown = command[commandName];
      if (READS.has(commandName) || WRITES.has(commandName))
        commands.push({ name: commandName, database: databaseName, collection: String(collection), body: command });
    });
    storage = storageMongodb({ connection: host, prefix: 'own_' });
    await storage.open();
    await exercise(storage);
  });
  after(async () => {
    await storage.close();
    await host.close();
    await dropStore(uri);
  });

  it("leaves a host's connection open, without models of its own", async () => {
    await storage.close();
    expect(host.readyState).to.equal(1);
    expect(host.modelNames()).to.deep.equal([]);
    await storage.open();
    await storage.ping();
  });

  it('touch only collections that begin with the prefix', () => {
    expect(commands.length).to.be.greaterThan(40);
    for (const { collection } of commands) expect(collection).to.match(/^own_/);
  });

  it('keep the wrapped keys, and nothing else, in a database of their own', () => {
    for (const { database, collection } of commands)
      if (collection !== 'own_stamp') expect(database.endsWith('_keys'), collection).to.equal(collection === 'own_key');
    expect(commands.some(({ collection }) => collection === 'own_key')).to.equal(true);
  });

  it('read what a majority has, from the primary', () => {
    for (const { name, body } of commands)
      if (READS.has(name)) {
        expect(body['readConcern'], name).to.deep.include({ level: 'majority' });
        expect([undefined, 'primary', 'primaryPreferred']).to.include(
          (body['$readPreference'] as { mode?: string } | undefined)?.mode,
        );
      }
  });

  it('wait until a write is in the journals of a majority', () => {
    const written = commands.filter(({ name }) => WRITES.has(name));
    expect(written.length).to.be.greaterThan(20);
    for (const { body } of written) expect(body['writeConcern']).to.deep.include({ w: 'majority', j: true });
  });

  it('write one document each, named by its whole address, so that a sharded cluster asks one shard', () => {
    for (const { name, body } of commands) {
      if (name === 'insert') expect(body['documents']).to.have.length(1);
      if (name !== 'update' && name !== 'delete') continue;
      const list = (body['updates'] ?? body['deletes']) as readonly { q: Record<string, unknown>; multi?: boolean }[];
      expect(list).to.have.length(1);
      for (const { q, multi } of list) {
        expect(q['_id']).to.be.a('string');
        expect(multi ?? false).to.equal(false);
      }
    }
  });

  it('are all served by an index, the one that they name', async () => {
    const seen = new Set<string>();
    for (const command of commands)
      for (const query of queriesOf(command)) {
        const indexes = await host.useDb(command.database).collection(command.collection).indexes();
        const wanted = query.hint ?? '_id_';
        const index = indexes.find(({ name }) => name === wanted);
        expect(index, `${command.collection} has ${wanted}`).to.not.equal(undefined);
        const shape = `${command.name} ${JSON.stringify(Object.keys(query.filter))} ${JSON.stringify(query.sort)}`;
        expect(serves(index?.key as Record<string, number>, query), `${shape} by ${wanted}`).to.equal(true);
        seen.add(shape);
      }
    expect(seen.size).to.be.at.least(12);
  });

  it('scan no collection and sort nothing, as mongod itself explains', async function () {
    if ((await host.db?.admin().buildInfo())?.['ferretdb'] !== undefined || server().kind === 'FerretDB') {
      // The test before this one holds what can be held without a mongod.
      if (this.test !== undefined) this.test.title += ' (FerretDB plans no queries)';
      this.skip();
    }
    for (const command of commands)
      for (const { filter, sort, hint } of queriesOf(command)) {
        const found = host.useDb(command.database).collection(command.collection).find(filter).sort(sort);
        const plan = JSON.stringify(await (hint === undefined ? found : found.hint(hint)).explain());
        expect(plan, JSON.stringify(filter)).to.not.match(/"COLLSCAN"|"stage":"SORT"/);
      }
  });

  it('have unique indexes that a sharded cluster can keep: each begins with the shard key', async () => {
    for (const collection of (await host.listCollections()).map(({ name }) => name)) {
      const shardKey = collection === 'own_log_entries' ? 'log' : '_id';
      for (const { key, unique, name } of await host.collection(collection).indexes())
        if (unique === true || (name === '_id_' && shardKey === '_id')) expect(Object.keys(key)[0]).to.equal(shardKey);
    }
  });
});
