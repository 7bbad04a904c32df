import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { subjectId, tenantId } from '@asignio/contracts';
import { describeMongodb, ownServer } from '@asignio/test-mongodb';
import type { MongodbServer } from '@asignio/test-mongodb';
import type { Asignio } from 'asignio';
import { dataFolder } from '../support/demo.js';
import { startAhead } from '../support/sweeping.js';

const TENANT = tenantId('default');
const SCRIPT = fileURLToPath(new URL('../support/sweeping.js', import.meta.url));
const PEOPLE = 25;
/** All is due by then: the default schedule ends three years after the last interaction. */
const YEARS_MS = 4 * 366 * 86_400_000;
/** Past the lease of a holder that does not renew it. */
const LATER_MS = YEARS_MS + 120_000;

/** A write that takes longer waits for somebody, ms. */
const WRITE_MS = 3000;

/** What each of the two stores is asked: do several processes sweep as one, whatever becomes of them? */
function sweepsAsOne(place: () => { readonly location: string; readonly data: string }): void {
  let watcher: Asignio;

  const begin = async (): Promise<void> => {
    const { location, data } = place();
    watcher = await startAhead(location, data, 0);
    const { version, sha256, language } = await watcher.core.subjects.notice(TENANT, 'en');
    for (let i = 0; i < PEOPLE; i++)
      await watcher.core.subjects.grant({
        tenant: TENANT,
        subject: subjectId(`person ${i}`),
        modality: 'signature',
        purposes: ['authentication'],
        noticeVersion: version,
        noticeSha256: sha256,
        language,
        signature: { method: 'typed-name', name: `Person ${i}` },
      });
  };
  const children = new Set<ChildProcess>();
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    await watcher.close();
  });

  const sweeper = (aheadMs: number): ChildProcess => {
    const { location, data } = place();
    const args = [SCRIPT, location, data, String(aheadMs)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    children.add(child);
    child.once('exit', () => children.delete(child));
    return child;
  };
  const ended = async (child: ChildProcess): Promise<number | string> => {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return child.exitCode ?? child.signalCode ?? -1;
  };

  /** The events of the chain, each written once. */
  const events = async (): Promise<Record<string, number>> => {
    const found: Record<string, number> = {};
    const ids = new Set<string>();
    for (let from = 1; ;) {
      const page = await watcher.core.audit.read(TENANT, from, 1000);
      for (const { id, event } of page) {
        expect(ids.has(id), `${event} is written once`).to.equal(false);
        ids.add(id);
        found[event] = (found[event] ?? 0) + 1;
      }
      if (page.length < 1000) return found;
      from += page.length;
    }
  };
  const destroyed = async (): Promise<number> => (await events())['retention.destroyed'] ?? 0;
  /** Waits until a sweep is well under way. */
  const midway = async (child: ChildProcess): Promise<void> => {
    while ((await destroyed()) < 3) {
      expect(child.exitCode, 'the sweep is still running').to.equal(null);
      await delay(5);
    }
  };
  /**
   * Stops it, but not in the middle of a write to LMDB: whoever stands still there keeps the one lock that all writers
   * share, and nobody can take over before they go on or are killed.
   */
  const stop = async (child: ChildProcess): Promise<void> => {
    for (;;) {
      child.kill('SIGSTOP');
      const written = watcher.core.subjects.notice(TENANT, 'en').then(() => true);
      if (await Promise.race([written, delay(WRITE_MS, false)])) return;
      child.kill('SIGCONT');
      await written;
    }
  };
  const allOnce = async (): Promise<void> => {
    await watcher.core.audit.verify(TENANT);
    const found = await events();
    expect(found['retention.destroyed']).to.equal(PEOPLE);
    expect(found['destruction.certified']).to.equal(PEOPLE);
    for (let i = 0; i < PEOPLE; i++)
      expect((await watcher.core.subjects.held(TENANT, subjectId(`person ${i}`))).consents).to.deep.equal([]);
  };

  it('three at once', async () => {
    await begin();
    const codes = await Promise.all([1, 2, 3].map(async () => ended(sweeper(YEARS_MS))));
    expect(codes).to.deep.equal([0, 0, 0]);
    // Whoever found the lease taken has left it to the holder, who is done by now.
    await allOnce();
  });

  it('one that is killed midway (kill -9), and one that goes on', async () => {
    await begin();
    const first = sweeper(YEARS_MS);
    await midway(first);
    first.kill('SIGKILL');
    await ended(first);
    expect(await destroyed()).to.be.below(PEOPLE);
    expect(await ended(sweeper(LATER_MS))).to.equal(0);
    await allOnce();
  });

  it('one that is stopped midway (SIGSTOP), one that takes over, and the first one again', async () => {
    await begin();
    const first = sweeper(YEARS_MS);
    await midway(first);
    await stop(first);
    expect(await destroyed()).to.be.below(PEOPLE);
    expect(await ended(sweeper(LATER_MS))).to.equal(0);
    await allOnce();
    first.kill('SIGCONT');
    expect(await ended(first)).to.equal(0);
    await allOnce();
  });
}

describeMongodb('a sweep by several processes', function () {
  this.timeout(180_000);
  let server: MongodbServer;
  let data = '';
  beforeEach(async function () {
    server = await ownServer(this);
    data = await dataFolder();
  });
  afterEach(async () => {
    await server?.remove();
    await rm(data, { recursive: true, force: true });
  });
  sweepsAsOne(() => ({ location: `${server.uri}sweeping`, data }));
});

describe('a sweep by several processes (LMDB)', function () {
  this.timeout(180_000);
  let data = '';
  beforeEach(async () => {
    data = await dataFolder();
  });
  afterEach(() => rm(data, { recursive: true, force: true }));
  sweepsAsOne(() => ({ location: join(data, 'store'), data }));
});
