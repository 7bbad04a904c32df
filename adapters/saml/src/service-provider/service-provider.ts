import { explain, languageOf } from '@asignio/bridge';
import type { AsignioCore } from '@asignio/core';
import express from 'express';
import type { Request, Response, Router } from 'express';
import { consumerRole, upstreamOf } from '../consumer/of.ts';
import type { Upstream } from '../consumer/upstream.ts';
import { fromHere, messageForm, sendScript, serveMetadata } from '../http.ts';
import { ownKeys } from '../keys/own.ts';
import type { OwnKeys } from '../keys/own.ts';
import { serviceProviderMetadata } from '../metadata/write-service-provider.ts';
import { harden } from '../pages/headers.ts';
import { Pages } from '../pages/pages.ts';
import { refusing } from '../provider/arrival.ts';
import { Cookies } from '../provider/cookies.ts';
import { Refused } from '../xml/refused.ts';
import { Errands } from './errands.ts';
import { askToLeave, leave, leaveAsOrdered, leaveByPost, leaveByRedirect } from './leaving.ts';
import { isOwnPath, serviceProviderSettings } from './options.ts';
import type { SamlOwnServiceProviderOptions, ServiceProviderSettings } from './options.ts';
import { Stays } from './stays.ts';
import type { Stay } from './stays.ts';

/** The host as a service provider of the company's identity provider. */
export interface SamlOwnServiceProvider {
  readonly entityId: string;
  /**
   * Mount it at the path of the entityID, behind the host's session. People sign in at `/login?to=/page`, and come back to
   * that page.
   */
  router(): Router;
  /** Metadata for the identity provider, signed; the router serves them at `/metadata` too. */
  metadata(): Promise<string>;
  /** Changes the keys that requests are signed with and assertions are encrypted for, as `SamlBridge.rotateKeys`. */
  rotateKeys(how?: { readonly revoke?: boolean }): Promise<void>;
}

/** What its routes stand on. */
export interface Tools {
  readonly core: Pick<AsignioCore, 'cabinet'>;
  readonly settings: ServiceProviderSettings;
  readonly upstream: Upstream;
  readonly errands: Errands;
  readonly stays: Stays;
  readonly cookies: Cookies;
  readonly pages: Pages;
  readonly keys: OwnKeys;
}

/**
 * Makes the host a SAML service provider: the company's identity provider says who somebody is, the host begins its session
 * with that, and Asignio's ceremonies are about the one of that session. Answers are checked as those of
 * `createSamlBridge`'s first factor, and count once, for the browser that asked.
 *
 * @throws AsignioError `ASIGNIO_OPTION_INVALID`, naming the option, and what the store throws.
 * @example
 * ```ts
 * const company = await createSamlServiceProvider(asignio.core, {
 *   entityId: 'https://app.example/saml',
 *   firstFactor: { metadata: await readFile('company-idp.xml', 'utf8') },
 *   signedIn: (req, subject) => beginSession(req, subject),
 * });
 * app.use('/saml', company.router());
 * ```
 */
export async function createSamlServiceProvider(
  core: Pick<AsignioCore, 'cabinet'>,
  options: SamlOwnServiceProviderOptions,
): Promise<SamlOwnServiceProvider> {
  const settings = await serviceProviderSettings(options);
  const { entityId, firstFactor, tenant, clock, lifetimes } = settings;
  const keys = ownKeys(core, settings);
  await keys.signing.current();
  const tools: Tools = {
    core,
    settings,
    upstream: upstreamOf(core, settings, keys.reading),
    errands: new Errands({
      cabinet: core.cabinet,
      tenant,
      lifetime: lifetimes.visit * 1000,
      now: () => clock.now(),
    }),
    stays: new Stays({ cabinet: core.cabinet, tenant, entityId }),
    cookies: new Cookies(settings),
    pages: new Pages(settings),
    keys,
  };
  const metadata = async (): Promise<string> =>
    serviceProviderMetadata(
      entityId,
      await consumerRole(settings, firstFactor, keys.reading, settings.signedOut !== undefined),
      await keys.signing.current(),
    );
  const router = express.Router({ caseSensitive: true, strict: true });
  router.get('/metadata', serveMetadata(metadata));
  router.get('/login', async (req, res) => login(tools, req, res));
  router.post('/acs', messageForm(), async (req, res) => take(tools, req, res));
  router.get('/visit/:id', async (req, res) => arrive(tools, req, res));
  if (settings.signedOut !== undefined) {
    router.get('/acs/slo', async (req, res) => leaveByRedirect(tools, req, res));
    router.post('/acs/slo', messageForm(), async (req, res) => leaveByPost(tools, req, res));
    router.get('/send.js', sendScript);
    router.get('/leave/:id', async (req, res) => leaveAsOrdered(tools, req, res));
    router.get('/logout', async (req, res) => askToLeave(tools, req, res));
    router.post('/logout', fromHere(settings), async (req, res) => leave(tools, req, res));
  }
  router.use(explain(settings.logger));
  return {
    entityId,
    router: () => router,
    metadata,
    rotateKeys: async ({ revoke = false } = {}) => {
      await keys.signing.roll(revoke);
      await keys.reading.roll(revoke);
    },
  };
}

/** Sends the person to the identity provider. */
async function login(tools: Tools, req: Request, res: Response): Promise<void> {
  await refusing(tools, req, res, async () => {
    const { settings, errands, cookies, upstream, keys } = tools;
    const { to = settings.home } = req.query;
    if (typeof to !== 'string' || !isOwnPath(to)) throw new Refused('to', 'It leads away from here');
    const { id, browser } = await errands.begin(to);
    const { signing } = await keys.signing.current();
    const address = await upstream.begin(id, signing, { forceAuthn: false });
    cookies.setVisit(res, id, browser, settings.lifetimes.visit * 1000);
    harden(res);
    res.redirect(303, address);
  });
}

/** Takes what it says; it comes from another site, without the cookies of the browser that began. */
async function take(tools: Tools, req: Request, res: Response): Promise<void> {
  await refusing(tools, req, res, async () => {
    const { settings, errands, upstream } = tools;
    const { errand, signIn, session = null } = await upstream.take(req.body);
    const subject = signIn === undefined ? undefined : await settings.firstFactor.subject(signIn);
    await errands.answered(errand, {
      subject: subject === undefined || subject === '' ? null : subject,
      signIn: signIn ?? null,
      session,
    });
    harden(res);
    res.redirect(303, `${settings.path}/visit/${errand}`);
  });
}

/** The browser that began comes back: the host's session begins. */
async function arrive(tools: Tools, req: Request, res: Response): Promise<void> {
  const { settings, errands, cookies, pages } = tools;
  harden(res);
  const { id = '' } = req.params as { id?: string };
  const errand = await errands.end(id, cookies.visit(req));
  if (errand === undefined || errand.answer === null) {
    res
      .status(400)
      .type('html')
      .send(pages.gone(languageOf(req.headers['accept-language'])));
    return;
  }
  cookies.endVisit(res, id);
  const { subject, signIn, session } = errand.answer;
  await refusing(tools, req, res, async () => {
    // They may have signed out there on their way here.
    if (subject === null || signIn === null || session === null || (await tools.upstream.logout.ended(session)))
      throw new Refused('nobody', 'Nobody signed in there');
    await settings.signedIn(req, subject, signIn);
    if (settings.signedOut !== undefined) await stay(tools, req, res, { subject, signIn, session });
    res.redirect(303, errand.to);
  });
}

/** Notes who it was, for when they sign out. */
async function stay(tools: Tools, req: Request, res: Response, whom: Stay): Promise<void> {
  const { settings, stays, cookies } = tools;
  const now = settings.clock.now();
  const endsAt = now + settings.lifetimes.session * 1000;
  await stays.end(cookies.session(req));
  cookies.setSession(res, await stays.begin(whom, endsAt), endsAt, now);
}
