import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { cpSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { RECORD_KINDS, SYSTEM_TENANT, subjectId, tenantId } from '@asignio/contracts';
import type { StoragePlugin, StoredValue } from '@asignio/contracts';
import { openTransfer } from '@asignio/core';
import type { ExportFile, ExportPart, ImportSummary } from '@asignio/core';
import { keysFile } from '@asignio/keys-file';
import { storageLmdb } from '@asignio/storage-lmdb';
import { fakeClock } from '@asignio/testkit';
import { RECORDS_VERSION } from '#src/store/migrations/stamp.js';
import { beginning, writeLine } from '#src/transfer/chain.js';
import { EXPORT_TENANT } from '#src/transfer/seal.js';
import { fromJson, toJson } from '#src/transfer/value.js';
import { dyingAt } from './dying.js';
import { ADA, TENANT, attempt, codeOf, enrol, events, grant, makeSystem, watched } from './harness.js';
import type { System } from './harness.js';

const STAMP = { tenant: SYSTEM_TENANT, kind: 'maintenance', id: 'records' } as const;
const BOB = subjectId('bob');
const DAY_MS = 86_400_000;

/** A file in memory, read in pieces of an odd length. */
function fileOf(bytes: Uint8Array): ExportFile {
  return {
    size: bytes.length,
    read: (from) => pieces(bytes.subarray(from)),
  };
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 977) yield bytes.subarray(at, at + 977);
}

/** All that a store holds by name; versions are the store's own. */
async function content(storage: StoragePlugin, isLeftOut: (id: string) => boolean = () => false): Promise<unknown> {
  const found: unknown[] = [];
  for (const tenant of await storage.listTenants(undefined, 1000)) {
    for (const kind of RECORD_KINDS)
      for (let after: string | undefined; ;) {
        const page = await storage.list({ tenant, kind, ...(after === undefined ? {} : { after }) });
        found.push(...page.records.filter(({ id }) => !isLeftOut(id)).map((record) => ({ ...record, version: 0 })));
        after = page.next;
        if (after === undefined) break;
      }
    for (const log of await storage.listLogs(tenant)) found.push([log, await storage.readLog(tenant, log, 1, 1000)]);
  }
  return found;
}

describe('R28: a store carried elsewhere', () => {
  const clock = fakeClock();
  let folder: string;
  let system: System;
  let source: StoragePlugin;
  let target: StoragePlugin;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'asignio-transfer-'));
    system = await makeSystem({ folder: join(folder, 'source'), clock });
    for (const subject of [ADA, BOB]) {
      await grant(system.core, subject);
      await enrol(system.core, subject);
    }
    expect(await attempt(system.core, { who: 'ada' })).to.equal('accepted');
    await system.close();
    source = storageLmdb({ path: join(folder, 'source'), clock, noSync: true });
    target = storageLmdb({ path: join(folder, 'target'), clock, noSync: true });
  });
  afterEach(async () => rm(folder, { recursive: true, force: true }));

  const keysOf = (path = join(folder, 'source', 'keys.json')) => keysFile({ path });

  async function exported(
    part: ExportPart,
    { storage = source, begun }: { storage?: StoragePlugin; begun?: Uint8Array } = {},
  ): Promise<Buffer> {
    const transfer = await openTransfer({ storage, keys: keysOf(), clock });
    try {
      const made = await transfer.export({ part, ...(begun === undefined ? {} : { begun: pieces(begun) }) });
      const chunks = [Buffer.from(begun ?? []).subarray(0, made.kept)];
      for await (const text of made.lines) chunks.push(Buffer.from(text));
      expect(made.summary().resumed).to.equal(made.kept > 0);
      return Buffer.concat(chunks);
    } finally {
      await transfer.close();
    }
  }

  async function imported(
    records: Uint8Array,
    keys: Uint8Array,
    { storage = target, dryRun = false, provider = keysOf() } = {},
  ): Promise<ImportSummary> {
    const transfer = await openTransfer({ storage, keys: provider, clock });
    try {
      return await transfer.import({ records: fileOf(records), keys: fileOf(keys), dryRun });
    } finally {
      await transfer.close();
    }
  }

  const contentOf = async (storage: StoragePlugin, isLeftOut?: (id: string) => boolean): Promise<unknown> => {
    await storage.open();
    try {
      return await content(storage, isLeftOut);
    } finally {
      await storage.close();
    }
  };
  const isThere = async (name: string) => (await readdir(folder)).includes(name);

  /** Starts a system on the target. */
  const moved = async (): Promise<System> => {
    cpSync(join(folder, 'source', 'keys.json'), join(folder, 'target', 'keys.json'));
    return makeSystem({ folder: join(folder, 'target'), clock });
  };

  it('works there as before: people sign in, the audit chain is whole and says what happened', async () => {
    const records = await exported('records');
    const summary = await imported(records, await exported('keys'));
    expect(summary.chains).to.deep.equal([{ tenant: TENANT, entries: summary.chains[0]?.entries ?? 0, whole: true }]);
    const there = await moved();
    try {
      await there.core.audit.verify(TENANT);
      const said = await events(there.core);
      expect(said.filter((event) => event === 'store.imported')).to.have.length(1);
      expect(said).to.include.members(['store.exported', 'enrolment.completed', 'verification.accepted']);
      expect(await attempt(there.core, { who: 'ada' })).to.equal('accepted');
      expect(await attempt(there.core, { who: 'mallory' })).to.equal('ASIGNIO_NOT_VERIFIED');
      expect(await attempt(there.core, { who: 'bob' }, BOB)).to.equal('accepted');
      expect((await there.core.subjects.held(TENANT, ADA)).enrolments).to.have.length(1);
    } finally {
      await there.close();
    }
  });

  it('holds the same records and logs, byte by byte', async () => {
    const records = await exported('records');
    const keys = await exported('keys');
    await imported(records, keys);
    const own = (id: string) => id === 'records' || id === 'audit';
    const [before, after] = [await contentOf(source, own), await contentOf(target, own)] as unknown[][];
    const isLog = (one: unknown) => Array.isArray(one);
    expect(after?.filter((one) => !isLog(one))).to.deep.equal(before?.filter((one) => !isLog(one)));
    const logs = (all: unknown[] | undefined) => all?.filter(isLog) as [string, { sequence: number }[]][];
    for (const [index, [log, entries]] of logs(before).entries()) {
      const [name, there] = logs(after)[index] ?? [];
      expect(name).to.equal(log);
      // What the import, and the export of the keys, wrote themselves comes after.
      expect(there?.length).to.be.at.least(entries.length - 1);
      const common = entries.filter(({ sequence }) => sequence <= (there?.length ?? 0) - 1);
      expect(there?.slice(0, common.length)).to.deep.equal(common);
    }
  });

  it('has its keys in a file of their own, and no key in the other', async () => {
    const records = (await exported('records')).toString();
    const keys = (await exported('keys')).toString();
    expect(keys).to.contain('"key"').and.to.contain('keyId');
    const [, ...lines] = records.split('\n');
    expect(lines.join('\n'))
      .to.not.contain('keyId":')
      .and.to.not.match(/"record":\["[^"]+","key",/);
    const kinds = [...keys.matchAll(/"record":\["[^"]+","([^"]+)"/g)].map(([, kind]) => kind);
    expect(new Set(kinds)).to.deep.equal(new Set(['key']));
  });

  it('R9: brings nobody back whose keys were destroyed after the records were exported', async () => {
    const records = await exported('records');
    const early = await exported('keys');
    const erasing = await makeSystem({ folder: join(folder, 'source'), clock });
    const proof = { subject: ADA, factors: ['password' as const], at: clock.now() };
    expect((await erasing.core.rights.erase({ tenant: TENANT, subject: ADA, proof })).outcome).to.equal('done');
    await erasing.close();
    await imported(records, await exported('keys'));
    const there = await moved();
    expect(await attempt(there.core, { who: 'ada' })).to.equal('ASIGNIO_NOT_VERIFIED');
    expect(await attempt(there.core, { who: 'bob' }, BOB)).to.equal('accepted');
    await there.close();
    clock.advance(DAY_MS + 1);
    const late = storageLmdb({ path: join(folder, 'late'), clock, noSync: true });
    expect(await codeOf(imported(records, early, { storage: late }))).to.equal('ASIGNIO_EXPORT_EXPIRED');
  });

  it('R9: opens nothing of an export of the keys once they were rotated', async () => {
    const records = await exported('records');
    const early = await exported('keys');
    const { openMaintenance } = await import('@asignio/core');
    const care = await openMaintenance({ storage: source, keys: keysOf(), clock });
    await care.keys.rotate({ graceMs: 0 });
    await care.close();
    expect(await codeOf(imported(records, early))).to.equal('ASIGNIO_KEY_UNAVAILABLE');
    expect(await isThere('target')).to.equal(false);
  });

  it('is refused wherever a byte of a file is wrong, and nothing is made of it', async () => {
    const records = await exported('records');
    const keys = await exported('keys');
    for (const [part, whole] of [
      ['records', records],
      ['keys', keys],
    ] as const)
      for (let at = 3; at < whole.length; at += Math.ceil(whole.length / 60)) {
        const bad = Buffer.from(whole);
        bad[at] = (bad[at] ?? 0) ^ 1;
        const code = await codeOf(part === 'records' ? imported(bad, keys) : imported(records, bad));
        expect(code, `${part}, byte ${at}`).to.match(
          /^ASIGNIO_(?:EXPORT_DAMAGED|KEY_REFUSED|KEY_UNAVAILABLE|STORAGE_SCHEMA)$/,
        );
        expect(await isThere('target')).to.equal(false);
      }
  });

  it('is refused when a file is cut, wherever, or a line is left out, moved, doubled or added', async () => {
    const records = await exported('records');
    const keys = await exported('keys');
    const lines = records.toString().trimEnd().split('\n');
    const joined = (some: readonly string[]) => Buffer.from(some.map((line) => `${line}\n`).join(''));
    const bad = [
      ...[0, 1, 500, records.length >> 1, records.length - 1].map((length) => records.subarray(0, length)),
      ...[1, lines.length >> 1, lines.length - 1].flatMap((at) => [
        joined(lines.slice(0, at)),
        joined(lines.toSpliced(at, 1)),
        joined(lines.toSpliced(at, 0, lines[at] ?? '')),
        joined([...lines.slice(0, at - 1), lines[at] ?? '', lines[at - 1] ?? '', ...lines.slice(at + 1)]),
      ]),
      joined([...lines, lines.at(-1) ?? '']),
      joined([...lines, '{}']),
    ];
    for (const [index, file] of bad.entries())
      expect(await codeOf(imported(file, keys)), `${index}`).to.equal('ASIGNIO_EXPORT_DAMAGED');
    expect(await isThere('target')).to.equal(false);
  });

  it('is refused with the files in the wrong place, of another store, or the keys older than the records', async () => {
    const records = await exported('records');
    const keys = await exported('keys');
    expect(await codeOf(imported(keys, records))).to.equal('ASIGNIO_EXPORT_UNFIT');
    clock.advance(1000);
    expect(await codeOf(imported(await exported('records'), keys))).to.equal('ASIGNIO_EXPORT_UNFIT');
    const other = storageLmdb({ path: join(folder, 'other'), clock, noSync: true });
    expect(await codeOf(imported(records, await exported('keys', { storage: other })))).to.equal(
      'ASIGNIO_EXPORT_UNFIT',
    );
    expect(await isThere('target')).to.equal(false);
  });

  it('is refused by a key provider that is not that of the store', async () => {
    const path = join(folder, 'other-keys.json');
    const provider = keysFile({ path, create: true });
    const code = await codeOf(imported(await exported('records'), await exported('keys'), { provider }));
    expect(code).to.match(/^ASIGNIO_KEY_(?:REFUSED|UNAVAILABLE)$/);
    expect(await isThere('target')).to.equal(false);
  });

  it('is refused by a store that holds something, and by one on which a system has started', async () => {
    const records = await exported('records');
    const keys = await exported('keys');
    await target.open();
    await target.insert({ tenant: tenantId('other'), kind: 'part', id: 'x' }, 1);
    await target.close();
    const before = await contentOf(target);
    expect(await codeOf(imported(records, keys))).to.equal('ASIGNIO_STORE_NOT_EMPTY');
    expect(await contentOf(target)).to.deep.equal(before);
    await imported(records, keys, { storage: storageLmdb({ path: join(folder, 'third'), clock, noSync: true }) });
    const again = storageLmdb({ path: join(folder, 'third'), clock, noSync: true });
    expect(await codeOf(imported(records, keys, { storage: again }))).to.equal('ASIGNIO_STORE_NOT_EMPTY');
  });

  it('is refused when its records or its form are of a newer version', async () => {
    const records = (await exported('records')).toString();
    const keys = await exported('keys');
    const header = JSON.parse(records.split('\n')[0] ?? '') as { id: string; key: { keyId: string; bytes: string } };
    const newer = records.replace('"format":1', '"format":2');
    expect(await codeOf(imported(Buffer.from(newer), keys))).to.equal('ASIGNIO_STORAGE_SCHEMA');
    // As the next version would write it, with the codes right.
    const provider = keysOf();
    await provider.open();
    const context = `asignio-export/1|${header.id}|records`;
    const wrapped = { keyId: header.key.keyId, bytes: Buffer.from(header.key.bytes, 'base64') };
    const key = await provider.unwrap(EXPORT_TENANT, wrapped, context);
    await provider.close();
    const { mac: _, ...rest } = { ...header, mac: '' };
    const { text } = writeLine(key, beginning(key, context), { ...rest, records: RECORDS_VERSION + 1 });
    expect(await codeOf(imported(Buffer.from(text), keys))).to.equal('ASIGNIO_STORAGE_SCHEMA');
    expect(await isThere('target')).to.equal(false);
    await source.open();
    const stamp = await source.get(STAMP);
    await source.replace(STAMP, { version: RECORDS_VERSION + 1, cursor: null }, {}, stamp?.version ?? 0);
    await source.close();
    expect(await codeOf(exported('records'))).to.equal('ASIGNIO_STORAGE_SCHEMA');
  });

  it('is not exported while it is written to', async () => {
    let calls = 0;
    const moving = watched(source, async ({ name, kind }) => {
      if (name !== 'list' || kind !== 'consent' || ++calls !== 3) return;
      await source.insert({ tenant: TENANT, kind: 'part', id: 'meanwhile' }, 1);
    });
    expect(await codeOf(exported('records', { storage: moving }))).to.equal('ASIGNIO_STORAGE_CONFLICT');
  });

  it('is looked at without being changed by a dry run', async () => {
    const records = await exported('records');
    const summary = await imported(records, await exported('keys'), { dryRun: true });
    expect(summary.records).to.be.greaterThan(5);
    expect(await contentOf(target)).to.deep.equal([]);
  });

  it('goes on with an export that stopped anywhere, and gives the same file', async () => {
    await source.open();
    for (let i = 0; i < 700; i++) await source.insert({ tenant: TENANT, kind: 'part', id: `p${i}` }, { i });
    await source.close();
    const whole = await exported('records');
    for (const share of [0.3, 0.55, 0.8, 1])
      expect(
        (await exported('records', { begun: whole.subarray(0, whole.length * share) })).equals(whole),
        `from ${share}`,
      ).to.equal(true);
    const torn = Buffer.concat([whole.subarray(0, whole.length * 0.9), Buffer.from('{"torn')]);
    expect((await exported('records', { begun: torn })).equals(whole)).to.equal(true);
  });

  it('begins an export anew where what was begun is of the other part or of another store', async () => {
    const keys = await exported('keys');
    expect((await exported('records', { begun: keys })).toString()).to.contain('"part":"records"');
    const whole = await exported('records');
    expect((await exported('records', { begun: whole.subarray(0, 300) })).length).to.be.greaterThan(whole.length);
    expect((await exported('records', { begun: Buffer.from('nonsense\n') })).length).to.be.greaterThan(1000);
  });

  it('starts no system on a part, and goes on where it stopped, at whatever write that was', async () => {
    await source.open();
    for (let i = 0; i < 450; i++) await source.insert({ tenant: TENANT, kind: 'part', id: `p${i}` }, { i });
    await source.close();
    const records = await exported('records');
    const keys = await exported('keys');
    const reference = storageLmdb({ path: join(folder, 'reference'), clock, noSync: true });
    await imported(records, keys, { storage: reference });
    const recordsOf = async (storage: StoragePlugin): Promise<unknown[]> =>
      ((await contentOf(storage, (id) => id === 'audit')) as unknown[]).filter((one) => !Array.isArray(one));
    const expected = await recordsOf(reference);
    let refused = 0;
    for (const write of [1, 2, 3, 5, 9, 20, 60, 200, 300, 440, 500, 510, 520]) {
      await rm(join(folder, 'target'), { recursive: true, force: true });
      const dying = dyingAt(write, write % 2 === 0, target);
      await imported(records, keys, { storage: dying.storage }).catch(() => undefined);
      await target.close();
      await target.open();
      const stamp = (await target.get(STAMP))?.value as { import?: unknown } | undefined;
      await target.close();
      if (stamp?.import !== undefined) {
        expect(await codeOf(moved())).to.equal('ASIGNIO_IMPORT_UNFINISHED');
        expect(await codeOf(imported(records, await exported('keys')))).to.equal('ASIGNIO_IMPORT_UNFINISHED');
        refused++;
      }
      clock.advance(61_000);
      if (stamp === undefined || stamp.import !== undefined) {
        const summary = await imported(records, keys);
        expect(summary.resumed, `write ${write}`).to.equal(stamp !== undefined);
        expect(summary.chains.every(({ whole }) => whole)).to.equal(true);
      }
      expect(await recordsOf(target), `write ${write}`).to.deep.equal(expected);
    }
    expect(refused).to.be.greaterThan(5);
  }).timeout(120_000);

  it('does not go on over what somebody else wrote meanwhile', async () => {
    const records = await exported('records');
    const keys = await exported('keys');
    const dying = dyingAt(20, false, target);
    await imported(records, keys, { storage: dying.storage }).catch(() => undefined);
    await target.close();
    await target.open();
    const subject = (await target.list({ tenant: TENANT, kind: 'key' })).records[0];
    if (subject === undefined) throw new Error('A key is there');
    await target.replace(subject, { other: true }, {}, subject.version);
    const stamp = await target.get(STAMP);
    const value = stamp?.value as { import: object };
    await target.replace(STAMP, { ...value, import: { ...value.import, at: null } }, {}, stamp?.version ?? 0);
    await target.close();
    clock.advance(61_000);
    expect(await codeOf(imported(records, keys))).to.equal('ASIGNIO_IMPORT_UNFINISHED');
  });

  it('keeps every value as it is, whatever its names and types', () => {
    const leaf: fc.Arbitrary<StoredValue> = fc.oneof(
      fc.constant(null),
      fc.boolean(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (n === 0 ? 0 : n)),
      fc.string(),
      fc.uint8Array().map((bytes) => Uint8Array.from(bytes)),
    );
    const names = fc.oneof(fc.string(), fc.constantFrom('$bytes', '$object', '__proto__', 'mac', 'constructor'));
    const { value } = fc.letrec<{ value: StoredValue }>((tie) => ({
      value: fc.oneof({ depthSize: 'small' }, leaf, fc.array(tie('value')), fc.dictionary(names, tie('value'))),
    }));
    fc.assert(
      fc.property(value, (one) => {
        const plain = JSON.parse(JSON.stringify(one, (_, inner: unknown) => inner)) as unknown;
        expect(fromJson(JSON.parse(JSON.stringify(toJson(one))))).to.deep.equal(one);
        return plain !== undefined;
      }),
      { numRuns: 500 },
    );
    for (const one of [{ $bytes: 'AA==' }, { $object: { $bytes: 'AA==' } }, { $object: 1 }, { $bytes: { $bytes: 1 } }])
      expect(fromJson(JSON.parse(JSON.stringify(toJson(one))))).to.deep.equal(one);
  });
});
