import { AsignioError } from '@asignio/contracts';
import type { Clock, KeyProvider, RecordIndex, StoragePlugin, StoredRecord, StoredValue } from '@asignio/contracts';
import type { Audit } from '../audit/api.ts';
import type { AuditChain } from '../audit/chain.ts';
import { holdLease } from '../store/lease.ts';
import type { HeldLease } from '../store/lease.ts';
import { MIGRATION_LEASE } from '../store/migrations/migrate.ts';
import { RECORDS_VERSION, Stamp, checkStamp } from '../store/migrations/stamp.ts';
import type { ImportMark, RecordsStamp } from '../store/migrations/stamp.ts';
import { isConflict } from '../store/repository.ts';
import { tenantsOf } from '../store/tenants.ts';
import type { ExportFile, ExportPart, ImportRequest, ImportSummary, TransferProgress } from './api.ts';
import { damaged, readLines } from './chain.ts';
import type { Mark } from './chain.ts';
import { readContent } from './lines.ts';
import type { Content, Header } from './lines.ts';
import { openHeader } from './seal.ts';
import { toJson } from './value.ts';

const LEASE_MS = 60_000;
/** Records that are written at once, and bytes of their lines. */
const BATCH = 200;
const BATCH_BYTES = 8 * 1024 * 1024;

export interface ImportTools {
  /** Opened only when the files have been verified, so that nothing is made of what is refused. */
  readonly storage: StoragePlugin;
  readonly keys: KeyProvider;
  readonly audit: AuditChain;
  readonly inspect: Audit['inspect'];
  readonly clock: Clock;
}

/** A file that was read through once and is whole. */
interface Verified {
  readonly file: ExportFile;
  readonly header: Header;
  readonly key: Uint8Array;
  readonly records: number;
  readonly entries: number;
}

interface Run {
  readonly tools: ImportTools;
  readonly request: ImportRequest;
  readonly stamp: Stamp;
  readonly lease: HeldLease;
  readonly version: number;
  readonly total: number;
  done: number;
}

/**
 * Imports records and keys into an empty store. Both files are verified to their ends before the store is so much as
 * opened, and each line once more when it is used. How far it is stands in the store: no system starts on a part, and the
 * same import, run again, goes on. The keys come first: without them there is nothing that could be read.
 */
export async function importStore(tools: ImportTools, request: ImportRequest): Promise<ImportSummary> {
  const { storage, clock } = tools;
  const records = await verify(tools, 'records', request);
  const keys = await verify(tools, 'keys', request);
  if (keys.header.store !== records.header.store || keys.header.at < records.header.at)
    throw new AsignioError('ASIGNIO_EXPORT_UNFIT', 'The keys are of another store, or of before the records');
  await storage.open();
  const found = await new Stamp(storage).read();
  const resumed = isOurs(found, records.header, keys.header);
  if (!resumed) await checkTarget(storage, found);
  if (!resumed && !((keys.header.until ?? 0) > clock.now()))
    throw new AsignioError('ASIGNIO_EXPORT_EXPIRED', 'The time in which these keys may be imported is over');
  if (request.dryRun !== true) await write(tools, request, records, keys, resumed ? found?.import : undefined);
  return {
    export: records.header.id,
    at: records.header.at,
    records: records.records,
    entries: records.entries,
    keys: keys.records,
    resumed,
    chains: request.dryRun === true ? [] : await inspectAll(tools),
  };
}

function isOurs(stamp: RecordsStamp | undefined, records: Header, keys: Header): boolean {
  return stamp?.import?.records === records.id && stamp.import.keys === keys.id;
}

async function checkTarget(storage: StoragePlugin, stamp: RecordsStamp | undefined): Promise<void> {
  if (stamp !== undefined) checkStamp(stamp);
  if ((await storage.listTenants(undefined, 1)).length > 0)
    throw new AsignioError('ASIGNIO_STORE_NOT_EMPTY', 'There are records in the store to import into');
}

/** Reads a file to its end. */
async function verify({ keys }: ImportTools, part: ExportPart, request: ImportRequest): Promise<Verified> {
  const file = request[part];
  let opened: Awaited<ReturnType<typeof openHeader>> | undefined;
  const open = async (first: string) => (opened = checkHeader(await openHeader(keys, first), part));
  const seen = { record: 0, entry: 0 };
  let end: Extract<Content, { type: 'end' }> | undefined;
  for await (const { text, after } of readLines(file.read(0), open)) {
    if (after.line === 1) continue;
    if (end !== undefined) throw damaged('Something follows the end of the export');
    const content = readContent(text, part);
    if (content.type === 'end') end = content;
    else if (content.type !== 'mark') seen[content.type]++;
    request.onProgress?.({ step: 'verifying', done: after.offset, total: file.size });
  }
  if (opened === undefined || end === undefined) throw damaged('The export is cut off');
  if (end.records !== seen.record || end.entries !== seen.entry) throw damaged('The export is not as long as it says');
  const { header, key } = opened;
  return { file, header, key, records: seen.record, entries: seen.entry };
}

function checkHeader<T extends { readonly header: Header }>(opened: T, part: ExportPart): T {
  const { header } = opened;
  if (header.part !== part)
    throw new AsignioError('ASIGNIO_EXPORT_UNFIT', `The file of the ${part} is an export of the ${header.part}`);
  if (header.records > RECORDS_VERSION)
    throw new AsignioError(
      'ASIGNIO_STORAGE_SCHEMA',
      `The export has records of version ${header.records}, and this version reads up to ${RECORDS_VERSION}`,
    );
  return opened;
}

async function write(
  tools: ImportTools,
  request: ImportRequest,
  records: Verified,
  keys: Verified,
  mark: ImportMark | undefined,
): Promise<void> {
  const { storage, audit, clock } = tools;
  const lease = await holdLease(storage, MIGRATION_LEASE, LEASE_MS);
  if (lease === undefined)
    throw new AsignioError('ASIGNIO_STORAGE_CONFLICT', 'Another process imports into this store, or starts on it');
  try {
    const stamp = new Stamp(storage);
    const run: Run = {
      tools,
      request,
      stamp,
      lease,
      version: records.header.records,
      total: records.records + records.entries + keys.records,
      done: (mark?.part === 'records' ? keys.records : 0) + (mark?.at?.line ?? 0),
    };
    const begun: ImportMark = { records: records.header.id, keys: keys.header.id, part: 'keys', at: null };
    const from = mark ?? begun;
    await note(run, from);
    if (from.part === 'keys') await writePart(run, keys, from);
    await writePart(run, records, from.part === 'records' ? from : { ...begun, part: 'records' });
    for await (const tenant of tenantsOf(storage))
      await audit.append(tenant, {
        id: `import:${records.header.id}:${keys.header.id}`,
        event: 'store.imported',
        subject: null,
        at: clock.now(),
        data: { export: records.header.id, records: records.records, keys: keys.records },
      });
    await lease.renew();
    await stamp.write({ version: run.version, cursor: null });
  } finally {
    await lease.release();
  }
}

async function note({ stamp, version }: Run, mark: ImportMark): Promise<void> {
  await stamp.write({ version, cursor: null, import: mark });
}

/** Writes what follows a place of a file. */
async function writePart(run: Run, { file, header, key }: Verified, from: ImportMark): Promise<void> {
  const { keys } = run.tools;
  const part = header.part;
  const before: Mark | undefined = from.at === null ? undefined : { ...from.at, mac: Buffer.from(from.at.mac) };
  const begin = async (first: string) => (before === undefined ? openHeader(keys, first) : { key, before });
  let batch: Content[] = [];
  let bytes = 0;
  // Never behind the last line, so that there is something to go on with.
  let at = before;
  const flush = async (): Promise<void> => {
    if (at === undefined || batch.length === 0) return;
    await run.lease.renew();
    await writeBatch(run.tools.storage, batch);
    run.done += batch.length;
    await note(run, { ...from, at });
    const progress: TransferProgress = { step: 'importing', done: run.done, total: run.total };
    run.request.onProgress?.(progress);
    batch = [];
    bytes = 0;
  };
  for await (const { text, after } of readLines(file.read(before?.offset ?? 0), begin)) {
    if (after.line === 1) continue;
    const content = readContent(text, part);
    if (content.type === 'end') {
      await flush();
      return;
    }
    if (content.type !== 'mark') batch.push(content);
    bytes += text.length;
    at = after;
    if (batch.length >= BATCH || bytes >= BATCH_BYTES) await flush();
  }
  throw damaged('The export was cut off while it was read');
}

/** Records at once, the entries of a log one after the other. */
async function writeBatch(storage: StoragePlugin, batch: readonly Content[]): Promise<void> {
  await Promise.all(
    batch.map(async (content) => (content.type === 'record' ? writeRecord(storage, content) : undefined)),
  );
  for (const content of batch) if (content.type === 'entry') await writeEntry(storage, content);
}

async function writeRecord(
  storage: StoragePlugin,
  { key, index, value }: Extract<Content, { type: 'record' }>,
): Promise<void> {
  try {
    await storage.insert(key, value, index);
  } catch (error) {
    if (!isConflict(error)) throw error;
    const there = await storage.get(key);
    // A run that stopped had come further than it could note.
    if (there === undefined || !isSame(there.value, value) || !hasIndex(there, index)) throw meddled();
  }
}

async function writeEntry(
  storage: StoragePlugin,
  { tenant, log, entry }: Extract<Content, { type: 'entry' }>,
): Promise<void> {
  try {
    const there = await storage.append(tenant, log, entry);
    if (there.sequence !== entry.sequence || !isSame(there.value, entry.value)) throw meddled();
  } catch (error) {
    if (isConflict(error)) throw meddled();
    throw error;
  }
}

function isSame(one: StoredValue, other: StoredValue): boolean {
  return JSON.stringify(toJson(one)) === JSON.stringify(toJson(other));
}

function hasIndex({ subject, due }: StoredRecord, index: RecordIndex): boolean {
  return subject === index.subject && due === index.due;
}

function meddled(): AsignioError {
  return new AsignioError(
    'ASIGNIO_IMPORT_UNFINISHED',
    'Somebody else has written to the store while it was imported into: begin with a new store',
  );
}

async function inspectAll({ storage, inspect }: ImportTools): Promise<ImportSummary['chains']> {
  const chains: { tenant: ImportSummary['chains'][number]['tenant']; entries: number; whole: boolean }[] = [];
  for await (const tenant of tenantsOf(storage)) {
    const { entries, whole } = await inspect(tenant);
    chains.push({ tenant, entries, whole });
  }
  return chains;
}
