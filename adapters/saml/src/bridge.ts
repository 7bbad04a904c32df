import { checkOrigin, explain } from '@asignio/bridge';
import type { AsignioCore } from '@asignio/core';
import express from 'express';
import type { Request, RequestHandler, Response, Router } from 'express';
import { Upstream } from './consumer/upstream.ts';
import { Keyring } from './keys/keyring.ts';
import { Recent } from './keys/recent.ts';
import { ReadingKeyring } from './keys/reading.ts';
import type { ReadingKeys } from './keys/reading.ts';
import { askToLeave, leave, leaveByPost, leaveByRedirect } from './logout/routes.ts';
import { identityProviderMetadata } from './metadata/identity-provider.ts';
import { settingsOf } from './options.ts';
import type { SamlBridgeOptions, Settings } from './options.ts';
import { harden } from './pages/headers.ts';
import { Pages } from './pages/pages.ts';
import { arriveByPost, arriveByRedirect, arriveUnasked } from './provider/arrival.ts';
import { Consents } from './provider/consents.ts';
import { Cookies } from './provider/cookies.ts';
import { Sessions } from './provider/sessions.ts';
import { abort, consent, introduced, login, show, visiting } from './provider/stay.ts';
import { consumerUrl, logoutUrl, signOnUrl } from './provider/tools.ts';
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

/** Sends the form of the page that it stands in. */
const SEND = 'document.forms[0].submit();\n';
/** Base64 in a form, and a RelayState beside it. */
const LARGEST_FORM = '260kb';

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
  const keyringTools = {
    cabinet: core.cabinet,
    tenant,
    entityId: settings.entityId,
    now: () => clock.now(),
    ...settings.keys,
  };
  const keys = new Recent(new Keyring(keyringTools), () => clock.now());
  const readingKeys = new Recent(new ReadingKeyring(keyringTools), () => clock.now());
  await keys.current();
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
    upstream: upstreamOf(core, settings, readingKeys),
    keys: () => keys.current(),
  };
  const metadata = async (): Promise<string> =>
    identityProviderMetadata(
      {
        entityId: settings.entityId,
        signOn: signOnUrl(settings),
        logout: logoutUrl(settings),
        consumer:
          settings.firstFactor === undefined
            ? undefined
            : {
                location: consumerUrl(settings),
                encryption: (await readingKeys.current()).published,
                cbc: settings.firstFactor.encryption.cbc,
              },
        wantsSignedRequests: settings.serviceProviders.every(({ signedRequests }) => signedRequests),
      },
      await keys.current(),
    );
  const router = routes(tools, metadata);
  return {
    entityId: settings.entityId,
    router: () => router,
    metadata,
    rotateKeys: async ({ revoke = false } = {}) => {
      await keys.roll(revoke);
      if (settings.firstFactor !== undefined) await readingKeys.roll(revoke);
    },
  };
}

function upstreamOf(core: AsignioCore, settings: Settings, keys: Recent<ReadingKeys>): Upstream | undefined {
  const { firstFactor, tenant, entityId, clock, clockTolerance, lifetimes } = settings;
  if (firstFactor === undefined) return undefined;
  return new Upstream({
    cabinet: core.cabinet,
    tenant,
    ...firstFactor,
    entityId,
    consumer: consumerUrl(settings),
    skew: clockTolerance * 1000,
    lifetime: lifetimes.visit * 1000,
    decryption: async () => ({ keys: (await keys.current()).privateKeys, ...firstFactor.encryption }),
    now: () => clock.now(),
  });
}

function routes(tools: ProviderTools, metadata: () => Promise<string>): Router {
  const router = express.Router({ caseSensitive: true, strict: true });
  const message = express.urlencoded({ extended: false, limit: LARGEST_FORM, parameterLimit: 10 });
  const form = express.urlencoded({ extended: false, limit: '8kb', parameterLimit: 20 });
  router.get('/metadata', async (_req, res) => {
    harden(res);
    res
      .set('Cache-Control', 'public, max-age=300')
      .type('application/samlmetadata+xml')
      .send(await metadata());
  });
  router.get('/send.js', (_req, res) => {
    harden(res);
    res.set('Cache-Control', 'public, max-age=86400').type('text/javascript').send(SEND);
  });
  router.get('/sso', route(tools, arriveByRedirect));
  router.post('/sso', message, route(tools, arriveByPost));
  router.get('/slo', route(tools, leaveByRedirect));
  router.post('/slo', message, route(tools, leaveByPost));
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

/** Refuses forms of other sites. */
function fromHere(settings: Settings): RequestHandler {
  return (req, _res, next) => {
    checkOrigin(settings.origin, req);
    next();
  };
}

function route(
  tools: ProviderTools,
  handler: (tools: ProviderTools, req: Request, res: Response) => Promise<void>,
): RequestHandler {
  return async (req, res) => handler(tools, req, res);
}
