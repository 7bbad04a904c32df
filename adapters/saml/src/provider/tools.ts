import type { AsignioCore } from '@asignio/core';
import type { Keys } from '../keys/keyring.ts';
import type { ReadingKeys } from '../keys/reading.ts';
import type { Upstream } from '../consumer/upstream.ts';
import type { Settings } from '../options.ts';
import type { Pages } from '../pages/pages.ts';
import type { Consents } from './consents.ts';
import type { Cookies } from './cookies.ts';
import type { Sessions } from './sessions.ts';
import type { Visits } from './visits.ts';

/** What the identity provider's routes stand on. */
export interface ProviderTools {
  readonly core: AsignioCore;
  readonly settings: Settings;
  readonly visits: Visits;
  readonly sessions: Sessions;
  readonly consents: Consents;
  readonly cookies: Cookies;
  readonly pages: Pages;
  /** The first factor's identity provider, if there is one. */
  readonly upstream: Upstream | undefined;
  /** The keys of now. */
  keys(): Promise<Keys>;
  /** The keys of now that others encrypt for. */
  readingKeys(): Promise<ReadingKeys>;
}

/** Where answers of the first factor come. */
export function consumerUrl({ origin, path }: Pick<Settings, 'origin' | 'path'>): string {
  return `${origin}${path}/acs`;
}

/** Where messages about a sign-out go, by either binding. */
export function logoutUrl({ origin, path }: Pick<Settings, 'origin' | 'path'>): string {
  return `${origin}${path}/slo`;
}

/** Where the first factor's identity provider sends messages about a sign-out, by either binding. */
export function upstreamLogoutUrl({ origin, path }: Pick<Settings, 'origin' | 'path'>): string {
  return `${origin}${path}/acs/slo`;
}

/** Where requests go, by either binding. */
export function signOnUrl({ origin, path }: Pick<Settings, 'origin' | 'path'>): string {
  return `${origin}${path}/sso`;
}
