import { randomUUID } from 'node:crypto';
import { AsignioError } from '@asignio/contracts';
import type { Clock, KeyProvider, StoragePlugin } from '@asignio/contracts';
import type { AuditChain } from '../audit/chain.ts';
import { readStamp } from '../store/migrations/stamp.ts';
import { tenantsOf } from '../store/tenants.ts';
import type { Export, ExportRequest } from './api.ts';
import { readLines, writeLine } from './chain.ts';
import type { Mark } from './chain.ts';
import { identityOf } from './identity.ts';
import { FORMAT, lineOf, lineOfEnd, lineOfMark, readContent } from './lines.ts';
import type { Header, Position } from './lines.ts';
import { beginningOf, newKey, openHeader } from './seal.ts';
import { Tally, walk } from './walk.ts';

const DAY_MS = 86_400_000;

export interface ExportTools {
  readonly storage: StoragePlugin;
  readonly keys: KeyProvider;
  readonly audit: AuditChain;
  readonly clock: Clock;
}

/** A file as far as it is written. */
interface Begun {
  readonly header: Header;
  readonly key: Uint8Array;
  /** Behind the last line that stays. */
  readonly at: Mark;
  readonly position: Position | undefined;
  /** What stands in the lines that stay. */
  readonly tally: Tally;
}

/**
 * Exports a part of a store, as it was in one moment. The store is walked twice: the first walk counts, the second writes, and
 * both must find the same. Whatever was the same at both looks was so in the moment between the walks. An export that goes on
 * where an earlier run had stopped walks once more at the end.
 */
export async function exportStore(tools: ExportTools, request: ExportRequest): Promise<Export> {
  const { storage } = tools;
  const earlier = await takeUp(tools, request);
  const begun = earlier ?? (await begin(tools, request));
  const counted = await count(storage, request);
  const state: State = { begun, counted, tally: begun.tally, finished: false };
  return {
    id: begun.header.id,
    kept: earlier === undefined ? 0 : begun.at.offset,
    lines: write(tools, request, state, earlier !== undefined),
    summary: () => {
      if (!state.finished) throw new AsignioError('ASIGNIO_INTERNAL', 'The export is not at its end');
      const { id, part, at, until } = begun.header;
      const { records, entries, tenants } = state.tally;
      return { export: id, part, at, until, tenants, records, entries, resumed: earlier !== undefined };
    },
  };
}

interface State {
  readonly begun: Begun;
  readonly counted: Tally;
  readonly tally: Tally;
  finished: boolean;
}

async function begin({ storage, keys, audit, clock }: ExportTools, request: ExportRequest): Promise<Begun> {
  const { part, validMs = DAY_MS } = request;
  const stamp = await readStamp(storage);
  const at = clock.now();
  const plain = { part, id: randomUUID() };
  const { key, wrapped } = await newKey(keys, plain);
  const until = part === 'keys' ? at + validMs : null;
  const header: Header = {
    asignio: 'export',
    format: FORMAT,
    ...plain,
    store: await identityOf(storage),
    at,
    until,
    records: stamp.version,
    key: wrapped,
  };
  // Before anything is read, and so in what is exported.
  for await (const tenant of tenantsOf(storage))
    await audit.append(tenant, {
      id: `export:${header.id}`,
      event: 'store.exported',
      subject: null,
      at,
      data: { export: header.id, what: part, until },
    });
  return { header, key, at: beginningOf(key, header), position: undefined, tally: new Tally() };
}

/** What an earlier run left, up to its last mark; `undefined` where that is nothing, or of something else. */
async function takeUp(tools: ExportTools, { part, begun }: ExportRequest): Promise<Begun | undefined> {
  if (begun === undefined) return undefined;
  const { storage, keys } = tools;
  let opened: Awaited<ReturnType<typeof openHeader>> | undefined;
  let kept: Pick<Begun, 'at' | 'position'> | undefined;
  let found: (readonly ['record' | 'entry', readonly unknown[]])[] = [];
  const tally = new Tally();
  try {
    for await (const { text, after } of readLines(begun, async (first) => (opened = await openHeader(keys, first)))) {
      if (after.line === 1) continue;
      const content = readContent(text, part);
      if (content.type === 'end') break;
      if (content.type === 'mark') {
        for (const [type, name] of found) tally.addNamed(type, name);
        found = [];
        kept = { at: after, position: content.position };
      } else {
        const line = JSON.parse(text) as { readonly [type: string]: readonly unknown[] };
        found.push([content.type, line[content.type] ?? []]);
      }
    }
  } catch (error) {
    // Whatever a crash left behind the last mark is written anew.
    if (!(error instanceof AsignioError) || error.code === 'ASIGNIO_KEY_UNAVAILABLE') throw error;
  }
  if (opened === undefined || kept === undefined) return undefined;
  const { header, key } = opened;
  const isOurs = header.part === part && header.store === (await identityOf(storage));
  return isOurs ? { header, key, ...kept, tally } : undefined;
}

async function count(storage: StoragePlugin, { part, onProgress }: ExportRequest): Promise<Tally> {
  const tally = new Tally();
  for await (const { items } of walk(storage, part)) {
    for (const item of items) tally.add(item);
    if (items.length > 0) onProgress?.({ step: 'counting', done: tally.total, total: 0 });
  }
  return tally;
}

async function* write(
  { storage }: ExportTools,
  request: ExportRequest,
  state: State,
  resumed: boolean,
): AsyncGenerator<string> {
  const { part, onProgress } = request;
  const { begun, counted, tally } = state;
  const { header, key } = begun;
  let { at } = begun;
  const line = (object: object): string => {
    const { text, after } = writeLine(key, at, object);
    at = after;
    return text;
  };
  if (at.line === 0) yield line(header);
  for await (const { items, position } of walk(storage, part, begun.position)) {
    if (items.length === 0) continue;
    for (const item of items) {
      tally.add(item);
      yield line(lineOf(item));
    }
    yield line(lineOfMark(position));
    onProgress?.({ step: 'exporting', done: tally.total, total: counted.total });
  }
  const last = resumed ? await count(storage, request) : counted;
  for (const other of [counted, last])
    if (other.digest() !== tally.digest())
      throw new AsignioError(
        'ASIGNIO_STORAGE_CONFLICT',
        'The store was written to while it was exported: stop the processes that work on it, and export it again',
      );
  yield line(lineOfEnd(tally.records, tally.entries));
  key.fill(0);
  state.finished = true;
}
