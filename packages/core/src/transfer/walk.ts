import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { SYSTEM_TENANT } from '@asignio/contracts';
import type { RecordKind, StoragePlugin, TenantId } from '@asignio/contracts';
import { isStamp } from '../store/migrations/stamp.ts';
import type { ExportPart } from './api.ts';
import { kindsOf, nameOf } from './lines.ts';
import type { Item, Position } from './lines.ts';

const PAGE = 200;
const TENANTS = 100;

/** A page of a walk, and where it goes on. */
export interface Step {
  readonly items: readonly Item[];
  readonly position: Position;
}

/** All that a part holds, tenant by tenant, in an order that is always the same, never more than a page at once. */
export async function* walk(storage: StoragePlugin, part: ExportPart, from?: Position): AsyncGenerator<Step> {
  if (from !== undefined) yield* walkTenant(storage, part, from.tenant, from);
  let after = from?.tenant;
  for (;;) {
    const tenants = await storage.listTenants(after, TENANTS);
    for (const tenant of tenants) yield* walkTenant(storage, part, tenant);
    after = tenants.at(-1);
    if (tenants.length < TENANTS || after === undefined) return;
  }
}

async function* walkTenant(
  storage: StoragePlugin,
  part: ExportPart,
  tenant: TenantId,
  from?: Position,
): AsyncGenerator<Step> {
  const kinds = kindsOf(part).map((kind) => ['kind', kind] as const);
  const logs = part === 'keys' ? [] : [...(await storage.listLogs(tenant))].sort().map((log) => ['log', log] as const);
  const places = [...kinds, ...logs];
  const [type, name] = from?.place ?? [];
  const begun = places.findIndex((place) => place[0] === type && place[1] === name);
  for (const [index, place] of places.entries()) {
    if (index < begun || (index === begun && from?.done === true)) continue;
    const after = index === begun ? (from?.after ?? null) : null;
    if (place[0] === 'kind') yield* records(storage, tenant, place[1], after);
    else yield* entries(storage, tenant, place[1], after);
  }
}

async function* records(
  storage: StoragePlugin,
  tenant: TenantId,
  kind: RecordKind,
  from: Position['after'],
): AsyncGenerator<Step> {
  for (let after = from; ;) {
    const page = await storage.list({
      tenant,
      kind,
      limit: PAGE,
      ...(after === null ? {} : { after: String(after) }),
    });
    const items = page.records
      .filter((record) => !(tenant === SYSTEM_TENANT && isStamp(record)))
      .map((record) => ({ type: 'record', record }) as const);
    after = page.next ?? null;
    yield { items, position: { tenant, place: ['kind', kind], after, done: after === null } };
    if (after === null) return;
  }
}

async function* entries(
  storage: StoragePlugin,
  tenant: TenantId,
  log: string,
  from: Position['after'],
): AsyncGenerator<Step> {
  for (let next = Number(from ?? 1); ;) {
    const page = await storage.readLog(tenant, log, next, PAGE);
    const items = page.map((entry) => ({ type: 'entry', tenant, log, entry }) as const);
    next += page.length;
    const done = page.length < PAGE;
    yield { items, position: { tenant, place: ['log', log], after: next, done } };
    if (done) return;
  }
}

/** Counts items, and tells two walks apart that did not find the same. */
export class Tally {
  records = 0;
  entries = 0;
  tenants = 0;
  private last: unknown;
  private readonly hash: Hash = createHash('sha256');

  add(item: Item): void {
    this.addNamed(item.type, nameOf(item));
  }

  addNamed(type: Item['type'], name: readonly unknown[]): void {
    if (type === 'entry') this.entries++;
    else this.records++;
    // A walk goes from one tenant to the next.
    if (name[0] !== this.last) this.tenants++;
    [this.last] = name;
    this.hash.update(`${JSON.stringify([type, ...name])}\n`);
  }

  get total(): number {
    return this.records + this.entries;
  }

  /** So far. */
  digest(): string {
    return this.hash.copy().digest('base64url');
  }
}
