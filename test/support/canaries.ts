import { createReadStream, openSync, closeSync, readFileSync, readSync } from 'node:fs';
import type { KeyProvider, StoragePlugin, StoredRecord, StoredValue, TenantId } from '@asignio/contracts';
import { open, sealAad } from '@asignio/engine';

const PIECE = 1 << 22;

/** What a person's sealed data hold, by name: whoever has both store and keys can make this, and so can a test. */
export interface Secrets {
  readonly dataKey: Uint8Array;
  readonly template: Uint8Array;
  /** Of accepted probes. */
  readonly features: readonly Uint8Array[];
}

type Fields = { readonly [name: string]: StoredValue };

/** Opens the one reference of a tenant. */
export async function secretsOf(storage: StoragePlugin, keys: KeyProvider, tenant: TenantId): Promise<Secrets> {
  const [reference] = (await storage.list({ tenant, kind: 'reference' })).records;
  if (reference === undefined) throw new Error('Nobody is enrolled');
  const fields = reference.value as Fields;
  const record = await storage.get({ tenant, kind: 'key', id: fields['key'] as string });
  const dataKey = await unwrapped(keys, tenant, record);
  const openAs = (kind: 'reference' | 'probe', generation: StoredValue | undefined, sealed: StoredValue | undefined) =>
    open(
      {
        dataKey,
        aad: sealAad({
          tenant,
          subject: fields['subject'] as string,
          modality: 'signature',
          version: Number(generation),
          consent: fields['consent'] as string,
          kind,
        }),
      },
      sealed as Uint8Array,
    );
  const probes = (await storage.list({ tenant, kind: 'probe' })).records.map(({ value }) => value as Fields);
  return {
    dataKey,
    template: openAs('reference', fields['generation'], fields['sealed']),
    features: probes.map(({ generation, sealed }) => openAs('probe', generation, sealed)),
  };
}

async function unwrapped(keys: KeyProvider, tenant: TenantId, record: StoredRecord | undefined): Promise<Uint8Array> {
  if (record === undefined) throw new Error('There is no data key');
  const { wrapped, subject, modality, opens } = record.value as unknown as {
    readonly wrapped: { readonly keyId: string; readonly bytes: Uint8Array };
    readonly subject: string;
    readonly modality: string;
    readonly opens: readonly string[];
  };
  return keys.unwrap(tenant, wrapped, JSON.stringify(['asignio-key/2', record.id, subject, modality, ...opens]));
}

/** Stretches of so many bytes, from so many places, in each form that a careless copy would have. */
export function canariesOf(bytes: Uint8Array, length: number, places: number): Buffer[] {
  const whole = Buffer.from(bytes);
  const step = Math.max(length, Math.floor((whole.length - length) / places));
  const found: Buffer[] = [];
  for (let at = 0; at + length <= whole.length; at += step) {
    const stretch = whole.subarray(at, at + length);
    // What is the same in many places, as zeros are, tells nothing.
    if (new Set(stretch).size < length / 2) continue;
    // Base64 of bytes in the middle of others begins at one of three places.
    const texts = [stretch.toString('hex'), [...stretch].join(',')].concat(
      [0, 1, 2].map((skip) => stretch.subarray(skip, skip + length - 4 - ((length - 4) % 3)).toString('base64')),
    );
    found.push(stretch, ...texts.flatMap((text) => [Buffer.from(text), Buffer.from(text, 'utf16le')]));
  }
  if (found.length === 0) throw new Error('There is nothing to look for');
  return found;
}

/** Which of the canaries occur in a stream of bytes; nothing of it is kept. */
async function seen(chunks: AsyncIterable<Buffer> | Iterable<Buffer>, canaries: readonly Buffer[]): Promise<boolean> {
  const longest = Math.max(...canaries.map(({ length }) => length));
  let tail: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const window = Buffer.concat([tail, chunk]);
    if (canaries.some((canary) => window.includes(canary))) return true;
    tail = window.subarray(-longest);
  }
  return false;
}

/** Whether any of the canaries occurs in a file. */
export async function fileHolds(file: string, canaries: readonly Buffer[]): Promise<boolean> {
  return seen(createReadStream(file, { highWaterMark: PIECE }) as AsyncIterable<Buffer>, canaries);
}

/** Whether any of the canaries occurs in the memory that another process may write to: heaps, buffers, stacks of all threads. */
export async function memoryHolds(pid: number, canaries: readonly Buffer[]): Promise<boolean> {
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  try {
    for (const line of readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n')) {
      const [, from = '', to = ''] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? [];
      if (from !== '' && (await seen(region(memory, BigInt(`0x${from}`), BigInt(`0x${to}`)), canaries))) return true;
    }
    return false;
  } finally {
    closeSync(memory);
  }
}

function* region(memory: number, from: bigint, to: bigint): Generator<Buffer> {
  for (let at = from; at < to; at += BigInt(PIECE)) {
    const piece = Buffer.allocUnsafe(Math.min(PIECE, Number(to - at)));
    try {
      const read = readSync(memory, piece, 0, piece.length, at);
      yield piece.subarray(0, read);
    } catch {
      // A page that cannot be read by anybody.
      return;
    }
  }
}
