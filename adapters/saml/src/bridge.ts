import { explain } from '@asignio/bridge';
import type { AsignioCore } from '@asignio/core';
import express from 'express';
import type { Request, RequestHandler, Response, Router } from 'express';
import { consumerRole, upstreamOf } from './consumer/of.ts';
import { ownKeys } from './keys/own.ts';
import {
  askToLeave,
  leave,
  leaveByPost,
  leaveByRedirect,
  leaveUpstreamByPost,
  leaveUpstreamByRedirect,
} from './logout/routes.ts';
import { identityProviderMetadata } from './metadata/identity-provider.ts';
import { settingsOf } from './options.ts';
import type { SamlBridgeOptions } from './options.ts';
import { fromHere, messageForm, sendScript, serveMetadata } from './http.ts';
import { Pages } from './pages/pages.ts';
import { arriveByPost, arriveByRedirect, arriveUnasked } from './provider/arrival.ts';
import { Consents } from './provider/consents.ts';
import { Cookies } from './provider/cookies.ts';
import { Sessions } from './provider/sessions.ts';
import { abort, consent, introduced, login, show, visiting } from './provider/stay.ts';
import { logoutUrl, signOnUrl } from './provider/tools.ts';
import type { ProviderTools } from './provider/tools.ts';
import { Visits } from './provider/visits.ts';

/** A SAML identity provider whose sign-in is a ceremony. */
export interface SamlBridge {
  readonly entityId: string;
  /** Mount it at the path of the entityID, beside `asignio.router()` and before the host's body parsers. */
  router(): Router;
  /** Metadata for service providers, signed; the router serves them at `/metadata` too. */
  metadata(): Promise<string>;
  /**
   * Publishes a new signing key beside the one in use; it signs after `keys.publishBefore`, when service providers had time
   * to read the metadata anew. With `revoke`, for when a key got out, it signs at once, and the others are gone.
   */
  rotateKeys(how?: { readonly revoke?: boolean }): Promise<void>;
}

/**
 * Makes a SAML identity provider of a system: service providers redirect people here, they draw, and the service provider is
 * told who it was, how surely (`AuthnContextClassRef`), and what they agreed that it is told.
 *
 * @throws AsignioError `ASIGNIO_OPTION_INVALID`, naming the option, and what the store throws.
 * @example
 * ```ts
 * const bridge = await createSamlBridge(asignio.core, {
 *   entityId: 'https://id.example/saml',
 *   serviceProviders: [
 *     { metadata: await readFile('payroll.xml', 'utf8'), name: 'Payroll', region: 'DE', attributes: ['email'] },
 *   ],
 * });
 * app.use('/asignio', asignio.router());
 * app.use('/saml', bridge.router());
 * ```
 */
export async function createSamlBridge(core: AsignioCore, options: SamlBridgeOptions): Promise<SamlBridge> {
  const settings = await settingsOf(core, options);
  const { tenant, clock, lifetimes } = settings;
  const keys = ownKeys(core, settings);
  await keys.signing.current();
  const tools: ProviderTools = {
    core,
    settings,
    visits: new Visits({
      cabinet: core.cabinet,
      tenant,
      now: () => clock.now(),
      lifetime: lifetimes.visit * 1000,
    }),
    sessions: new Sessions({ cabinet: core.cabinet, tenant }),
    consents: new Consents(core, tenant),
    cookies: new Cookies(settings),
    pages: new Pages(settings),
    upstream:
      settings.firstFactor === undefined
        ? undefined
        : upstreamOf(core, { ...settings, firstFactor: settings.firstFactor }, keys.reading),
    keys: () => keys.signing.current(),
    readingKeys: () => keys.reading.current(),
  };
  const metadata = async (): Promise<string> =>
    identityProviderMetadata(
      {
        entityId: settings.entityId,
        signOn: signOnUrl(settings),
        logout: logoutUrl(settings),
        encryption: (await keys.reading.current()).published,
        consumer:
          settings.firstFactor === undefined
            ? undefined
            : await consumerRole(settings, settings.firstFactor, keys.reading, true),
        wantsSignedRequests: settings.serviceProviders.every(({ signedRequests }) => signedRequests),
      },
      await keys.signing.current(),
    );
  const router = routes(tools, metadata);
  return {
    entityId: settings.entityId,
    router: () => router,
    metadata,
    rotateKeys: async ({ revoke = false } = {}) => {
      await keys.signing.roll(revoke);
      await keys.reading.roll(revoke);
    },
  };
}

function routes(tools: ProviderTools, metadata: () => Promise<string>): Router {
  const router = express.Router({ caseSensitive: true, strict: true });
  const message = messageForm();
  const form = express.urlencoded({ extended: false, limit: '8kb', parameterLimit: 20 });
  router.get('/metadata', serveMetadata(metadata));
  router.get('/send.js', sendScript);
  router.get('/sso', route(tools, arriveByRedirect));
  router.post('/sso', message, route(tools, arriveByPost));
  router.get('/slo', route(tools, leaveByRedirect));
  router.post('/slo', message, route(tools, leaveByPost));
  router.get('/acs/slo', route(tools, leaveUpstreamByRedirect));
  router.post('/acs/slo', message, route(tools, leaveUpstreamByPost));
  router.get('/logout', route(tools, askToLeave));
  router.post('/logout', fromHere(tools.settings), route(tools, leave));
  router.post('/acs', message, route(tools, introduced));
  router.get('/start', route(tools, arriveUnasked));
  router.get('/visit/:id', visiting(tools, show));
  router.get('/visit/:id/abort', visiting(tools, abort));
  router.post('/visit/:id/login', form, visiting(tools, login));
  router.post('/visit/:id/consent', form, visiting(tools, consent));
  router.use(explain(tools.settings.logger));
  return router;
}

function route(
  tools: ProviderTools,
  handler: (tools: ProviderTools, req: Request, res: Response) => Promise<void>,
): RequestHandler {
  return async (req, res) => handler(tools, req, res);
}
