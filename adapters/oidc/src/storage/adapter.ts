import type { SubjectId, TenantId } from '@asignio/contracts';
import type { Cabinet, CabinetKey, Json } from '@asignio/core';
import { errors } from 'oidc-provider';
import type { Adapter, AdapterPayload } from 'oidc-provider';

/** What {@link storageAdapter} stands on. */
export interface StorageTools {
  readonly cabinet: Cabinet;
  readonly tenant: TenantId;
  readonly now: () => number;
}

type Payload = Readonly<Record<string, Json>>;

const LONE_SURROGATE = /\p{Cs}/u;

/** Found by a second name: which drawer holds the way to it. */
const BY_UID = 'oidc.session-uid';

/**
 * oidc-provider's storage over the cabinet: sealed, named by keyed hashes (who reads the store can present nothing), the
 * same to every process, swept when it expires, gone with the person whom it is about.
 *
 * Stricter than the interface asks: of two who redeem a code, a refresh token or a pushed request in the same moment one
 * succeeds, whichever processes they reach.
 */
export function storageAdapter(tools: StorageTools): (model: string) => Adapter {
  return (model) => new CabinetAdapter(model, tools);
}

class CabinetAdapter implements Adapter {
  private readonly model: string;
  private readonly tools: StorageTools;

  constructor(model: string, tools: StorageTools) {
    this.model = model;
    this.tools = tools;
  }

  async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    const { cabinet, now, tenant } = this.tools;
    const expiresAt = expiresIn === undefined ? null : now() + expiresIn * 1000;
    const group = groupOf(payload);
    const { accountId } = payload;
    const terms = {
      expiresAt,
      ...(group === undefined ? {} : { group }),
      ...(group === undefined || accountId === undefined ? {} : { subject: accountId as SubjectId }),
    };
    const value = JSON.parse(JSON.stringify(payload)) as Json;
    if (this.model === 'ReplayDetection') {
      // Looked for before; whoever comes second in the same moment finds it here.
      if (!(await cabinet.add(this.key(id), value, terms))) throw new errors.InvalidClientAuth('assertion was used');
      return;
    }
    const uid = this.model === 'Session' && typeof payload['uid'] === 'string' ? payload['uid'] : undefined;
    const alias = uid === undefined ? [] : [{ key: { tenant, drawer: BY_UID, id: uid }, value: id }];
    await cabinet.putAll([{ key: this.key(id), value }, ...alias], terms);
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    // The cabinet takes no longer names; nothing is kept under one.
    if (id.length === 0 || id.length > 4096 || LONE_SURROGATE.test(id)) return undefined;
    return (await this.tools.cabinet.get(this.key(id))) as AdapterPayload | undefined;
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    const id = await this.tools.cabinet.get({ tenant: this.tools.tenant, drawer: BY_UID, id: uid });
    return typeof id === 'string' ? this.find(id) : undefined;
  }

  /** No device flow, so no codes that people type. */
  async findByUserCode(): Promise<undefined> {
    return undefined;
  }

  async consume(id: string): Promise<void> {
    const at = Math.floor(this.tools.now() / 1000);
    let group: string | undefined;
    let won = false;
    await this.tools.cabinet.change(this.key(id), (value) => {
      const payload = value as Payload;
      won = payload['consumed'] === undefined;
      group = typeof payload['grantId'] === 'string' ? payload['grantId'] : undefined;
      return won ? { ...payload, consumed: at } : undefined;
    });
    if (won) return;
    // Used twice in one moment: one of the two stole it, so what came of it ends (RFC 6749, section 4.1.2).
    if (group !== undefined) await this.revokeByGrantId(group);
    throw new errors.InvalidGrant('already consumed');
  }

  async destroy(id: string): Promise<void> {
    await this.tools.cabinet.remove(this.key(id));
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    await this.tools.cabinet.removeGroup(this.tools.tenant, grantGroup(grantId));
  }

  private key(id: string): CabinetKey {
    const drawer = `oidc.${this.model.replaceAll(/(?<=[a-z])[A-Z]/g, '-$&').toLowerCase()}`;
    return { tenant: this.tools.tenant, drawer, id };
  }
}

/** What goes together: all of one grant, or all of one sign-in. */
function groupOf(payload: AdapterPayload): string | undefined {
  if (payload.kind === 'Grant' && payload.jti !== undefined) return grantGroup(payload.jti);
  if (payload.grantId !== undefined && payload.kind !== 'Interaction') return grantGroup(payload.grantId);
  if (payload.kind === 'Session' && typeof payload['uid'] === 'string') return `oidc.session ${payload['uid']}`;
  // Not of a grant yet, but about somebody: a request that waits for their phone.
  return payload.accountId === undefined || payload.jti === undefined ? undefined : `oidc.thing ${payload.jti}`;
}

function grantGroup(grantId: string): string {
  return `oidc.grant ${grantId}`;
}
