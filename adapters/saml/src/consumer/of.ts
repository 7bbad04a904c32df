import type { Clock, TenantId } from '@asignio/contracts';
import type { AsignioCore } from '@asignio/core';
import type { ReadingKeys } from '../keys/reading.ts';
import type { Recent } from '../keys/recent.ts';
import type { ConsumerRole } from '../metadata/write-service-provider.ts';
import type { FirstFactor } from '../options/own.ts';
import { consumerUrl, upstreamLogoutUrl } from '../provider/tools.ts';
import { Upstream } from './upstream.ts';

/** Who asks an identity provider for the first factor. */
export interface Asking {
  readonly tenant: TenantId;
  readonly entityId: string;
  readonly origin: string;
  readonly path: string;
  readonly clock: Clock;
  readonly clockTolerance: number;
  /** Seconds. */
  readonly lifetimes: { readonly visit: number; readonly request: number; readonly session: number };
  readonly firstFactor: FirstFactor;
}

export function upstreamOf(
  { cabinet }: Pick<AsignioCore, 'cabinet'>,
  asking: Asking,
  keys: Recent<ReadingKeys>,
): Upstream {
  const { firstFactor, tenant, entityId, clock, clockTolerance, lifetimes } = asking;
  return new Upstream({
    cabinet,
    tenant,
    firstFactor,
    entityId,
    consumer: consumerUrl(asking),
    skew: clockTolerance * 1000,
    lifetime: lifetimes.visit * 1000,
    logout: upstreamLogoutUrl(asking),
    freshness: lifetimes.request * 1000,
    longestSession: lifetimes.session * 1000,
    decryption: async () =>
      firstFactor.encryption === undefined
        ? undefined
        : { keys: (await keys.current()).privateKeys, ...firstFactor.encryption },
    now: () => clock.now(),
  });
}

/** What it is told of us. */
export async function consumerRole(
  place: Pick<Asking, 'origin' | 'path'>,
  { encryption }: FirstFactor,
  keys: Recent<ReadingKeys>,
  takesLogouts: boolean,
): Promise<ConsumerRole> {
  return {
    location: consumerUrl(place),
    logout: takesLogouts ? upstreamLogoutUrl(place) : undefined,
    encryption:
      encryption === undefined ? undefined : { certificate: (await keys.current()).published, cbc: encryption.cbc },
  };
}
