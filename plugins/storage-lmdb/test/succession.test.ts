import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { tenantId } from '@asignio/contracts';
import type { RecordKey } from '@asignio/contracts';
import type { LmdbStorage } from '@asignio/storage-lmdb';
import { folderOf, freshStore, removeStore } from './stores.js';

/** Where LMDB's lock file keeps the number of the last transaction, which whoever opens a store writes there. */
const LAST_AT = 8;

/**
 * Does to a store's lock file what a process does that opens the store and is slow about it: writes there the number of
 * the last transaction that it has read before.
 */
class SlowOpener {
  private readonly file: number;
  private readonly seen = Buffer.alloc(8);

  constructor(storage: LmdbStorage, part: string) {
    this.file = openSync(join(folderOf(storage), part, 'lock.mdb'), 'r+');
    readSync(this.file, this.seen, 0, 8, LAST_AT);
  }

  finish(): void {
    writeSync(this.file, this.seen, 0, 8, LAST_AT);
  }

  /** Once the store is closed: to close the file gives up this process's locks on it. */
  close(): void {
    closeSync(this.file);
  }
}

const tenant = tenantId('acme');
const key = (id: string, kind: RecordKey['kind'] = 'part'): RecordKey => ({ tenant, kind, id });

describe('what is committed while another process opens the store', () => {
  let storage: LmdbStorage;
  let openers: SlowOpener[] = [];
  const opener = (part = 'data'): SlowOpener => {
    const made = new SlowOpener(storage, part);
    openers.push(made);
    return made;
  };

  beforeEach(async () => {
    storage = freshStore();
    await storage.open();
    openers = [];
  });

  afterEach(async () => {
    await storage.close();
    for (const each of openers) each.close();
    removeStore(storage);
  });

  for (const commits of [1, 2, 3, 7])
    it(`is read, after ${commits} of them`, async () => {
      const slow = opener();
      for (let i = 0; i < commits; i++) await storage.insert(key(`${i}`), i, { subject: 's', due: i });
      slow.finish();
      for (let i = 0; i < commits; i++) expect((await storage.get(key(`${i}`)))?.value).to.equal(i);
      slow.finish();
      expect((await storage.list({ tenant, kind: 'part' })).records).to.have.lengthOf(commits);
      slow.finish();
      expect((await storage.listDue({ kind: 'part', upTo: 100 })).records).to.have.lengthOf(commits);
    });

  for (const commits of [1, 2, 3, 7])
    it(`is not written over, after ${commits} of them`, async () => {
      const slow = opener();
      for (let i = 0; i < commits; i++) await storage.insert(key(`${i}`), i);
      slow.finish();
      await storage.insert(key('after'), 'new');
      for (let i = 0; i < commits; i++) expect((await storage.get(key(`${i}`)))?.value).to.equal(i);
      expect((await storage.get(key('after')))?.value).to.equal('new');
      await storage.verify();
    });

  it('is counted on by every writer of a batch', async () => {
    const first = await storage.insert(key('counter'), 0);
    const slow = opener();
    await storage.replace(key('counter'), 1, {}, first.version);
    slow.finish();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, async () => storage.replace(key('counter'), 2, {}, first.version + 1)),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.lengthOf(1);
    expect((await storage.get(key('counter')))?.value).to.equal(2);
  });

  it('has its log go on', async () => {
    const slow = opener();
    await storage.append(tenant, 'audit', { sequence: 1, id: 'a', value: 1 });
    slow.finish();
    expect((await storage.logHead(tenant, 'audit'))?.sequence).to.equal(1);
    slow.finish();
    await storage.append(tenant, 'audit', { sequence: 2, id: 'b', value: 2 });
    expect((await storage.readLog(tenant, 'audit', 1, 10)).map(({ id }) => id)).to.deep.equal(['a', 'b']);
  });

  it('keeps its keys, and no two records share one', async () => {
    const slow = opener('keys');
    await storage.insert(key('one', 'key'), 'first');
    slow.finish();
    await storage.insert(key('two', 'key'), 'second');
    expect((await storage.get(key('one', 'key')))?.value).to.equal('first');
    expect((await storage.get(key('two', 'key')))?.value).to.equal('second');
  });

  it('has leases with fences of their own', async () => {
    const slow = opener();
    const first = await storage.acquireLease('work', 'a', 1000);
    if (first !== undefined) await storage.releaseLease(first);
    slow.finish();
    const second = await storage.acquireLease('work', 'b', 1000);
    expect(second?.fence).to.be.greaterThan(first?.fence ?? Infinity);
  });
});
