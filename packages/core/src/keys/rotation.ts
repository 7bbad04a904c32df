import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { AsignioError, SYSTEM_TENANT } from '@asignio/contracts';
import type { Clock, KeyProvider, StoragePlugin, TenantId, WrappedKey } from '@asignio/contracts';
import type { AuditChain } from '../audit/chain.ts';
import { holdLease } from '../store/lease.ts';
import type { HeldLease } from '../store/lease.ts';
import type { KeyRecord, Repositories } from '../store/records.ts';
import { isConflict } from '../store/repository.ts';
import type { Typed } from '../store/repository.ts';
import { tenantsOf } from '../store/tenants.ts';
import type { RotationReport, RotationRequest, TenantRotation } from './api.ts';
import { keyBinding } from './binding.ts';
import { ROTATION_ID } from './records.ts';
import type { KeyCareRecords, RotationRecord } from './records.ts';

const LEASE = 'key-rotation';
const LEASE_MS = 60_000;
const PAGE = 200;
const GRACE_MS = 60_000;
/** Longest single wait, ms: the lease is renewed in between. */
const WAIT_MS = 5000;
/** Each pass after the first wraps what other processes had under way. */
const MAX_PASSES = 20;

export interface RotationTools {
  readonly storage: StoragePlugin;
  readonly keys: KeyProvider;
  readonly repositories: Repositories;
  readonly records: KeyCareRecords;
  readonly audit: AuditChain;
  readonly clock: Clock;
}

/** What one run carries along. */
interface Run {
  readonly lease: HeldLease;
  readonly request: RotationRequest;
  readonly total: number;
  done: number;
  resumed: boolean;
  readonly unreadable: Map<TenantId, Set<string>>;
}

/** A tenant of which nothing that opens is left under an older key. */
interface Settled {
  readonly tenant: TenantId;
  readonly to: string;
  /** `undefined` where there was nothing to rotate. */
  readonly rotation: RotationRecord | undefined;
  readonly unreadable: number;
}

/**
 * Rotates the keys that wrap data keys, while all processes go on: they read what older keys wrapped, and wrap with the
 * newest. Every step is written down before the next one, so a rotation that stops half way is taken up where it was. The
 * older keys go last, when nothing is left under them and whoever had wrapped with one has long stored it.
 */
export class KeyRotation {
  private readonly tools: RotationTools;

  constructor(tools: RotationTools) {
    this.tools = tools;
  }

  async run(request: RotationRequest): Promise<RotationReport> {
    const { storage, keys } = this.tools;
    if (keys.versions === undefined)
      throw new AsignioError('ASIGNIO_KEY_UNAVAILABLE', 'This key provider has one key a tenant, and cannot rotate it');
    const lease = await holdLease(storage, LEASE, LEASE_MS);
    if (lease === undefined)
      throw new AsignioError(
        'ASIGNIO_STORAGE_CONFLICT',
        'Another process is rotating keys; it goes on where this one would',
      );
    try {
      const run: Run = {
        lease,
        request,
        total: await this.count(request),
        done: 0,
        resumed: false,
        unreadable: new Map(),
      };
      return request.tenant === undefined ? await this.all(run) : await this.one(run, request.tenant);
    } finally {
      await lease.release();
    }
  }

  private async one(run: Run, tenant: TenantId): Promise<RotationReport> {
    const wrapped = await this.wrapAll(run, tenant, null);
    await this.wait(run, wrapped.rotatedAt ?? 0);
    const settled = await this.settle(run, tenant);
    if (this.mayRetire(run, settled)) await this.retire(run, tenant, settled);
    return { tenants: [await this.conclude(run, settled, this.mayRetire(run, settled))], resumed: run.resumed };
  }

  private async all(run: Run): Promise<RotationReport> {
    const { keys, records, clock } = this.tools;
    const whole = await this.begin(run, SYSTEM_TENANT, null);
    let common = whole.to;
    if (keys.rotateCommon !== undefined && common === null) {
      common = await keys.rotateCommon();
      await this.save(SYSTEM_TENANT, { ...whole, state: 'wrapping', to: common, rotatedAt: clock.now() });
    }
    for await (const tenant of this.tenants()) await this.wrapAll(run, tenant, common);
    // Whichever came last: all were made before now.
    await this.wait(run, clock.now());
    const settled: Settled[] = [];
    for await (const tenant of this.tenants()) settled.push(await this.settle(run, tenant));
    const shared = settled.filter(({ to }) => to === common);
    const goes = shared.every((one) => this.mayRetire(run, one));
    if (common !== null && goes) await keys.retireCommon?.(common);
    const tenants: TenantRotation[] = [];
    for (const one of settled) {
      const retires = this.mayRetire(run, one) && (goes || one.to !== common);
      if (retires && one.to !== common) await this.retire(run, one.tenant, one);
      tenants.push(await this.conclude(run, one, retires));
    }
    await records.rotations.update(SYSTEM_TENANT, ROTATION_ID, (value) =>
      value === undefined ? undefined : { ...value, state: 'done', after: null },
    );
    return { tenants, resumed: run.resumed };
  }

  /** Takes up the rotation that stopped half way, or writes down that one begins. */
  private async begin(run: Run, tenant: TenantId, from: string | null): Promise<RotationRecord> {
    const { records, clock } = this.tools;
    const fresh: RotationRecord = {
      id: randomUUID(),
      state: 'begun',
      from,
      to: null,
      startedAt: clock.now(),
      rotatedAt: null,
      after: null,
      batches: 0,
      wrapped: 0,
    };
    const record = await records.rotations.update(tenant, ROTATION_ID, (value) =>
      value === undefined || value.state === 'done' ? fresh : undefined,
    );
    const value = record?.value ?? fresh;
    if (value.id !== fresh.id) run.resumed = true;
    return value;
  }

  /** Makes the newer key, and wraps with it all that there is. */
  private async wrapAll(run: Run, tenant: TenantId, common: string | null): Promise<RotationRecord> {
    let rotation = await this.begin(run, tenant, await this.newest(tenant));
    if (rotation.state === 'begun') rotation = await this.renew(tenant, rotation, common);
    if (rotation.state === 'wrapping') {
      await this.announce(tenant, rotation);
      rotation = await this.pass(run, tenant, rotation);
      rotation = await this.save(tenant, { ...rotation, state: 'wrapped', after: null });
    }
    return rotation;
  }

  /** A newer key, unless there is one since the rotation began: by a run that stopped here, or as the one in common. */
  private async renew(tenant: TenantId, rotation: RotationRecord, common: string | null): Promise<RotationRecord> {
    const { keys, clock } = this.tools;
    const newest = await this.newest(tenant);
    const isRenewed = newest !== null && (newest !== rotation.from || newest === common);
    const to = isRenewed || keys.rotate === undefined ? newest : await keys.rotate(tenant);
    if (to === null) throw new AsignioError('ASIGNIO_KEY_UNAVAILABLE', 'The key provider has no key of this tenant');
    return this.save(tenant, { ...rotation, state: 'wrapping', to, rotatedAt: clock.now() });
  }

  /** A last look: until a pass finds nothing that is not under the newest key. */
  private async settle(run: Run, tenant: TenantId): Promise<Settled> {
    const found = await this.tools.records.rotations.get(tenant, ROTATION_ID);
    // One that came up while this ran has the newest key already.
    if (found === undefined || found.value.to === null || found.value.state === 'done') {
      const newest = (await this.newest(tenant)) ?? '';
      return { tenant, to: newest, rotation: undefined, unreadable: 0 };
    }
    let rotation = found.value;
    for (let pass = 0; ; pass++) {
      const before = rotation.wrapped;
      rotation = await this.pass(run, tenant, rotation);
      if (rotation.wrapped === before) break;
      if (pass >= MAX_PASSES)
        throw new AsignioError('ASIGNIO_STORAGE_CONFLICT', 'Other processes still wrap with an older key');
    }
    return { tenant, to: found.value.to, rotation, unreadable: run.unreadable.get(tenant)?.size ?? 0 };
  }

  /** Whether the older keys may go: nothing that opens is left under them. */
  private mayRetire(run: Run, { unreadable }: Settled): boolean {
    return this.tools.keys.retire !== undefined && (unreadable === 0 || run.request.force === true);
  }

  private async retire(run: Run, tenant: TenantId, { to }: Settled): Promise<void> {
    await run.lease.renew();
    await this.tools.keys.retire?.(tenant, to);
  }

  /** What became of it goes on record. */
  private async conclude(run: Run, settled: Settled, retired: boolean): Promise<TenantRotation> {
    const { audit, clock } = this.tools;
    const { tenant, to, rotation, unreadable } = settled;
    if (rotation === undefined) return { tenant, from: to, to, wrapped: 0, unreadable, retired };
    await run.lease.renew();
    await audit.append(tenant, {
      id: `key-rotation:${rotation.id}:done`,
      event: 'key.rotated',
      subject: null,
      at: clock.now(),
      data: { what: 'wrapping', step: retired ? 'retired' : 'wrapped', to, keys: rotation.wrapped, unreadable },
    });
    await this.save(tenant, { ...rotation, state: 'done', after: null });
    return { tenant, from: rotation.from, to, wrapped: rotation.wrapped, unreadable, retired };
  }

  /** Wraps anew all data keys from the cursor on that are not under the newest key. */
  private async pass(run: Run, tenant: TenantId, begun: RotationRecord): Promise<RotationRecord> {
    const { storage } = this.tools;
    let rotation = begun;
    for (;;) {
      await run.lease.renew();
      const page = await storage.list({
        tenant,
        kind: 'key',
        limit: PAGE,
        ...(rotation.after === null ? {} : { after: rotation.after }),
      });
      let wrapped = 0;
      for (const record of page.records as unknown as readonly Typed<KeyRecord>[]) {
        if (await this.wrapOne(run, record, rotation.to ?? '')) wrapped++;
        run.done++;
      }
      rotation = await this.note(tenant, rotation, wrapped, page.next);
      run.request.onProgress?.({ done: Math.min(run.done, run.total), total: run.total, waiting: false });
      if (page.next === undefined) return rotation;
    }
  }

  /** What was wrapped goes on record before the cursor moves. */
  private async note(
    tenant: TenantId,
    rotation: RotationRecord,
    wrapped: number,
    next: string | undefined,
  ): Promise<RotationRecord> {
    const { audit, clock } = this.tools;
    if (wrapped > 0)
      await audit.append(tenant, {
        id: `key-rotation:${rotation.id}:batch:${rotation.batches}`,
        event: 'key.wrapped',
        subject: null,
        at: clock.now(),
        data: { keys: wrapped, under: rotation.to },
      });
    if (wrapped === 0 && next === undefined && rotation.after === null) return rotation;
    return this.save(tenant, {
      ...rotation,
      after: next ?? null,
      batches: rotation.batches + (wrapped > 0 ? 1 : 0),
      wrapped: rotation.wrapped + wrapped,
    });
  }

  /** @returns whether it was wrapped anew. One that was destroyed meanwhile stays destroyed. */
  private async wrapOne(run: Run, listed: Typed<KeyRecord>, to: string): Promise<boolean> {
    const { repositories } = this.tools;
    let record: Typed<KeyRecord> | undefined = listed;
    while (record !== undefined && record.value.wrapped.keyId !== to) {
      let wrapped: WrappedKey;
      try {
        wrapped = await this.rewrap(record);
      } catch (error) {
        if (!isRefused(error)) throw error;
        const unreadable = run.unreadable.get(record.tenant) ?? new Set();
        run.unreadable.set(record.tenant, unreadable.add(record.id));
        return false;
      }
      try {
        await repositories.keys.replace(record, { ...record.value, wrapped });
        return true;
      } catch (error) {
        if (!isConflict(error)) throw error;
        record = await repositories.keys.get(record.tenant, record.id);
      }
    }
    return false;
  }

  private async rewrap({ tenant, id, value }: Typed<KeyRecord>): Promise<WrappedKey> {
    const { keys } = this.tools;
    const binding = keyBinding(id, value);
    if (keys.rewrap !== undefined) return keys.rewrap(tenant, value.wrapped, binding);
    const dataKey = await keys.unwrap(tenant, value.wrapped, binding);
    try {
      return await keys.wrap(tenant, dataKey, binding);
    } finally {
      dataKey.fill(0);
    }
  }

  private async announce(tenant: TenantId, { id, from, to, rotatedAt }: RotationRecord): Promise<void> {
    await this.tools.audit.append(tenant, {
      id: `key-rotation:${id}:begun`,
      event: 'key.rotated',
      subject: null,
      at: rotatedAt ?? 0,
      data: { what: 'wrapping', step: 'begun', from, to },
    });
  }

  /** Until whoever wrapped with an older key, a moment before there was a newer one, has stored it. */
  private async wait(run: Run, rotatedAt: number): Promise<void> {
    const { clock, keys } = this.tools;
    const until = rotatedAt + (keys.retire === undefined ? 0 : (run.request.graceMs ?? GRACE_MS));
    for (let left = until - clock.now(); left > 0; left = until - clock.now()) {
      run.request.onProgress?.({ done: run.total, total: run.total, waiting: true });
      await delay(Math.min(left, WAIT_MS));
      await run.lease.renew();
    }
  }

  private async newest(tenant: TenantId): Promise<string | null> {
    return (await this.tools.keys.versions?.(tenant))?.at(-1)?.keyId ?? null;
  }

  private async save(tenant: TenantId, rotation: RotationRecord): Promise<RotationRecord> {
    await this.tools.records.rotations.update(tenant, ROTATION_ID, () => rotation);
    return rotation;
  }

  private async count({ tenant }: RotationRequest): Promise<number> {
    let total = 0;
    for await (const one of tenant === undefined ? this.tenants() : [tenant])
      for await (const page of this.keyPages(one)) total += page;
    return total;
  }

  private async *keyPages(tenant: TenantId): AsyncGenerator<number> {
    let after: string | undefined;
    do {
      const page = await this.tools.storage.list({
        tenant,
        kind: 'key',
        limit: 1000,
        ...(after === undefined ? {} : { after }),
      });
      yield page.records.length;
      after = page.next;
    } while (after !== undefined);
  }

  /** Tenants that have data keys. */
  private async *tenants(): AsyncGenerator<TenantId> {
    const { storage } = this.tools;
    for await (const tenant of tenantsOf(storage))
      if ((await storage.list({ tenant, kind: 'key', limit: 1 })).records.length > 0) yield tenant;
  }
}

function isRefused(error: unknown): boolean {
  return error instanceof AsignioError && error.code === 'ASIGNIO_KEY_REFUSED';
}
