import { checkOrigin, fields, isFresh, languageOf, redeem } from '@asignio/bridge';
import type { Attribute, Scene } from '@asignio/bridge';
import type { SubjectId } from '@asignio/contracts';
import express from 'express';
import type { Request, RequestHandler, Response, Router } from 'express';
import { errors } from 'oidc-provider';
import type { Interaction, Provider } from 'oidc-provider';
import type { OidcClientOptions } from '../options/clients.ts';
import { clientOf } from '../provider/clients.ts';
import { attributesOf } from '../provider/accounts.ts';
import { makeGrant } from '../provider/grants.ts';
import { textOf } from '../provider/asks.ts';
import type { Params } from '../provider/asks.ts';
import type { Parts } from '../provider/parts.ts';
import { mountPath } from '../options.ts';
import { harden } from './headers.ts';

/** What the routes stand on. */
export interface InteractionTools extends Parts {
  /** The provider with the keys of now. */
  readonly provider: () => Promise<Provider>;
}

/** One visit to an interaction, by the browser that began it. */
interface Visit extends Scene {
  readonly req: Request;
  readonly res: Response;
  readonly provider: Provider;
  readonly client: OidcClientOptions;
  readonly interaction: Interaction;
  readonly params: Params;
}

type Handler = (visit: Visit) => Promise<void> | void;

const LONGEST_NAME = 256;

/** The pages between the request and its answer: who, the drawing, what is told. */
export function interactionRoutes(tools: InteractionTools): Router {
  const router = express.Router({ caseSensitive: true, strict: true });
  const form = express.urlencoded({ extended: false, limit: '8kb', parameterLimit: 20 });
  router.get(
    '/:uid',
    visiting(tools, (visit) => show(tools, visit)),
  );
  router.get(
    '/:uid/abort',
    visiting(tools, (visit) => finish(visit, { error: 'access_denied' })),
  );
  router.post(
    '/:uid/login',
    form,
    visiting(tools, (visit) => login(tools, visit)),
  );
  router.post(
    '/:uid/consent',
    form,
    visiting(tools, (visit) => consent(tools, visit)),
  );
  return router;
}

/** Finds the interaction of this browser; for another's there is nothing here. */
function visiting(tools: InteractionTools, handler: Handler): RequestHandler {
  const { settings, pages } = tools;
  return async (req, res) => {
    const language = languageOf(req.headers['accept-language']);
    try {
      if (req.method !== 'GET') checkOrigin(settings.issuer.origin, req);
      const provider = await tools.provider();
      const interaction = await provider.interactionDetails(req, res);
      const params = interaction.params as Params;
      const client = clientOf(settings, params['client_id']);
      if (interaction.uid !== req.params['uid'] || client === undefined) throw new errors.SessionNotFound('unknown');
      harden(res, [String(params['redirect_uri'])]);
      const scene: Scene = {
        language: languageOf(language, params['ui_locales']),
        address: `${mountPath(settings)}/interaction/${encodeURIComponent(interaction.uid)}`,
        asker: client,
      };
      await handler({ req, res, provider, client, interaction, params, ...scene });
    } catch (error) {
      if (!(error instanceof errors.OIDCProviderError)) throw error;
      harden(res, []);
      res
        .status(error instanceof errors.SessionNotFound ? 400 : error.statusCode)
        .type('html')
        .send(pages.gone(language));
    }
  };
}

async function show(tools: InteractionTools, visit: Visit): Promise<void> {
  if (visit.interaction.prompt.name === 'consent') await showConsent(tools, visit);
  else await showLogin(tools, visit, false);
}

async function showLogin({ settings, pages, asks }: InteractionTools, visit: Visit, failed: boolean): Promise<void> {
  const { req, res, params } = visit;
  const wanted = asks.wanted(params);
  if ('unmet' in wanted) throw new errors.UnmetAuthenticationRequirements();
  const host = settings.subject(req);
  const { name, fixed } = await asks.who(params);
  const asked = fixed ? name : (textOf(req.query['who']) ?? (req.query['other'] === undefined ? name : undefined));
  const who = host === undefined || host === '' ? asked?.trim().slice(0, LONGEST_NAME) : undefined;
  const known = host !== undefined && host !== '';
  res.status(failed ? 422 : 200).type('html');
  if (!known && (who === undefined || who === '')) res.send(pages.who(visit));
  else
    res.send(
      pages.draw(visit, { ...(who === undefined ? {} : { who }), fixed, assurance: wanted.profile.name, failed }),
    );
}

/** Exchanges the ceremony that this browser has just completed for a sign-in. */
async function login(tools: InteractionTools, visit: Visit): Promise<void> {
  const { settings, asks } = tools;
  const { interaction, params, client } = visit;
  if (interaction.prompt.name !== 'login') throw new errors.SessionNotFound('not asked for');
  const wanted = asks.wanted(params);
  if ('unmet' in wanted) throw new errors.UnmetAuthenticationRequirements();
  const proof = await redeem(tools.core, settings, settings.issuer.origin, visit);
  if (proof === undefined) {
    await showLogin(tools, visit, true);
    return;
  }
  // The page names the assurance, and the page is in the person's hands: what counts is what was proved.
  const enough = proof.assurance.includes(wanted.profile.name);
  const fresh = isFresh(proof, interaction.iat * 1000, settings.clock.now());
  if (!enough || !fresh) {
    await showLogin(tools, visit, true);
    return;
  }
  if (!(await asks.expects(params, client.id, proof.subject))) {
    await finish(visit, { error: 'login_required', error_description: 'somebody else signed in' });
    return;
  }
  const told = asks.told(params, proof, wanted.profile);
  if (told === undefined) {
    await finish(visit, { error: 'access_denied', error_description: 'nothing was proved that was asked for' });
    return;
  }
  await finish(visit, {
    login: { accountId: proof.subject, ...told, ts: Math.floor(proof.at / 1000), remember: true },
  });
}

async function showConsent(tools: InteractionTools, visit: Visit): Promise<void> {
  const { settings, consents, pages } = tools;
  const subject = accountOf(visit);
  const shown = await consents.offer(settings, subject, askedOf(visit));
  const away = scopesOf(visit).includes('offline_access');
  visit.res.type('html').send(away ? pages.consentWhileAway(visit, shown) : pages.consent(visit, shown));
}

/** R14: what the person ticked is released, and nothing else. */
async function consent(tools: InteractionTools, visit: Visit): Promise<void> {
  const { consents } = tools;
  const { interaction, provider, client, req } = visit;
  if (interaction.prompt.name !== 'consent') throw new errors.SessionNotFound('not asked for');
  const subject = accountOf(visit);
  const asked = askedOf(visit);
  const ticked = fields(req.body, 'attribute');
  const chosen = asked.filter((name) => ticked.includes(name));
  const released = await consents.grant(subject, client, asked, chosen);
  const grant = await makeGrant(provider, {
    subject,
    client: client.id,
    scopes: scopesOf(visit),
    claims: claimsOf(visit),
    released,
  });
  await finish(visit, { consent: { grantId: grant.jti } });
}

async function finish(
  { provider, req, res }: Visit,
  result: Parameters<Provider['interactionFinished']>[2],
): Promise<void> {
  await provider.interactionFinished(req, res, result);
}

function accountOf({ interaction }: Visit): SubjectId {
  const id = interaction.session?.accountId;
  if (id === undefined) throw new errors.SessionNotFound('nobody is signed in');
  return id as SubjectId;
}

/** What a request asks for, as far as the client may. */
function askedOf(visit: Visit & { readonly client: OidcClientOptions }): readonly Attribute[] {
  return attributesOf(scopesOf(visit), claimsOf(visit)).filter(
    (name) => visit.client.attributes?.includes(name) === true,
  );
}

function scopesOf({ params }: Visit): readonly string[] {
  return [...new Set((textOf(params['scope']) ?? '').split(' '))].filter((scope) => scope !== '');
}

function claimsOf({ params }: Visit): readonly string[] {
  const claims = JSON.parse(textOf(params['claims']) ?? '{}') as Readonly<Record<string, object | undefined>>;
  return Object.keys({ ...claims['id_token'], ...claims['userinfo'] });
}
