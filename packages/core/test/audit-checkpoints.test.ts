import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { AsignioError } from '@asignio/contracts';
import type { CheckpointSink, StoragePlugin, StoredValue } from '@asignio/contracts';
import { checkpointsFile } from '@asignio/checkpoints-file';
import { checkpointHash } from '@asignio/core';
import type { AuditEntry, CoreOptions } from '@asignio/core';
import { fakeClock, temporaryFolder } from '@asignio/testkit';
import type { TemporaryFolder } from '@asignio/testkit';
import { hashOf } from '#src/audit/entry.js';
import { TENANT, asked, attempt, codeOf, enrol, grant, makeSystem, watched } from './harness.js';
import type { StoreCall, System } from './harness.js';

const MINUTES = 60_000;
const EVERY = { entries: 10, ms: 10 * MINUTES };

/** What an attacker who can write the store makes of the log. */
type Log = readonly { readonly sequence: number; readonly id: string; readonly value: StoredValue }[];

describe('signed checkpoints', function () {
  this.timeout(60_000);

  let place: TemporaryFolder;
  let file: string;
  let system: System;
  let tamper: (log: Log) => Log;
  let before: (call: StoreCall) => Promise<void> | void;
  let errors: unknown[];
  let clock: ReturnType<typeof fakeClock>;

  const start = async (options: Partial<CoreOptions> & { folder?: string } = {}) => {
    system = await makeSystem({
      clock,
      checkpoints: checkpointsFile({ path: place.path }),
      checkpointEvery: EVERY,
      onSweepError: (error) => errors.push(error),
      wrap: (storage) => tampered(watched(storage, async (call) => before(call))),
      ...options,
    });
  };
  /** A store whose log is what `tamper` makes of it, also for whoever goes on with it. */
  const tampered = (storage: StoragePlugin): StoragePlugin =>
    new Proxy(storage, {
      get(target, name) {
        const method: unknown = Reflect.get(target, name);
        if (name !== 'readLog' && name !== 'logHead') return method;
        return async (tenant: never, log: string, from = 1, limit = 1000) => {
          const kept = tamper(await target.readLog(tenant, log, 1, 1000));
          return name === 'logHead' ? kept.at(-1) : kept.filter(({ sequence }) => sequence >= from).slice(0, limit);
        };
      },
    });
  const restart = async (options: Partial<CoreOptions> = {}) => {
    await system.close();
    await start({ folder: system.folder, ...options });
  };
  const lines = async () => (await readFile(file, 'utf8').catch(() => '')).split('\n').filter(Boolean);
  const sequences = async () =>
    (await lines()).map((jws) => {
      const claims = Buffer.from(jws.split('.')[1] as string, 'base64url').toString();
      return (JSON.parse(claims) as { sequence: number }).sequence;
    });
  const entries = async (event = 'notice.served', count = 1) => {
    for (let n = 0; n < count; n++) await system.core.subjects.notice(TENANT, 'en');
    return (await system.core.audit.read(TENANT)).filter((entry) => entry.event === event);
  };
  const faults = async () =>
    (await system.core.audit.inspect(TENANT)).faults.map(({ kind, sequence }) => [kind, sequence]);

  beforeEach(async () => {
    place = temporaryFolder();
    file = join(place.path, 'acme.jsonl');
    errors = [];
    clock = fakeClock();
    tamper = (log) => log;
    before = () => undefined;
    await start();
  });

  afterEach(async () => {
    await system.dispose();
    place.remove();
  });

  it('are made by the sweep ten minutes after an entry at the latest, and then no more until there is another', async () => {
    await entries();
    clock.advance(EVERY.ms - 1);
    await system.core.sweep();
    expect(await lines()).to.have.length(0);
    clock.advance(1);
    await system.core.sweep();
    // The tenant, the notice as served and as published.
    expect(await sequences()).to.deep.equal([3]);
    for (let n = 0; n < 5; n++) {
      clock.advance(EVERY.ms);
      await system.core.sweep();
    }
    expect(await sequences()).to.deep.equal([3]);
    await entries();
    clock.advance(EVERY.ms);
    await system.core.sweep();
    expect(await sequences()).to.deep.equal([3, 5]);
    expect(errors).to.deep.equal([]);
  });

  it('are made by the next sweep once there are enough entries', async () => {
    await entries('notice.served', EVERY.entries);
    await system.core.sweep();
    expect(await sequences()).to.deep.equal([11]);
  });

  it('are made of what was written before a restart, and by whichever process sweeps', async () => {
    await entries();
    await restart();
    clock.advance(EVERY.ms);
    await system.core.sweep();
    expect(await sequences()).to.deep.equal([3]);
  });

  it('are made at the same time by a clock that was set back by a day', async () => {
    await entries();
    clock.advance(-24 * 60 * MINUTES);
    await entries();
    clock.advance(EVERY.ms);
    await system.core.sweep();
    expect(await sequences()).to.deep.equal([3]);
  });

  it('are made when asked for, each named in the chain and by the next', async () => {
    expect(await system.core.audit.checkpoint(TENANT)).to.equal(undefined);
    await entries();
    const first = (await system.core.audit.checkpoint(TENANT)) as string;
    expect(await system.core.audit.checkpoint(TENANT)).to.equal(first);
    await entries();
    const second = (await system.core.audit.checkpoint(TENANT)) as string;
    expect(await lines()).to.deep.equal([first, second]);
    expect((await entries('audit.checkpoint')).map(({ data }) => data)).to.deep.equal([
      { checkpoint: checkpointHash(first), number: 1, sequence: 2 },
      { checkpoint: checkpointHash(second), number: 2, sequence: 4 },
    ]);
    const proof = await system.core.audit.verify(TENANT);
    expect(proof.checkpoints).to.include({ count: 2, upTo: 4 });
  });

  it('are one of each number when many ask at once, in two processes', async () => {
    const other = await makeSystem({
      clock,
      folder: system.folder,
      checkpoints: checkpointsFile({ path: place.path }),
      checkpointEvery: EVERY,
    });
    try {
      for (let round = 0; round < 5; round++) {
        await entries();
        const both = [system, other, system, other];
        await Promise.all(both.map(async ({ core }) => core.audit.checkpoint(TENANT)));
      }
    } finally {
      await other.close();
    }
    const report = await system.core.audit.inspect(TENANT);
    expect(report.faults).to.deep.equal([]);
    expect(report.checkpoints?.count).to.be.within(5, 10);
  });

  it('are finished by the next sweep wherever a crash came between', async () => {
    let write = 0;
    for (let dies = 1; ; dies++) {
      await entries();
      write = 0;
      before = ({ name }) => {
        if (['insert', 'replace', 'append'].includes(name) && ++write >= dies)
          throw new AsignioError('ASIGNIO_STORAGE_UNAVAILABLE', 'The process was killed');
      };
      const done = await system.core.audit.checkpoint(TENANT).then(
        () => true,
        () => false,
      );
      before = () => undefined;
      await restart();
      clock.advance(EVERY.ms);
      await system.core.sweep();
      const report = await system.core.audit.inspect(TENANT);
      expect(report.faults, `killed at write ${dies}`).to.deep.equal([]);
      expect(report.checkpoints?.upTo).to.be.at.least(report.entries - 1);
      if (done) break;
    }
    expect(write).to.be.at.least(2);
  });

  it('are kept until their place is back, and the operator is told meanwhile', async () => {
    await entries();
    let full = true;
    const real = checkpointsFile({ path: place.path });
    const sink: CheckpointSink = {
      metadata: real.metadata,
      open: async () => real.open(),
      close: async () => real.close(),
      read: (tenant) => real.read(tenant),
      append: async (tenant, jws) => {
        if (full) throw new AsignioError('ASIGNIO_CHECKPOINT_UNAVAILABLE');
        return real.append(tenant, jws);
      },
    };
    await restart({ checkpoints: sink });
    clock.advance(EVERY.ms);
    await system.core.sweep();
    expect(errors.map((error) => (error as AsignioError).code)).to.deep.equal(['ASIGNIO_CHECKPOINT_UNAVAILABLE']);
    expect(await attemptToSignIn()).to.equal('accepted');
    full = false;
    clock.advance(EVERY.ms);
    await system.core.sweep();
    expect(await lines()).to.have.length(2);
    expect(await faults()).to.deep.equal([]);
  });

  const attemptToSignIn = async () => {
    await grant(system.core);
    await enrol(system.core);
    return attempt(system.core, { who: 'ada' });
  };

  describe('against somebody who can write the store', () => {
    const valueOf = (value: StoredValue) => value as { [key: string]: StoredValue };

    beforeEach(async () => {
      for (let n = 0; n < 3; n++) {
        await entries('notice.served', 4);
        await system.core.audit.checkpoint(TENANT);
      }
      // tenant.created, then four notices and the entry that names the checkpoint, three times.
      expect(await sequences()).to.deep.equal([5, 10, 15]);
    });

    it('show an end that was cut off, and its beginning', async () => {
      tamper = (log) => log.slice(0, 12);
      expect(await faults()).to.deep.equal([['truncated', 13]]);
      expect(await codeOf(system.core.audit.verify(TENANT))).to.equal('ASIGNIO_AUDIT_BROKEN');
      const { detail } = (await system.core.audit.inspect(TENANT)).faults[0] ?? {};
      expect(detail).to.match(/^Entries 13 to 15 are missing from the end: checkpoint 3 saw 15 entries on 2026-/);
    });

    it('show a log that was emptied', async () => {
      tamper = () => [];
      expect(await faults()).to.deep.equal([['truncated', 1]]);
    });

    it('show a chain that was written anew with its hashes, between two checkpoints', async () => {
      tamper = (log) => {
        let previous = valueOf(log[6]?.value ?? null)['hash'] as string;
        return log.map((entry) => {
          if (entry.sequence < 8) return entry;
          const old = valueOf(entry.value);
          const value = { ...old, previous, ...(entry.sequence === 8 ? { at: 1 } : {}) };
          const hash = hashOf({ sequence: entry.sequence, id: entry.id, ...value } as unknown as AuditEntry);
          previous = hash;
          return { ...entry, value: { ...value, hash } };
        });
      };
      const { faults: found, checkpoints } = await system.core.audit.inspect(TENANT);
      expect(found[0]).to.include({ kind: 'rewritten', sequence: 6, upTo: 10 });
      expect(checkpoints?.upTo).to.equal(5);
    });

    it('are not made of what is broken: the sweep tells, and signs nothing', async () => {
      await entries();
      const edit = (sequence: number) => (log: Log) =>
        log.map((entry) =>
          entry.sequence === sequence ? { ...entry, value: { ...valueOf(entry.value), at: 1 } } : entry,
        );
      for (const changed of [edit(16), edit(17), (log: Log) => log.slice(0, 14), edit(15)]) {
        errors = [];
        tamper = changed;
        clock.advance(EVERY.ms);
        await system.core.sweep();
        expect(errors.map((error) => (error as AsignioError).code)).to.deep.equal(['ASIGNIO_AUDIT_BROKEN']);
        expect(await lines()).to.have.length(3);
      }
      tamper = (log) => log;
      clock.advance(EVERY.ms);
      await system.core.sweep();
      expect(await sequences()).to.deep.equal([5, 10, 15, 18]);
    });

    it('miss what was taken from the second place, wherever it was', async () => {
      const all = await lines();
      const without = async (at: number) => {
        await writeFile(file, `${all.toSpliced(at, 1).join('\n')}\n`);
        return faults();
      };
      expect(await without(0)).to.deep.include(['checkpoint', 1]);
      expect(await without(1)).to.deep.include(['checkpoint', 6]);
      // The newest is missed because the chain names it.
      expect(await without(2)).to.deep.equal([['checkpoint', 16]]);
      await rm(file);
      expect(await faults()).to.deep.equal([['checkpoint', 6]]);
      await writeFile(file, `${all.join('\n')}\n`);
      expect(await faults()).to.deep.equal([]);
    });

    it('cannot be made up: who has no key puts nothing in the second place that is believed', async () => {
      const all = await lines();
      await writeFile(file, `${all.join('\n')}\nbm9uZQ.bm9uZQ.bm9uZQ\n`);
      expect(await faults()).to.deep.equal([['checkpoint', 16]]);
    });
  });

  it('prove an erased person’s chain as before: it names nobody', async () => {
    await attemptToSignIn();
    await system.core.audit.checkpoint(TENANT);
    await system.core.rights.erase(asked(system));
    await system.core.audit.checkpoint(TENANT);
    const report = await system.core.audit.inspect(TENANT);
    expect(report).to.include({ whole: true });
    expect(report.checkpoints).to.include({ count: 2, upTo: report.entries - 1 });
    let text = '';
    for await (const piece of system.core.audit.export(TENANT, { format: 'jsonl' })) text += piece;
    expect(text).to.contain('destruction.certified').and.to.not.contain('Lovelace');
    expect(text).to.not.match(/"ada"/i);
  });

  it('cover a chain that was begun before there were any, from its first entry on', async () => {
    await entries('notice.served', 3);
    const { storage } = system;
    for (const { id } of (await storage.list({ tenant: TENANT, kind: 'tenant' })).records)
      await storage.remove({ tenant: TENANT, kind: 'tenant', id });
    await restart();
    const { entries: upTo } = await system.core.audit.verify(TENANT);
    await system.core.audit.checkpoint(TENANT);
    await entries();
    expect((await system.core.audit.verify(TENANT)).checkpoints).to.include({ count: 1, upTo });
    expect(await entries('tenant.created', 0)).to.have.length(1);
  });

  it('are of one tenant each', async () => {
    await entries();
    await system.core.audit.checkpoint(TENANT);
    const other = 'other' as typeof TENANT;
    expect(await system.core.audit.checkpoint(other)).to.equal(undefined);
    await system.core.subjects.notice(other, 'en');
    await system.core.audit.checkpoint(other);
    expect((await system.core.audit.verify(other)).checkpoints).to.include({ count: 1 });
    // Acme's checkpoint is no proof of the other's chain.
    const report = await system.core.audit.inspect(other, {
      checkpoints: checkpointsOf(await lines()),
    });
    expect(report.faults.map(({ kind }) => kind)).to.deep.equal(['checkpoint', 'checkpoint']);
  });

  async function* checkpointsOf(all: readonly string[]) {
    yield* all;
  }

  it('of an older copy are enough where they are said to be', async () => {
    await entries();
    await system.core.audit.checkpoint(TENANT);
    const copy = await lines();
    await entries();
    await system.core.audit.checkpoint(TENANT);
    const inspect = async (partial: boolean) =>
      system.core.audit.inspect(TENANT, { checkpoints: checkpointsOf(copy), partial });
    expect((await inspect(false)).faults.map(({ kind }) => kind)).to.deep.equal(['checkpoint']);
    const { whole, checkpoints } = await inspect(true);
    expect({ whole, checkpoints }).to.deep.include({ whole: true }).and.to.have.nested.property('checkpoints.upTo', 2);
  });

  it('need a second place', async () => {
    await restart({ checkpoints: undefined as never });
    await entries();
    expect(await codeOf(system.core.audit.checkpoint(TENANT))).to.equal('ASIGNIO_CHECKPOINT_UNAVAILABLE');
    clock.advance(EVERY.ms);
    await system.core.sweep();
    expect(errors).to.deep.equal([]);
    expect((await system.core.audit.verify(TENANT)).checkpoints).to.equal(null);
  });
});
