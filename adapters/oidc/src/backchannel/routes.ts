import { checkOrigin, languageOf, redeem } from '@asignio/bridge';
import express from 'express';
import type { Request, RequestHandler, Response, Router } from 'express';
import { errors } from 'oidc-provider';
import type { Provider } from 'oidc-provider';
import { harden } from '../interaction/headers.ts';
import type { InteractionTools } from '../interaction/routes.ts';
import { mountPath } from '../options.ts';
import { clientOf } from '../provider/clients.ts';
import { makeGrant } from '../provider/grants.ts';
import type { Waiting, Waitings } from './requests.ts';

interface Visit {
  readonly req: Request;
  readonly res: Response;
  readonly provider: Provider;
  readonly number: string;
  readonly waiting: Waiting;
  readonly scene: Parameters<InteractionTools['pages']['confirm']>[0];
}

/** The page on a person's own device: what is asked, word for word, and a drawing. */
export function backchannelRoutes(tools: InteractionTools, waitings: Waitings): Router {
  const router = express.Router({ caseSensitive: true, strict: true });
  const form = express.urlencoded({ extended: false, limit: '8kb', parameterLimit: 20 });
  router.get('/:number', visiting(tools, waitings, show));
  router.post('/:number/sign', form, visiting(tools, waitings, sign));
  router.post('/:number/refuse', form, visiting(tools, waitings, refuse));
  return router;
}

type Handler = (tools: InteractionTools, waitings: Waitings, visit: Visit) => Promise<void>;

function visiting(tools: InteractionTools, waitings: Waitings, handler: Handler): RequestHandler {
  const { settings, pages } = tools;
  return async (req, res) => {
    const language = languageOf(req.headers['accept-language']);
    harden(res, []);
    if (req.method !== 'GET') checkOrigin(settings.issuer.origin, req);
    const number = req.params['number'] as string;
    const waiting = await waitings.show(number);
    const client = clientOf(settings, waiting?.client);
    if (waiting === undefined || client === undefined) {
      res.status(400).type('html').send(pages.gone(language));
      return;
    }
    const address = `${mountPath(settings)}/confirm/${number}`;
    const scene = { address, client, language, text: waiting.text, name: waiting.name, assurance: waiting.assurance };
    await handler(tools, waitings, { req, res, provider: await tools.provider(), number, waiting, scene });
  };
}

async function show({ pages }: InteractionTools, _: Waitings, { res, scene }: Visit): Promise<void> {
  res.type('html').send(pages.confirm(scene, false));
}

/** Exchanges the ceremony for the answer that the client waits for. */
async function sign(tools: InteractionTools, waitings: Waitings, visit: Visit): Promise<void> {
  const { asks, consents, pages, core, settings } = tools;
  const { res, provider, number, waiting, scene } = visit;
  const proof = await redeem(core, settings, settings.issuer.origin, visit);
  const profile = core.assurance.profiles.find(({ name }) => name === waiting.assurance);
  // Of this person, enough, and drawn after the text was shown: not something that was drawn to sign in elsewhere.
  const good =
    proof?.subject === waiting.subject &&
    proof.assurance.includes(waiting.assurance) &&
    waiting.shownAt !== undefined &&
    proof.at >= waiting.shownAt;
  if (proof === undefined || profile === undefined || !good) {
    res.status(422).type('html').send(pages.confirm(scene, true));
    return;
  }
  const taken = await waitings.take(number);
  if (taken === undefined) {
    res.status(400).type('html').send(pages.gone(scene.language));
    return;
  }
  const { subject, client, scope } = taken;
  // R14: the page said what the client always learns; what else was released to it earlier stays as it is.
  const released = (await consents.released(subject, client)) ?? (await consents.grant(subject, scene.client, [], []));
  const scopes = scope.split(' ').filter((one) => one !== '');
  const grant = await makeGrant(provider, { subject, client, scopes, claims: [], released });
  const told = asks.told({}, proof, profile);
  await provider.backchannelResult(taken.request, grant, { ...told, authTime: Math.floor(proof.at / 1000) });
  res.type('html').send(pages.answered(scene, true));
}

async function refuse(tools: InteractionTools, waitings: Waitings, visit: Visit): Promise<void> {
  const { res, provider, number, scene } = visit;
  const taken = await waitings.take(number);
  if (taken !== undefined) await provider.backchannelResult(taken.request, new errors.AccessDenied());
  res.type('html').send(tools.pages.answered(scene, false));
}
