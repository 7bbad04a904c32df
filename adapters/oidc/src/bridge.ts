import { explain } from '@asignio/bridge';
import type { AsignioCore } from '@asignio/core';
import express from 'express';
import type { Router } from 'express';
import { backchannelRoutes } from './backchannel/routes.ts';
import { entraBridge } from './entra/bridge.ts';
import { interactionRoutes } from './interaction/routes.ts';
import { Keyring } from './keys/keyring.ts';
import { settingsOf } from './options.ts';
import type { OidcBridgeOptions } from './options.ts';
import { checkClients } from './provider/clients.ts';
import { configurationOf } from './provider/configuration.ts';
import { partsOf } from './provider/parts.ts';
import { pin, RunningProvider } from './provider/running.ts';

/** An OpenID provider whose sign-in is a ceremony. */
export interface OidcBridge {
  readonly issuer: string;
  /** Mount it at the issuer's path, beside `asignio.router()` and before the host's body parsers. */
  router(): Router;
  /**
   * Makes new signing keys that sign at once. They are rotated by themselves; this is for when a key got out: with
   * `revoke` nothing that was signed before verifies any more.
   */
  rotateKeys(how?: { readonly revoke?: boolean }): Promise<void>;
}

/**
 * Makes an OpenID provider of a system: relying parties redirect people here, they draw, and the relying party is told who
 * it was, how surely (`acr`, `amr`), and what they agreed that it is told.
 *
 * @throws AsignioError `ASIGNIO_OPTION_INVALID`, naming the option, and what the store throws.
 * @example
 * ```ts
 * const bridge = await createOidcBridge(asignio.core, {
 *   issuer: 'https://id.example/oidc',
 *   clients: [
 *     { id: 'payroll', name: 'Payroll', region: 'DE', secret, redirectUris: ['https://payroll.example/callback'] },
 *   ],
 * });
 * app.use('/asignio', asignio.router());
 * app.use('/oidc', bridge.router());
 * ```
 */
export async function createOidcBridge(core: AsignioCore, options: OidcBridgeOptions): Promise<OidcBridge> {
  const settings = settingsOf(core, options);
  const { tenant, issuer, clock, keys } = settings;
  const parts = partsOf(core, settings);
  const running = new RunningProvider({
    settings,
    keyring: new Keyring({ cabinet: core.cabinet, tenant, issuer: issuer.href, now: () => clock.now(), ...keys }),
    configure: (now) => configurationOf(parts, now),
  });
  const entra = settings.entra === undefined ? undefined : entraBridge({ core, settings, entra: settings.entra });
  await checkClients(await running.provider(), settings);
  await entra?.running.provider();

  const router = express.Router({ caseSensitive: true, strict: true });
  if (entra !== undefined) router.use('/entra', entra.router);
  router.use(pin(settings));
  const tools = { ...parts, provider: () => running.provider() };
  if (parts.waitings !== undefined) router.use('/confirm', backchannelRoutes(tools, parts.waitings));
  router.use('/interaction', interactionRoutes(tools));
  router.use(running.handler());
  router.use(explain(settings.logger));
  return {
    issuer: options.issuer,
    router: () => router,
    rotateKeys: async ({ revoke = false } = {}) => {
      await running.replaceKeys(revoke);
      await entra?.running.replaceKeys(revoke);
    },
  };
}
