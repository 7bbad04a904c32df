import type { TenantId } from '@asignio/contracts';
import type { AsignioCore } from '@asignio/core';
import { Keyring } from './keyring.ts';
import type { Keys } from './keyring.ts';
import { ReadingKeyring } from './reading.ts';
import type { ReadingKeys } from './reading.ts';
import { Recent } from './recent.ts';
import type { KeyringTools } from './ring.ts';

/** The keys of an entity of ours. */
export interface OwnKeys {
  /** What it signs with. */
  readonly signing: Recent<Keys>;
  /** What others encrypt for. */
  readonly reading: Recent<ReadingKeys>;
}

export function ownKeys(
  { cabinet }: Pick<AsignioCore, 'cabinet'>,
  settings: {
    readonly tenant: TenantId;
    readonly entityId: string;
    readonly clock: { now(): number };
    readonly keys: Pick<KeyringTools, 'publishBefore' | 'keepAfter' | 'certificateLifetime'>;
  },
): OwnKeys {
  const { tenant, entityId, clock, keys } = settings;
  const now = (): number => clock.now();
  const tools = { cabinet, tenant, entityId, now, ...keys };
  return { signing: new Recent(new Keyring(tools), now), reading: new Recent(new ReadingKeyring(tools), now) };
}
