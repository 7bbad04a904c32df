import type { AsignioCore, AssuranceLevels, Cabinet, Json } from '@asignio/core';
import { Provider } from 'oidc-provider';
import { Keyring } from './keys/keyring.ts';
import { settingsOf } from './options.ts';
import type { OidcBridgeOptions } from './options.ts';
import { checkClients } from './provider/clients.ts';
import { configurationOf } from './provider/configuration.ts';
import { partsOf } from './provider/parts.ts';
import { issuerOf } from './provider/running.ts';

/** What options of a bridge come to. */
export interface OidcInspection {
  readonly issuer: string;
  readonly clients: number;
  /** Where the metadata are that relying parties begin with. */
  readonly discovery: readonly string[];
  /** Where Microsoft Entra's own metadata are read from. */
  readonly entra?: string;
}

const DISCOVERY = '.well-known/openid-configuration';

/**
 * Checks the options of a bridge as its start does, without a system: for a command that looks before one starts.
 * @throws AsignioError `ASIGNIO_OPTION_INVALID`, naming the option and never its value.
 * @example
 * ```ts
 * await inspectOidcOptions(options, { profiles: DEFAULT_PROFILES, obstacles: () => [] });
 * ```
 */
export async function inspectOidcOptions(
  options: OidcBridgeOptions,
  assurance: AssuranceLevels,
): Promise<OidcInspection> {
  const settings = settingsOf({ assurance }, options);
  const { tenant, clock, issuer, keys, entra, clients } = settings;
  // Nothing is stored: clients of the configuration are looked up in it alone.
  const core = { assurance, cabinet: forgetful() } as unknown as AsignioCore;
  const keyring = new Keyring({
    cabinet: core.cabinet,
    tenant,
    issuer: issuer.href,
    now: () => clock.now(),
    ...keys,
  });
  const parts = partsOf(core, settings);
  await checkClients(new Provider(issuerOf(settings), configurationOf(parts, await keyring.current())), settings);
  const own = issuerOf(settings);
  return {
    issuer: own,
    clients: clients.length,
    discovery: [`${own}/${DISCOVERY}`, ...(entra === undefined ? [] : [`${own}/entra/${DISCOVERY}`])],
    ...(entra === undefined ? {} : { entra: `${entra.authority}/common/v2.0/${DISCOVERY}` }),
  };
}

/** Keeps what it was given for as long as it is looked at. */
function forgetful(): Pick<Cabinet, 'add' | 'get'> {
  let kept: Json | undefined;
  return {
    add: (_key, value) => {
      kept = value;
      return Promise.resolve(true);
    },
    get: () => Promise.resolve(kept),
  };
}
