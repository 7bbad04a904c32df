import { checkOrigin, fields, isFresh, languageOf, redeem } from '@asignio/bridge';
import type { Scene } from '@asignio/bridge';
import type { Request, RequestHandler, Response } from 'express';
import type { Upstream } from '../consumer/upstream.ts';
import type { ServiceProvider } from '../options/service-providers.ts';
import { harden } from '../pages/headers.ts';
import { Refused } from '../xml/refused.ts';
import { answer, answerRefusal } from './answers.ts';
import { refusing } from './arrival.ts';
import { alreadySignedIn, provedBy, sessionOf, signedInOf } from './standing.ts';
import type { ProviderTools } from './tools.ts';
import type { SignedIn, Visit } from './visits.ts';

/** One step of a visit, by the browser that began it. */
export interface Step extends Scene {
  readonly req: Request;
  readonly res: Response;
  /** Id of the visit. */
  readonly id: string;
  readonly visit: Visit;
  readonly serviceProvider: ServiceProvider;
}

const LONGEST_NAME = 256;

/** Finds the visit of this browser; for another's there is nothing here. */
export function visiting(
  tools: ProviderTools,
  handler: (tools: ProviderTools, step: Step) => Promise<void>,
): RequestHandler {
  const { settings, visits, cookies, pages } = tools;
  return async (req, res) => {
    harden(res);
    if (req.method !== 'GET') checkOrigin(settings.origin, req);
    const language = languageOf(req.headers['accept-language']);
    const { id = '' } = req.params as { id?: string };
    const visit = await visits.find(id, cookies.visit(req));
    const serviceProvider = settings.serviceProviders.find(
      ({ metadata }) => metadata.entityId === visit?.serviceProvider,
    );
    if (visit === undefined || serviceProvider === undefined) {
      res.status(400).type('html').send(pages.gone(language));
      return;
    }
    const address = `${settings.path}/visit/${encodeURIComponent(id)}`;
    await handler(tools, { id, req, res, visit, serviceProvider, language, address, asker: serviceProvider });
  };
}

/** Wherever the visit stands: the drawing, what is told, the answer. */
export async function show(tools: ProviderTools, step: Step): Promise<void> {
  const { visit, id } = step;
  const drawn = await stillSignedIn(tools, visit);
  const signedIn = drawn ?? (await alreadySignedIn(tools, step.req, visit));
  if (signedIn === undefined) {
    if (visit.isPassive) await refuse(tools, step, 'noPassive');
    else if (tools.upstream !== undefined && visit.introduced === null) await askUpstream(tools.upstream, tools, step);
    else if (visit.introduced?.subject === null) await refuse(tools, step, 'authnFailed');
    else showLogin(tools, step, false);
    return;
  }
  const noted = drawn === undefined ? await tools.visits.signedIn(id, visit, signedIn) : visit;
  await goOn(tools, { ...step, visit: noted }, signedIn);
}

/** Exchanges the ceremony that this browser has just completed for a sign-in. */
export async function login(tools: ProviderTools, step: Step): Promise<void> {
  const { settings, sessions, cookies, visits } = tools;
  const { req, res, visit, id } = step;
  const signedIn = await stillSignedIn(tools, visit);
  const proof = signedIn === undefined ? await redeem(tools.core, settings, settings.origin, step) : undefined;
  // The page names the assurance, and the page is in the person's hands: what counts is what was proved.
  const context = proof === undefined ? undefined : provedBy(visit.wanted, proof.assurance);
  const now = settings.clock.now();
  const fresh = proof !== undefined && isFresh(proof, visit.begunAt, now);
  // Whom the first factor named is who must draw; without it nobody does.
  const right = tools.upstream === undefined || visit.introduced?.subject === proof?.subject;
  if (proof === undefined || context === undefined || !fresh || !right) {
    showLogin(tools, step, true);
    return;
  }
  const endsAt = now + settings.lifetimes.session * 1000;
  const { authority = null, upstream = null } = visit.introduced ?? {};
  // They signed out there while they drew.
  if (upstream !== null && (await tools.upstream?.logout.ended(upstream)) === true) {
    await refuse(tools, step, 'authnFailed');
    return;
  }
  const session = {
    subject: proof.subject,
    at: proof.at,
    assurance: proof.assurance,
    endsAt,
    authority,
    upstream,
  };
  const token = await sessions.begin(session, cookies.session(req));
  cookies.setSession(res, token, endsAt, now);
  await visits.signedIn(id, visit, signedInOf(session, context, token));
  res.redirect(303, `${settings.path}/visit/${id}`);
}

/** R14: what the person ticked is released, and nothing else. */
export async function consent(tools: ProviderTools, step: Step): Promise<void> {
  const { req, visit, serviceProvider } = step;
  const signedIn = await stillSignedIn(tools, visit);
  if (signedIn === undefined) {
    showLogin(tools, step, false);
    return;
  }
  const ticked = fields(req.body, 'attribute');
  const chosen = serviceProvider.attributes.filter((name) => ticked.includes(name));
  await tools.consents.grant(signedIn.subject, serviceProvider, chosen);
  await finish(tools, step, signedIn);
}

/** The person went back. */
export async function abort(tools: ProviderTools, step: Step): Promise<void> {
  await refuse(tools, step, step.visit.signedIn === null ? 'authnFailed' : 'requestDenied');
}

async function goOn(tools: ProviderTools, step: Step, signedIn: SignedIn): Promise<void> {
  const { settings, consents, pages } = tools;
  const { res, visit, serviceProvider } = step;
  const shown = await consents.offer(settings, signedIn.subject, serviceProvider.attributes);
  const unasked = await consents.unasked(signedIn.subject, serviceProvider);
  if (unasked !== undefined && unasked.length === 0) await finish(tools, step, signedIn);
  else if (visit.isPassive) await refuse(tools, step, 'noPassive');
  else res.status(200).type('html').send(pages.consent(step, shown));
}

async function finish(tools: ProviderTools, step: Step, signedIn: SignedIn): Promise<void> {
  const { req, res, visit, serviceProvider } = step;
  if (await ended(tools, step)) await answer(tools, req, res, visit, serviceProvider, signedIn);
}

async function refuse(tools: ProviderTools, step: Step, why: Parameters<typeof answerRefusal>[4]): Promise<void> {
  if (await ended(tools, step)) await answerRefusal(tools, step.req, step.res, step.visit, why);
}

/** Who drew, unless they signed out since, here or at the identity provider of the first factor. */
async function stillSignedIn(tools: ProviderTools, { signedIn }: Visit): Promise<SignedIn | undefined> {
  if (signedIn === null || (await sessionOf(tools, signedIn.session)) === undefined) return undefined;
  return signedIn;
}

/** One answer a visit. */
async function ended({ visits, cookies, pages }: ProviderTools, { id, res, language }: Step): Promise<boolean> {
  const first = await visits.end(id);
  cookies.endVisit(res, id);
  if (!first) res.status(400).type('html').send(pages.gone(language));
  return first;
}

/** Sends the person to the first factor; its answer comes back to this visit. */
async function askUpstream(upstream: Upstream, tools: ProviderTools, { id, res, visit }: Step): Promise<void> {
  const { signing } = await tools.keys();
  res.redirect(303, await upstream.begin(id, signing, { forceAuthn: visit.forceAuthn }));
}

/** Takes what the first factor says, and goes on with the visit that it was asked for; the browser of that has to come. */
export async function introduced(tools: ProviderTools, req: Request, res: Response): Promise<void> {
  await refusing(tools, req, res, async () => {
    const { settings, upstream, visits } = tools;
    if (upstream === undefined || settings.firstFactor === undefined)
      throw new Refused('unsolicited', 'Nobody is asked here');
    const { errand, signIn, session = null } = await upstream.take(req.body);
    const subject = signIn === undefined ? undefined : await settings.firstFactor.subject(signIn);
    const authority = settings.firstFactor.identityProvider.entityId;
    await visits.introduce(errand, {
      subject: subject === '' ? null : (subject ?? null),
      authority,
      upstream: session,
    });
    harden(res);
    res.redirect(303, `${settings.path}/visit/${errand}`);
  });
}

function showLogin({ settings, pages }: ProviderTools, step: Step, failed: boolean): void {
  const { req, res, visit } = step;
  const host = settings.subject(req);
  const known = host !== undefined && host !== '';
  const { who: typed } = req.query;
  const asked = visit.introduced?.subject ?? typed;
  const who = !known && typeof asked === 'string' ? asked.trim().slice(0, LONGEST_NAME) : undefined;
  const assurance = visit.wanted[0]?.profile ?? '';
  res.status(failed ? 422 : 200).type('html');
  if (!known && (who === undefined || who === '')) res.send(pages.who(step));
  else {
    // Named again when it is sent, so that the page of another try is for the same.
    const typedAs = who === undefined ? {} : { who, action: `${step.address}/login?who=${encodeURIComponent(who)}` };
    res.send(pages.draw(step, { ...typedAs, assurance, failed }));
  }
}
