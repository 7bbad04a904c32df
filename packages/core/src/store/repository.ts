import { AsignioError } from '@asignio/contracts';
import type { RecordIndex, RecordKind, StoragePlugin, StoredRecord, StoredValue, TenantId } from '@asignio/contracts';
import { checkFields } from '@asignio/policy';

/** A record with its value typed. */
export interface Typed<T> extends Omit<StoredRecord, 'value'> {
  readonly value: T;
}

/** How often a lost compare-and-set is tried again before the caller is told. */
const MAX_TRIES = 64;

/**
 * Typed access to one kind of record. All that two processes must agree on goes through {@link Repository.update}, a
 * compare-and-set that reads again when it loses.
 */
export class Repository<T> {
  private readonly storage: StoragePlugin;
  readonly kind: RecordKind;
  private readonly index: (value: T, id: string) => RecordIndex;
  private readonly read: (value: T) => T;

  /** @param read makes a value of the form of now of one that an earlier version wrote */
  constructor(
    storage: StoragePlugin,
    kind: RecordKind,
    index: (value: T, id: string) => RecordIndex,
    read: (value: T) => T = (value) => value,
  ) {
    this.storage = storage;
    this.kind = kind;
    this.index = index;
    this.read = read;
  }

  async get(tenant: TenantId, id: string): Promise<Typed<T> | undefined> {
    const record = await this.storage.get({ tenant, kind: this.kind, id });
    return record === undefined ? undefined : this.typed(record);
  }

  /** @throws AsignioError `ASIGNIO_STORAGE_CONFLICT` when the id is taken. */
  async insert(tenant: TenantId, id: string, value: T): Promise<Typed<T>> {
    checkFields(this.kind, value as object);
    return (await this.storage.insert(
      { tenant, kind: this.kind, id },
      value as StoredValue,
      this.index(value, id),
    )) as Typed<T>;
  }

  /** Inserts, or returns what is there: for steps that may be done again. */
  async insertOnce(tenant: TenantId, id: string, value: T): Promise<Typed<T>> {
    try {
      return await this.insert(tenant, id, value);
    } catch (error) {
      if (!isConflict(error)) throw error;
      const existing = await this.get(tenant, id);
      if (existing === undefined) throw error;
      return existing;
    }
  }

  async replace(record: Typed<T>, value: T): Promise<Typed<T>> {
    const { tenant, kind, id } = record;
    checkFields(kind, value as object);
    return (await this.storage.replace(
      { tenant, kind, id },
      value as StoredValue,
      this.index(value, id),
      record.version,
    )) as Typed<T>;
  }

  /**
   * Reads, changes, writes if nothing moved meanwhile, else does it again. `change` returns `undefined` to leave the
   * record as it is, and throws to give up; it must be pure. Without a record it gets `undefined`, and what it returns is
   * inserted.
   */
  async update(
    tenant: TenantId,
    id: string,
    change: (value: T | undefined) => T | undefined,
  ): Promise<Typed<T> | undefined> {
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      const record = await this.get(tenant, id);
      const value = change(record?.value);
      if (value === undefined) return record;
      try {
        return record === undefined ? await this.insert(tenant, id, value) : await this.replace(record, value);
      } catch (error) {
        if (!isConflict(error)) throw error;
      }
    }
    throw new AsignioError('ASIGNIO_STORAGE_CONFLICT', `A ${this.kind} record is written to by too many at once`);
  }

  async remove(tenant: TenantId, id: string): Promise<boolean> {
    return this.storage.remove({ tenant, kind: this.kind, id });
  }

  /** Removes the record as it was read; `false` when it moved on or is gone, and stays as it is. */
  async removeRead({ tenant, kind, id, version }: Typed<T>): Promise<boolean> {
    try {
      return await this.storage.remove({ tenant, kind, id }, version);
    } catch (error) {
      if (!isConflict(error)) throw error;
      return false;
    }
  }

  /** All of one subject's records, in memory: there are few. */
  async ofSubject(tenant: TenantId, subject: string): Promise<readonly Typed<T>[]> {
    const records: Typed<T>[] = [];
    let after: string | undefined;
    do {
      const page = await this.storage.list({
        tenant,
        kind: this.kind,
        subject,
        limit: 1000,
        ...(after === undefined ? {} : { after }),
      });
      records.push(...page.records.map((record) => this.typed(record)));
      after = page.next;
    } while (after !== undefined);
    return records;
  }

  /** One page of all of a tenant's, or of those that are found by `subject`. */
  async page(
    tenant: TenantId,
    query: { readonly limit?: number; readonly after?: string; readonly subject?: string } = {},
  ): Promise<{ readonly records: readonly Typed<T>[]; readonly next?: string }> {
    const { records, next } = await this.storage.list({ tenant, kind: this.kind, ...query });
    return { records: records.map((record) => this.typed(record)), ...(next === undefined ? {} : { next }) };
  }

  /** One page of what is due, over all tenants, the longest due first. */
  async duePage(
    upTo: number,
    query: { readonly limit?: number; readonly after?: string } = {},
  ): Promise<{ readonly records: readonly Typed<T>[]; readonly next?: string }> {
    const { records, next } = await this.storage.listDue({ kind: this.kind, upTo, ...query });
    return { records: records.map((record) => this.typed(record)), ...(next === undefined ? {} : { next }) };
  }

  /** Walks what is due, page by page, never holding more than one page. */
  async *due(upTo: number): AsyncGenerator<Typed<T>> {
    let after: string | undefined;
    do {
      const page = await this.duePage(upTo, after === undefined ? {} : { after });
      yield* page.records;
      after = page.next;
    } while (after !== undefined);
  }

  private typed(record: StoredRecord): Typed<T> {
    return { ...record, value: this.read(record.value as T) };
  }
}

/** Whether an error is a lost compare-and-set. */
export function isConflict(error: unknown): boolean {
  return error instanceof AsignioError && error.code === 'ASIGNIO_STORAGE_CONFLICT';
}

/** Whether an error says that the store is gone. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof AsignioError && error.code === 'ASIGNIO_STORAGE_UNAVAILABLE';
}
