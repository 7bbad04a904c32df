import { once } from 'node:events';
import { expect } from 'chai';
import { createAsignio } from 'asignio';
import { AsignioError, tenantId } from '@asignio/contracts';
import type { StoragePlugin, StoredValue } from '@asignio/contracts';
import { storageLmdb } from '@asignio/storage-lmdb';
import { storageMongodb } from '@asignio/storage-mongodb';
import { Person } from './person.js';

const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof AsignioError ? error.code : `unexpected: ${(error as Error).message}`),
  );

/**
 * People enrol until the disk is full, and go on when it is not. Nobody is there by half: whoever has a reference has its key,
 * its consent and a subject.
 */
async function fullDisk(data: string, storage: StoragePlugin, full: () => Promise<void>): Promise<void> {
  const tenant = tenantId('default');
  await storage.open();
  const asignio = await createAsignio({ origins: ['https://app.example'], data, storage, workers: 1 });
  const { core } = asignio;
  const enrol = async (person: Person): Promise<string> => {
    const agreed = await codeOf(person.agree(core));
    return agreed === 'done' ? codeOf(person.enrol(core)) : agreed;
  };
  try {
    const first = new Person('disk first');
    expect(await enrol(first)).to.equal('done');
    const ballast = (id: number) => ({ tenant, kind: 'part', id: `ballast ${id}` }) as const;
    let count = 0;
    while ((await codeOf(storage.insert(ballast(count), new Uint8Array(30_000)))) === 'done') count++;
    expect(count).to.be.greaterThan(5);
    await full();
    const people = Array.from({ length: 16 }, (_, i) => new Person(`disk ${i}`));
    const told: string[] = [];
    for (const person of people) told.push(await enrol(person));
    expect(told).to.include('ASIGNIO_STORAGE_UNAVAILABLE');
    expect(['done', 'ASIGNIO_STORAGE_UNAVAILABLE']).to.include.members(told);
    // What was there is there, and reading goes on.
    expect((await core.subjects.held(tenant, first.subject)).enrolments).to.have.length(1);
    await full();
    await core.sweep();
    const all = async (kind: 'reference' | 'key' | 'consent' | 'subject') =>
      (await storage.list({ tenant, kind, limit: 1000 })).records;
    const ids = async (kind: 'key' | 'consent' | 'subject') => (await all(kind)).map(({ id }) => id);
    const [keys, consents, subjects] = [await ids('key'), await ids('consent'), await ids('subject')];
    for (const { value } of await all('reference')) {
      const { key, consent, subject } = value as { readonly [name: string]: StoredValue };
      expect(keys).to.include(key);
      expect(consents).to.include(consent);
      expect(subjects).to.include(subject);
    }
    for (const [index, person] of people.entries()) {
      const enrolments = async () => (await core.subjects.held(tenant, person.subject)).enrolments.length;
      if (told[index] === 'done') expect(await enrolments()).to.equal(1);
      else if ((await enrolments()) === 0) {
        expect(await enrol(person), 'who was refused begins again').to.equal('done');
        expect(await enrolments()).to.equal(1);
      }
    }
    await core.audit.verify(tenant);
  } finally {
    await asignio.close();
    await storage.close();
  }
}

const [location = '', folder = ''] = process.argv.slice(2);
const store = location.startsWith('mongodb') ? storageMongodb({ uri: location }) : storageLmdb({ path: location });
try {
  await fullDisk(folder, store, async () => {
    process.send?.({ full: true });
    await once(process, 'message');
  });
  process.send?.({ outcome: 'as it should be' });
} catch (error) {
  process.send?.({ outcome: String((error as Error).stack) });
}
process.disconnect();
