import { AsignioError } from '@asignio/contracts';
import type { Clock, EpochMs, StoragePlugin, TenantId } from '@asignio/contracts';
import { isConflict, Repository } from '../store/repository.ts';
import type { Typed } from '../store/repository.ts';
import type { RecordStep } from '../subject/destruction-steps.ts';
import type { SweepDuty } from '../sweep.ts';
import type { Vault } from '../vault.ts';
import type { Cabinet, CabinetKey, CabinetTerms, Json } from './api.ts';

/** What the store holds of a thing. */
export interface CabinetRecord {
  /** `thing`, or `owner`: which group is about a subject. */
  readonly type: 'thing' | 'owner';
  /** Keyed hash of the group (a thing), or the subject's pseudonym (an owner): the store finds it by this. */
  readonly found: string | null;
  /** An owner's group. */
  readonly group: string | null;
  readonly sealed: Uint8Array;
  readonly expiresAt: EpochMs | null;
}

const DRAWER = /^[a-z0-9][a-z0-9.-]{0,63}$/;
const MAX_NAME = 4096;
const MAX_BYTES = 256 * 1024;
const MAX_TRIES = 64;
/** For so much longer than asked for an owner is noted, ms: what is kept on and on, as a session is, has it noted once a day. */
const OWNED_BEYOND_MS = 86_400_000;
// Half of a surrogate pair has no UTF-8 form, so two names would become one.
const LONE_SURROGATE = /\p{Cs}/u;
const NOTHING = new Uint8Array(0);

export interface CabinetTools {
  readonly storage: StoragePlugin;
  readonly vault: Vault;
  readonly clock: Clock;
}

/** {@link Cabinet} over the store. */
export class CabinetService implements Cabinet {
  private readonly records: Repository<CabinetRecord>;
  private readonly vault: Vault;
  private readonly clock: Clock;
  /** Removes what has expired. */
  readonly duty: SweepDuty;
  /** R9: what was kept about a subject goes with the subject. */
  readonly step: RecordStep;

  constructor({ storage, vault, clock }: CabinetTools) {
    this.records = new Repository(storage, 'bridge', (value) => ({
      ...(value.found === null ? {} : { subject: value.found }),
      ...(value.expiresAt === null ? {} : { due: value.expiresAt }),
    }));
    this.vault = vault;
    this.clock = clock;
    this.duty = async (walk) => walk(this.records, async (record) => this.records.removeRead(record));
    this.step = {
      name: 'bridges',
      doomed: async ({ tenant, subject, whole }) => (whole ? this.records.ofSubject(tenant, subject) : []),
      remove: async (_, { tenant, subject }) => this.removeSubject(tenant, subject),
    };
  }

  async put(key: CabinetKey, value: Json, terms: CabinetTerms): Promise<void> {
    await this.putAll([{ key, value }], terms);
  }

  async putAll(
    things: readonly { readonly key: CabinetKey; readonly value: Json }[],
    terms: CabinetTerms,
  ): Promise<void> {
    const made = await Promise.all(
      things.map(async ({ key, value }) => {
        const id = await this.idOf(key);
        return { tenant: key.tenant, id, record: await this.recordOf(key, id, value, terms) };
      }),
    );
    // Of one tenant and group: one owner for all.
    const [first] = made;
    if (first !== undefined) await this.own(first.tenant, first.record, terms);
    await Promise.all(made.map(async ({ tenant, id, record }) => this.records.update(tenant, id, () => record)));
  }

  async add(key: CabinetKey, value: Json, terms: CabinetTerms): Promise<boolean> {
    const id = await this.idOf(key);
    const record = await this.recordOf(key, id, value, terms);
    await this.own(key.tenant, record, terms);
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      const there = await this.records.get(key.tenant, id);
      if (there !== undefined && !this.isOver(there)) return false;
      try {
        if (there === undefined) await this.records.insert(key.tenant, id, record);
        else await this.records.replace(there, record);
        return true;
      } catch (error) {
        if (!isConflict(error)) throw error;
      }
    }
    throw new AsignioError('ASIGNIO_STORAGE_CONFLICT', 'One thing is kept by too many at once');
  }

  async get(key: CabinetKey): Promise<Json | undefined> {
    const record = await this.find(key);
    return record === undefined ? undefined : this.open(key.tenant, record);
  }

  async change(key: CabinetKey, change: (value: Json) => Json | undefined): Promise<Json | undefined> {
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      const record = await this.find(key);
      if (record === undefined) return undefined;
      const value = await this.open(key.tenant, record);
      const changed = change(value);
      if (changed === undefined) return value;
      try {
        const sealed = await this.seal(key.tenant, record.id, changed);
        await this.records.replace(record, { ...record.value, sealed });
        return changed;
      } catch (error) {
        if (!isConflict(error)) throw error;
      }
    }
    throw new AsignioError('ASIGNIO_STORAGE_CONFLICT', 'One thing is changed by too many at once');
  }

  async take(key: CabinetKey): Promise<Json | undefined> {
    const record = await this.find(key);
    if (record === undefined) return undefined;
    const value = await this.open(key.tenant, record);
    return (await this.records.removeRead(record)) ? value : undefined;
  }

  async remove(key: CabinetKey): Promise<boolean> {
    return this.records.remove(key.tenant, await this.idOf(key));
  }

  async removeGroup(tenant: TenantId, group: string): Promise<void> {
    await this.removeFound(tenant, await this.groupOf(tenant, group));
  }

  /** R9: everything that was kept with a group that is about the subject. */
  async removeSubject(tenant: TenantId, pseudonym: string): Promise<number> {
    let removed = 0;
    for (const owner of await this.records.ofSubject(tenant, pseudonym)) {
      if (owner.value.group !== null) removed += await this.removeFound(tenant, owner.value.group);
      if (await this.records.removeRead(owner)) removed++;
    }
    return removed;
  }

  private async removeFound(tenant: TenantId, found: string): Promise<number> {
    let removed = 0;
    for (const { id } of await this.records.ofSubject(tenant, found))
      if (await this.records.remove(tenant, id)) removed++;
    return removed;
  }

  private async find(key: CabinetKey): Promise<Typed<CabinetRecord> | undefined> {
    const record = await this.records.get(key.tenant, await this.idOf(key));
    return record === undefined || this.isOver(record) ? undefined : record;
  }

  private isOver({ value }: Typed<CabinetRecord>): boolean {
    // Asked the other way round, a clock that gives no time would end nothing.
    return value.expiresAt !== null && !(this.clock.now() < value.expiresAt);
  }

  /** Noted before the thing itself: an erasure in between finds a group with nothing in it, never a thing without owner. */
  private async own(tenant: TenantId, record: CabinetRecord, { subject, expiresAt }: CabinetTerms): Promise<void> {
    const { found: group } = record;
    if (subject === undefined || group === null) return;
    const found = await this.vault.pseudonym(tenant, subject);
    await this.records.update(tenant, `owner.${group}`, (owner) =>
      owner !== undefined && owner.found === found && outlasts(owner.expiresAt, expiresAt)
        ? undefined
        : { type: 'owner', found, group, sealed: NOTHING, expiresAt: beyond(expiresAt) },
    );
  }

  private async recordOf(key: CabinetKey, id: string, value: Json, terms: CabinetTerms): Promise<CabinetRecord> {
    const { expiresAt, group, subject } = terms;
    if (expiresAt !== null && !Number.isSafeInteger(expiresAt))
      throw invalid('expiresAt is ms since the epoch, or null');
    if (subject !== undefined && group === undefined) throw invalid('what is about a subject is of a group');
    return {
      type: 'thing',
      found: group === undefined ? null : await this.groupOf(key.tenant, group),
      group: null,
      sealed: await this.seal(key.tenant, id, value),
      expiresAt,
    };
  }

  private async seal(tenant: TenantId, id: string, value: Json): Promise<Uint8Array> {
    const text = JSON.stringify(value) as string | undefined;
    const plain = Buffer.from(text ?? '', 'utf8');
    if (text === undefined || plain.length > MAX_BYTES) throw invalid(`a value is JSON of at most ${MAX_BYTES} bytes`);
    return this.vault.sealRecord(tenant, `cabinet|${id}`, plain);
  }

  private async open(tenant: TenantId, { id, value }: Typed<CabinetRecord>): Promise<Json> {
    const plain = await this.vault.openRecord(tenant, `cabinet|${id}`, value.sealed);
    return JSON.parse(Buffer.from(plain).toString('utf8')) as Json;
  }

  private async idOf({ tenant, drawer, id }: CabinetKey): Promise<string> {
    if (!DRAWER.test(drawer)) throw invalid('a drawer is named by 1-64 characters of a-z 0-9 . -');
    return `thing.${await this.hash(tenant, drawer, id)}`;
  }

  private async groupOf(tenant: TenantId, group: string): Promise<string> {
    return `group.${await this.hash(tenant, 'group', group)}`;
  }

  private async hash(tenant: TenantId, drawer: string, name: string): Promise<string> {
    if (typeof name !== 'string' || name.length === 0 || name.length > MAX_NAME || LONE_SURROGATE.test(name))
      throw invalid(`an id or a group is well-formed text of 1-${MAX_NAME} characters`);
    return this.vault.nameHash(tenant, `${drawer}|${name}`);
  }
}

function beyond(expiresAt: EpochMs | null): EpochMs | null {
  return expiresAt === null ? null : expiresAt + OWNED_BEYOND_MS;
}

function outlasts(a: EpochMs | null, b: EpochMs | null): boolean {
  return a === null || (b !== null && a >= b);
}

function invalid(detail: string): AsignioError {
  return new AsignioError('ASIGNIO_REQUEST_INVALID', `The cabinet: ${detail}`);
}
