import { fork } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { createLocalJWKSet, compactVerify } from 'jose';
import { AsignioError, subjectId, systemClock, tenantId } from '@asignio/contracts';
import type { KeyProvider, StoragePlugin, StoredRecord, TenantId } from '@asignio/contracts';
import { openMaintenance } from '@asignio/core';
import type { Maintenance, RotationRequest } from '@asignio/core';
import { keysFile } from '@asignio/keys-file';
import { storageLmdb } from '@asignio/storage-lmdb';
import { fakeClock } from '@asignio/testkit';
import { dyingAt } from './dying.js';
import { ADA, TENANT, asked, attempt, codeOf, enrol, events, grant, makeSystem } from './harness.js';
import type { System } from './harness.js';

const EVE = subjectId('eve');
const NOW: RotationRequest = { graceMs: 0 };

function keysAt(folder: string): ReturnType<typeof keysFile> {
  return keysFile({ path: join(folder, 'keys.json') });
}

async function maintain<T>(
  { folder, clock }: Pick<System, 'folder' | 'clock'>,
  work: (maintenance: Maintenance) => Promise<T>,
  wrap: {
    storage?: (storage: StoragePlugin) => StoragePlugin;
    keys?: (keys: ReturnType<typeof keysFile>) => KeyProvider;
  } = {},
): Promise<T> {
  const storage = storageLmdb({ path: folder, clock, noSync: true });
  const keys = keysAt(folder);
  const maintenance = await openMaintenance({
    storage: wrap.storage?.(storage) ?? storage,
    keys: wrap.keys?.(keys) ?? keys,
    clock,
  });
  try {
    return await work(maintenance);
  } finally {
    await maintenance.close();
  }
}

async function keyRecords(storage: StoragePlugin, tenant: TenantId = TENANT): Promise<readonly StoredRecord[]> {
  return (await storage.list({ tenant, kind: 'key', limit: 1000 })).records;
}

async function keyIds(storage: StoragePlugin): Promise<Set<string>> {
  return new Set(
    (await keyRecords(storage)).map(({ value }) => (value as unknown as { wrapped: { keyId: string } }).wrapped.keyId),
  );
}

/** A provider with only these of its optional methods. */
function limited(keys: KeyProvider, ...capabilities: ('versions' | 'rotate' | 'retire')[]): KeyProvider {
  return {
    metadata: { ...keys.metadata, capabilities },
    open: () => keys.open(),
    close: () => keys.close(),
    wrap: (tenant, dataKey, binding) => keys.wrap(tenant, dataKey, binding),
    unwrap: (tenant, wrapped, binding) => keys.unwrap(tenant, wrapped, binding),
    ...Object.fromEntries(
      capabilities.map((name) => [
        name,
        (...args: [TenantId, string]) => (keys[name] as (...a: unknown[]) => unknown)(...args),
      ]),
    ),
  };
}

describe('the rotation of wrapping keys', () => {
  let system: System;
  beforeEach(async () => {
    system = await makeSystem();
    for (const subject of [ADA, EVE]) {
      await grant(system.core, subject);
      await enrol(system.core, subject);
    }
  });
  afterEach(() => system.dispose());

  it('R28: wraps every data key anew, destroys the older key, and nobody notices', async () => {
    const before = await keyIds(system.storage);
    const old = await keyRecords(system.storage);
    const report = await maintain(system, ({ keys }) => keys.rotate(NOW));
    expect(report.tenants).to.have.length(1);
    expect(report.tenants[0]).to.deep.include({ tenant: TENANT, wrapped: old.length, unreadable: 0, retired: true });
    const after = await keyIds(system.storage);
    expect([...after]).to.deep.equal([report.tenants[0]?.to]);
    expect([...before]).to.not.include.members([...after]);
    expect(await attempt(system.core, { who: ADA })).to.equal('accepted');
    expect(await attempt(system.core, { who: 'mallory' })).to.equal('ASIGNIO_NOT_VERIFIED');
    await enrol(system.core);
    expect([...(await keyIds(system.storage))]).to.deep.equal([report.tenants[0]?.to]);
    const seen = await events(system.core);
    expect(seen.filter((event) => event === 'key.rotated')).to.have.length(2);
    await system.core.audit.verify(TENANT);
  });

  it('R28: refuses a wrapped key of before that is put back, and opens no backup of the keys of before', async () => {
    const old = (await keyRecords(system.storage)).find(
      ({ subject, id }) => subject !== undefined && !id.startsWith('evidence'),
    );
    await maintain(system, ({ keys }) => keys.rotate(NOW));
    const now = await system.storage.get(old as StoredRecord);
    await system.storage.replace(
      now as StoredRecord,
      (old as StoredRecord).value,
      { subject: String(old?.subject) },
      now?.version ?? 0,
    );
    const { subject } = old as StoredRecord;
    const whose = await Promise.all(
      [ADA, EVE].map(async (id) => [id, await attempt(system.core, { who: id }, id)] as const),
    );
    expect(whose.map(([, outcome]) => outcome).toSorted()).to.deep.equal(['ASIGNIO_KEY_UNAVAILABLE', 'accepted']);
    expect(subject).to.be.a('string');
  });

  it('goes on with one tenant alone, and leaves the others as they are', async () => {
    const other = tenantId('other');
    await system.core.subjects.notice(other, 'en');
    await maintain(system, async ({ keys }) => {
      await keys.rotateSigning(other);
      const report = await keys.rotate({ ...NOW, tenant: TENANT });
      expect(report.tenants.map(({ tenant }) => tenant)).to.deep.equal([TENANT]);
      const [acme, others] = await keys.status();
      expect(acme?.versions).to.have.length(1);
      expect(Object.keys(acme?.dataKeys ?? {})).to.deep.equal([report.tenants[0]?.to]);
      expect(Object.keys(others?.dataKeys ?? {})).to.not.include(report.tenants[0]?.to);
    });
    expect(await attempt(system.core, { who: ADA })).to.equal('accepted');
  });

  it('goes on while people sign in and enrol', async () => {
    const outcomes: string[] = [];
    const people = async () => {
      for (let n = 0; n < 10; n++) {
        outcomes.push(await attempt(system.core, { who: ADA }));
        await enrol(system.core, EVE);
      }
    };
    const operator = async () => {
      for (let round = 0; round < 10; round++) await maintain(system, ({ keys }) => keys.rotate(NOW));
    };
    await Promise.all([people(), operator()]);
    await maintain(system, ({ keys }) => keys.rotate(NOW));
    expect(new Set(outcomes)).to.deep.equal(new Set(['accepted']));
    expect(await attempt(system.core, { who: EVE }, EVE)).to.equal('accepted');
    expect((await keyIds(system.storage)).size).to.equal(1);
  }).timeout(60_000);

  it('leaves a data key destroyed that is destroyed meanwhile', async () => {
    let erased = false;
    await maintain(system, ({ keys }) => keys.rotate(NOW), {
      keys: (keys) => {
        const wrap = keys.wrap.bind(keys);
        keys.wrap = async (...args) => {
          if (!erased) {
            erased = true;
            await system.core.rights.erase(asked(system, EVE));
          }
          return wrap(...args);
        };
        return keys;
      },
    });
    expect(erased).to.equal(true);
    const left = await keyRecords(system.storage);
    const pseudonyms = new Set(left.map(({ subject }) => subject));
    expect(pseudonyms.size, 'the tenant and one person').to.equal(2);
    expect(await attempt(system.core, { who: ADA })).to.equal('accepted');
  });

  it('is done by one process at a time', async () => {
    await maintain(system, async (one) => {
      await maintain(system, async (other) => {
        const outcomes = await Promise.allSettled([one.keys.rotate(NOW), other.keys.rotate(NOW)]);
        const refused = outcomes.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
        for (const { reason } of refused) expect(reason).to.have.property('code', 'ASIGNIO_STORAGE_CONFLICT');
        expect(outcomes.some(({ status }) => status === 'fulfilled')).to.equal(true);
      });
    });
    expect((await keyIds(system.storage)).size).to.equal(1);
  });

  it('waits before it destroys, for what others have wrapped and not yet stored', async () => {
    const { clock } = system;
    const graceMs = 10;
    const moments: number[] = [];
    await maintain(
      system,
      ({ keys }) =>
        keys.rotate({
          graceMs,
          onProgress: ({ waiting }) => {
            if (!waiting) return;
            moments.push(clock.now());
            clock.advance(graceMs);
          },
        }),
      {
        keys: (keys) => {
          const retire = keys.retireCommon.bind(keys);
          keys.retireCommon = async (newest) => {
            moments.push(clock.now());
            await retire(newest);
          };
          return keys;
        },
      },
    );
    const [began, ended] = moments as [number, number];
    expect(moments).to.have.length(2);
    expect(ended - began).to.equal(graceMs);
  });

  it('keeps the older key when a data key does not open, unless told', async () => {
    const [some] = (await keyRecords(system.storage)).filter(({ id }) => id.startsWith('evidence'));
    const value = (some as StoredRecord).value as unknown as { wrapped: { keyId: string; bytes: Uint8Array } };
    value.wrapped.bytes[20] = (value.wrapped.bytes[20] ?? 0) ^ 1;
    await system.storage.replace(
      some as StoredRecord,
      (some as StoredRecord).value,
      { subject: String(some?.subject) },
      1,
    );
    await maintain(system, async ({ keys }) => {
      const kept = await keys.rotate(NOW);
      expect(kept.tenants[0]).to.include({ unreadable: 1, retired: false });
      expect((await keys.status(TENANT))[0]?.versions).to.have.length(2);
      const forced = await keys.rotate({ ...NOW, force: true });
      expect(forced.tenants[0]).to.include({ unreadable: 1, retired: true });
      expect((await keys.status(TENANT))[0]?.versions).to.have.length(1);
    });
  });

  it('wraps anew under the newest key of a provider that makes none itself', async () => {
    const keys = keysAt(system.folder);
    await keys.open();
    const newest = await keys.rotate(TENANT);
    await keys.close();
    const report = await maintain(system, (maintenance) => maintenance.keys.rotate(), {
      keys: (provider) => limited(provider, 'versions'),
    });
    expect(report.tenants[0]).to.include({ to: newest, retired: false });
    expect([...(await keyIds(system.storage))]).to.deep.equal([newest]);
  });

  it('is refused for a provider that has one key for ever', async () => {
    await maintain(
      system,
      async ({ keys }) => {
        expect(await codeOf(keys.rotate(NOW))).to.equal('ASIGNIO_KEY_UNAVAILABLE');
        expect((await keys.status(TENANT))[0]?.versions).to.equal(null);
      },
      { keys: (provider) => limited(provider) },
    );
  });

  it('stops where the provider is out of reach, and goes on from there', async () => {
    let left = 2;
    const failing = (keys: KeyProvider): KeyProvider => {
      const wrap = keys.wrap.bind(keys);
      keys.wrap = async (...args) => {
        if (left-- <= 0) throw new AsignioError('ASIGNIO_KEY_UNAVAILABLE', 'down');
        return wrap(...args);
      };
      return keys;
    };
    expect(await maintain(system, async ({ keys }) => codeOf(keys.rotate(NOW)), { keys: failing })).to.equal(
      'ASIGNIO_KEY_UNAVAILABLE',
    );
    expect(await attempt(system.core, { who: ADA })).to.equal('accepted');
    await maintain(system, async ({ keys }) => {
      expect((await keys.status(TENANT))[0]?.rotation).to.be.an('object');
      const report = await keys.rotate(NOW);
      expect(report.resumed).to.equal(true);
      expect(report.tenants[0]).to.include({ retired: true });
    });
    expect((await keyIds(system.storage)).size).to.equal(1);
  });
});

describe('a rotation whose process dies at any write', () => {
  it('is finished by the next one, with nothing lost and every data key under one key', async () => {
    let points = 0;
    for (const after of [false, true]) {
      for (let write = 1; write < 60; write++) {
        const clock = fakeClock();
        const system = await makeSystem({ clock });
        await grant(system.core);
        await enrol(system.core);
        let writes = () => 0;
        await maintain(system, ({ keys }) => keys.rotate(NOW), {
          storage: (storage) => {
            const dying = dyingAt(write, after, storage);
            ({ writes } = dying);
            return dying.storage;
          },
        }).catch((error: unknown) => expect(error).to.have.property('code', 'ASIGNIO_STORAGE_UNAVAILABLE'));
        expect(await attempt(system.core, { who: ADA })).to.equal('accepted');
        clock.advance(120_000);
        const report = await maintain(system, ({ keys }) => keys.rotate(NOW));
        expect((await keyIds(system.storage)).size).to.equal(1);
        expect(report.tenants.every(({ retired }) => retired)).to.equal(true);
        expect((await keysOf(system)).length, 'older keys are gone').to.equal(1);
        expect(await attempt(system.core, { who: ADA })).to.equal('accepted');
        await system.core.audit.verify(TENANT);
        await system.close();
        await rm(system.folder, { recursive: true, force: true });
        points++;
        if (writes() < write) break;
      }
    }
    expect(points).to.be.at.least(12);
  }).timeout(180_000);

  async function keysOf(system: System) {
    const keys = keysAt(system.folder);
    await keys.open();
    try {
      return await keys.versions(TENANT);
    } finally {
      await keys.close();
    }
  }
});

describe('a rotation that is killed (kill -9)', () => {
  it('goes on in the next process, and ends with every data key under one key', async () => {
    const system = await makeSystem({ clock: systemClock });
    for (let n = 0; n < 700; n++) await grant(system.core, subjectId(`person ${n}`));
    await enrol(system.core, subjectId('person 0'));
    for (const [round, kill] of [1, 2, 1, 2].entries()) {
      const child = fork(new URL('./child-rotate.js', import.meta.url), [system.folder, String(round)]);
      let pages = 0;
      child.on('message', () => {
        if (++pages === kill) child.kill('SIGKILL');
      });
      const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
      expect(signal).to.equal('SIGKILL');
      expect(await attempt(system.core, { who: 'person 0' }, subjectId('person 0'))).to.equal('accepted');
    }
    const child = fork(new URL('./child-rotate.js', import.meta.url), [system.folder, '5']);
    const [code] = (await once(child, 'exit')) as [number | null];
    expect(code).to.equal(0);
    expect((await keyIds(system.storage)).size).to.equal(1);
    expect(await attempt(system.core, { who: 'person 0' }, subjectId('person 0'))).to.equal('accepted');
    await system.core.audit.verify(TENANT);
    await system.dispose();
  }).timeout(120_000);
});

describe('the rotation of the signing key', () => {
  let system: System;
  beforeEach(async () => {
    system = await makeSystem();
  });
  afterEach(() => system.dispose());

  async function verifies(jws: string): Promise<string> {
    const jwks = await system.core.publicKeys(TENANT);
    const { protectedHeader } = await compactVerify(jws, createLocalJWKSet(jwks as never));
    return String(protectedHeader.kid);
  }

  it('signs with the new one, and what the earlier ones signed still verifies', async () => {
    const kids: string[] = [];
    const receipts: string[] = [];
    for (let round = 0; round < 3; round++) {
      receipts.push(...(await grant(system.core)).receipts);
      kids.push(await verifies(receipts.at(-1) ?? ''));
      const kid = await maintain(system, ({ keys }) => keys.rotateSigning(TENANT));
      expect(kids).to.not.include(kid);
      const [status] = await maintain(system, ({ keys }) => keys.status(TENANT));
      expect(status?.signing).to.deep.equal({ kid, earlier: round + 1 });
    }
    expect(new Set(kids).size).to.equal(3);
    for (const receipt of receipts) expect(kids).to.include(await verifies(receipt));
    expect((await system.core.publicKeys(TENANT)).keys).to.have.length(4);
    expect((await events(system.core)).filter((event) => event === 'key.rotated')).to.have.length(3);
    const seeds = (await keyRecords(system.storage)).filter(({ id }) => id.startsWith('signing.'));
    expect(seeds, 'earlier seeds are destroyed').to.have.length(1);
  });

  it('loses no key when two rotate at once', async () => {
    const receipts = [...(await grant(system.core)).receipts];
    await maintain(system, async (one) => {
      await maintain(system, async (other) => {
        for (let round = 0; round < 4; round++) {
          const outcomes = await Promise.allSettled([one, other].map(({ keys }) => keys.rotateSigning(TENANT)));
          expect(outcomes.some(({ status }) => status === 'fulfilled')).to.equal(true);
          receipts.push(...(await grant(system.core)).receipts);
        }
      });
    });
    for (const receipt of receipts) await verifies(receipt);
  });

  it('is finished by the sweep when its process dies at any write', async () => {
    let points = 0;
    for (const after of [false, true])
      for (let write = 1; write < 20; write++) {
        let writes = () => 0;
        const receipts = [...(await grant(system.core)).receipts];
        await maintain(system, ({ keys }) => keys.rotateSigning(TENANT), {
          storage: (storage) => {
            const dying = dyingAt(write, after, storage);
            ({ writes } = dying);
            return dying.storage;
          },
        }).catch((error: unknown) => expect(error).to.have.property('code', 'ASIGNIO_STORAGE_UNAVAILABLE'));
        receipts.push(...(await grant(system.core)).receipts);
        await system.core.sweep();
        receipts.push(...(await grant(system.core)).receipts);
        for (const receipt of receipts) await verifies(receipt);
        const [status] = await maintain(system, ({ keys }) => keys.status(TENANT));
        const rotated = (await events(system.core)).filter((event) => event === 'key.rotated');
        expect(rotated).to.have.length(status?.signing.earlier ?? -1);
        points++;
        if (writes() < write) break;
      }
    expect(points).to.be.at.least(6);
  }).timeout(60_000);
});

describe('a sealed reference of before', () => {
  it('R28: is refused when it is put back after an adaptation', async () => {
    const clock = fakeClock();
    const system = await makeSystem({ clock });
    await grant(system.core);
    await enrol(system.core);
    system.engine.adapt = async (request) => ({
      reference: Buffer.concat([request.reference, Buffer.from(' adapted')]),
      samples: 6,
      established: true,
    });
    const compare = system.engine.compare.bind(system.engine);
    system.engine.compare = async (request) =>
      compare({
        ...request,
        references: request.references.map((reference) => ({
          ...reference,
          bytes: Buffer.from(Buffer.from(reference.bytes).toString().replace(' adapted', '')),
        })),
      });
    const list = { tenant: TENANT, kind: 'reference' } as const;
    const [before] = (await system.storage.list(list)).records as [StoredRecord];
    clock.advance(7 * 3_600_000);
    expect(await attempt(system.core, { who: ADA })).to.equal('accepted');
    const [after] = (await system.storage.list(list)).records as [StoredRecord];
    expect(after.version).to.be.greaterThan(before.version);
    expect(await attempt(system.core, { who: ADA })).to.equal('accepted');
    await system.storage.replace(after, before.value, { subject: String(before.subject) }, after.version);
    expect(await attempt(system.core, { who: ADA })).to.equal('ASIGNIO_REFERENCE_UNREADABLE');
    const now = await system.storage.get(after);
    await system.storage.replace(after, after.value, { subject: String(after.subject) }, now?.version ?? 0);
    expect(await attempt(system.core, { who: ADA })).to.equal('accepted');
    await system.dispose();
  });

  it('R28: is refused in another’s place, and so is its key', async () => {
    const system = await makeSystem();
    for (const subject of [ADA, EVE]) {
      await grant(system.core, subject);
      await enrol(system.core, subject);
    }
    const list = { tenant: TENANT, kind: 'reference' } as const;
    const [one, other] = (await system.storage.list(list)).records as [StoredRecord, StoredRecord];
    const [mine, theirs] = [one, other].map(({ value }) => value as { sealed: Uint8Array; subject: string });
    await system.storage.replace(
      one,
      { ...mine, sealed: theirs?.sealed ?? null },
      { subject: String(one.subject) },
      one.version,
    );
    const outcomes = await Promise.all([ADA, EVE].map((id) => attempt(system.core, { who: id }, id)));
    expect(outcomes.toSorted()).to.deep.equal(['ASIGNIO_REFERENCE_UNREADABLE', 'accepted']);
    await system.dispose();
  });
});
