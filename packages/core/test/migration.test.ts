import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { compactVerify, createLocalJWKSet } from 'jose';
import { SYSTEM_TENANT, subjectId, tenantId } from '@asignio/contracts';
import type { RecordKind, StoragePlugin } from '@asignio/contracts';
import { storageLmdb } from '@asignio/storage-lmdb';
import { fakeClock } from '@asignio/testkit';
import { dyingAt } from './dying.js';
import { ADA, TENANT, attempt, codeOf, enrol, events, grant, makeSystem } from './harness.js';
import type { System } from './harness.js';
import { fromJson } from './stored-json.js';

const BOB = subjectId('bob');
const CAROL = subjectId('carol');
const EVE = subjectId('eve');
const STAMP = { tenant: SYSTEM_TENANT, kind: 'maintenance', id: 'records' } as const;

interface Fixture {
  readonly keyFile: object;
  readonly records: readonly {
    readonly tenant: string;
    readonly kind: RecordKind;
    readonly id: string;
    readonly subject?: string;
    readonly due?: number;
    readonly value: unknown;
  }[];
  readonly logs: readonly {
    readonly tenant: string;
    readonly log: string;
    readonly sequence: number;
    readonly id: string;
    readonly value: unknown;
  }[];
}

const FIRST = JSON.parse(readFileSync(new URL('../test/fixtures/store-1.json', import.meta.url), 'utf8')) as Fixture;

/** A folder with the store as version 1 left it. */
async function firstStore(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'asignio-core-'));
  await writeFile(join(folder, 'keys.json'), JSON.stringify(FIRST.keyFile), { mode: 0o600 });
  const storage = storageLmdb({ path: folder, noSync: true });
  await storage.open();
  for (const { tenant, kind, id, subject, due, value } of FIRST.records)
    await storage.insert({ tenant: tenantId(tenant), kind, id }, fromJson(value), {
      ...(subject === undefined ? {} : { subject }),
      ...(due === undefined ? {} : { due }),
    });
  for (const { tenant, log, sequence, id, value } of FIRST.logs)
    await storage.append(tenantId(tenant), log, { sequence, id, value: fromJson(value) });
  await storage.close();
  return folder;
}

/** A clock of shortly after the store was written. */
const clockThen = () => fakeClock(1_767_225_700_000);

async function everything(storage: StoragePlugin): Promise<string> {
  const found: unknown[] = [];
  for (const tenant of await storage.listTenants(undefined, 100))
    for (const kind of ['consent', 'destruction', 'subject', 'key', 'reference', 'maintenance'] as const)
      found.push((await storage.list({ tenant, kind, limit: 1000 })).records);
  return JSON.stringify(found);
}

describe('a store of version 1', () => {
  let folder: string;
  let system: System;
  const stop = async () => system?.close().catch(() => undefined);
  beforeEach(async () => {
    folder = await firstStore();
  });
  afterEach(async () => {
    await stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** What must hold of it under this version, however it got there. */
  async function check(): Promise<void> {
    const { core, storage } = system;
    expect(await attempt(core, { who: 'ada' })).to.equal('accepted');
    expect(await attempt(core, { who: 'mallory' })).to.equal('ASIGNIO_NOT_VERIFIED');
    const held = await core.subjects.held(TENANT, ADA);
    expect(held.enrolments).to.have.length(1);
    expect(held.enrolments[0]?.recentProbes).to.be.at.least(1);
    expect(held.consents.map(({ state }) => state)).to.deep.equal(['granted']);
    expect((await core.subjects.held(TENANT, BOB)).enrolments, 'withdrawn').to.deep.equal([]);
    expect((await core.subjects.held(TENANT, EVE)).consents).to.have.length(1);
    expect((await core.subjects.held(tenantId('other.tenant'), ADA)).consents).to.have.length(1);
    const [receipt] = held.consents;
    const jws = await core.subjects.receipt(TENANT, ADA, receipt?.id as never);
    await compactVerify(jws, createLocalJWKSet((await core.publicKeys(TENANT)) as never));
    await core.audit.verify(TENANT);
    expect((await storage.get(STAMP))?.value).to.deep.equal({ version: 2, cursor: null });
    for (const { value } of (await storage.list({ tenant: TENANT, kind: 'consent' })).records)
      expect((value as { consent: { schemaVersion: string } }).consent.schemaVersion).to.match(/asignio\/2$/);
    for (const { value } of (await storage.list({ tenant: TENANT, kind: 'destruction' })).records)
      expect(value).to.include({ state: 'done' }).and.to.have.property('inventories');
    expect((await core.subjects.held(TENANT, CAROL)).enrolments, 'erased').to.deep.equal([]);
    const names = (await storage.list({ tenant: TENANT, kind: 'subject' })).records.map(({ id }) => id);
    for (const kind of ['reference', 'key', 'probe'] as const)
      for (const { subject } of (await storage.list({ tenant: TENANT, kind, limit: 1000 })).records)
        if (subject !== undefined) expect(names, `a ${kind} of nobody`).to.include(subject);
    const certified = (await events(core)).filter((event) => event === 'destruction.certified');
    expect(certified, 'of Bob and of Carol, whose erasure had been interrupted').to.have.length(2);
    await grant(core, CAROL);
    await enrol(core, CAROL);
    expect(await attempt(core, { who: 'carol' }, CAROL)).to.equal('accepted');
  }

  it('becomes one of version 2 at the first start: people sign in, receipts verify, what had begun is finished', async () => {
    system = await makeSystem({ folder, clock: clockThen() });
    await check();
  });

  it('is migrated once by several processes that start at the same time', async () => {
    const clock = clockThen();
    const systems = await Promise.all([1, 2, 3].map(async () => makeSystem({ folder, clock })));
    system = systems[0] as System;
    await check();
    await Promise.all(systems.slice(1).map((other) => other.close()));
  });

  it('is refused, and left as it is, when its records are of a newer version', async () => {
    system = await makeSystem({ folder, clock: clockThen() });
    const { storage } = system;
    const stamp = await storage.get(STAMP);
    await storage.replace(STAMP, { version: 3, cursor: null }, {}, stamp?.version ?? 0);
    const before = await everything(storage);
    expect(await codeOf(makeSystem({ folder, clock: clockThen() }))).to.equal('ASIGNIO_STORAGE_SCHEMA');
    expect(await everything(storage)).to.equal(before);
    for (const version of ['2', 0, null, 1.5]) {
      const now = await storage.get(STAMP);
      await storage.replace(STAMP, { version, cursor: null }, {}, now?.version ?? 0);
      expect(await codeOf(makeSystem({ folder, clock: clockThen() })), String(version)).to.equal(
        'ASIGNIO_STORAGE_SCHEMA',
      );
    }
  });

  it('is stamped at once when it is new, and not looked through again', async () => {
    const fresh = await makeSystem();
    expect((await fresh.storage.get(STAMP))?.value).to.deep.equal({ version: 2, cursor: null });
    const { version } = (await fresh.storage.get(STAMP)) ?? {};
    await fresh.close();
    const again = await makeSystem({ folder: fresh.folder });
    expect((await again.storage.get(STAMP))?.version).to.equal(version);
    await again.dispose();
  });

  it('is finished by the next start when the process dies at any write of the migration', async () => {
    let points = 0;
    for (const after of [false, true])
      for (let write = 1; write < 80; write++) {
        await rm(folder, { recursive: true, force: true });
        folder = await firstStore();
        const clock = clockThen();
        let writes = () => 0;
        let stamped = false;
        const died = await makeSystem({
          folder,
          clock,
          wrap: (storage) => {
            const dying = dyingAt(write, after, storage);
            ({ writes } = dying);
            return dying.storage;
          },
        }).catch(() => undefined);
        await died?.close().catch(() => undefined);
        stamped = died !== undefined;
        clock.advance(120_000);
        system = await makeSystem({ folder, clock });
        await system.core.sweep();
        await check();
        await stop();
        points++;
        if (stamped || writes() < write) break;
      }
    expect(points).to.be.at.least(10);
  }).timeout(300_000);
});
