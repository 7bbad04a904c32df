import { languageOf } from '@asignio/bridge';
import type { Request, Response } from 'express';
import type { Json } from '@asignio/core';
import type { Incoming } from '../bindings/encoding.ts';
import { readPost } from '../bindings/post.ts';
import { readRedirect } from '../bindings/redirect.ts';
import { redirectUrl } from '../bindings/write-redirect.ts';
import { isSigned, signedElement } from '../crypto/verify.ts';
import type { ServiceProvider } from '../options/service-providers.ts';
import { harden } from '../pages/headers.ts';
import { queryOf, refusing } from '../provider/arrival.ts';
import { newMessageId } from '../provider/response.ts';
import type { Participant, Session } from '../provider/sessions.ts';
import { logoutUrl } from '../provider/tools.ts';
import type { ProviderTools } from '../provider/tools.ts';
import { issuerOf } from '../request/authn-request.ts';
import { parseXml } from '../xml/parse.ts';
import { Refused } from '../xml/refused.ts';
import { logoutRequest, logoutResponse, readLogoutRequest, readLogoutResponse } from './messages.ts';
import type { LogoutRequest } from './messages.ts';

/** A sign-out on its way through those who have to be told. */
interface Leaving {
  /** Who asked for it, and is answered in the end; `null` where the person did. */
  readonly requester: {
    readonly serviceProvider: string;
    readonly inResponseTo: string;
    readonly relayState: string | null;
  } | null;
  /** Who is still to be told. */
  readonly waiting: readonly Participant[];
  /** Somebody could not be told. */
  readonly partial: boolean;
  /** Who is being told now. */
  readonly asked: string | null;
}

/** A message about a sign-out, by redirect. */
export async function leaveByRedirect(tools: ProviderTools, req: Request, res: Response): Promise<void> {
  const query = queryOf(req);
  const name = /(?:^|&)SAMLResponse=/.test(query) ? 'SAMLResponse' : 'SAMLRequest';
  await refusing(tools, req, res, () => take(tools, req, res, name, readRedirect(query, name)));
}

/** A message about a sign-out, by POST. */
export async function leaveByPost(tools: ProviderTools, req: Request, res: Response): Promise<void> {
  const isResponse =
    typeof req.body === 'object' && req.body !== null && Object.hasOwn(req.body as object, 'SAMLResponse');
  const name = isResponse ? 'SAMLResponse' : 'SAMLRequest';
  await refusing(tools, req, res, () => take(tools, req, res, name, readPost(req.body, name)));
}

/** Asks the person whether they want to sign out. */
export async function askToLeave({ pages }: ProviderTools, req: Request, res: Response): Promise<void> {
  harden(res, true);
  res.type('html').send(pages.signOut(languageOf(req.headers['accept-language'])));
}

/** The person signs out here; whoever took their sign-in is told. */
export async function leave(tools: ProviderTools, req: Request, res: Response): Promise<void> {
  const { sessions, cookies } = tools;
  const token = cookies.session(req);
  const session = await sessions.end(token);
  cookies.endSession(res);
  await goOn(tools, req, res, { requester: null, waiting: session?.participants ?? [], partial: false, asked: null });
}

async function take(
  tools: ProviderTools,
  req: Request,
  res: Response,
  name: 'SAMLRequest' | 'SAMLResponse',
  incoming: Incoming,
): Promise<void> {
  const root = parseXml(incoming.text);
  const from = tools.settings.serviceProviders.find(({ metadata }) => metadata.entityId === issuerOf(root));
  if (from === undefined) throw new Refused('issuer', 'The Issuer is no service provider of ours');
  const element = signed(incoming, root, from);
  if (name === 'SAMLRequest') await asked(tools, req, res, from, element, incoming.relayState);
  else await told(tools, req, res, from, element);
}

/** Messages about a sign-out are always signed (SAML 2.0 Profiles, 4.4.4.1). */
function signed(incoming: Incoming, root: Element, { metadata }: ServiceProvider): Element {
  if (incoming.verify === undefined) return signedElement(incoming.text, root, metadata.certificates).element;
  if (isSigned(root)) throw new Refused('signature', 'It is signed twice');
  incoming.verify(metadata.certificates);
  return root;
}

/** A service provider asks: the person is signed out here at once, then everybody else is told. */
async function asked(
  tools: ProviderTools,
  req: Request,
  res: Response,
  from: ServiceProvider,
  element: Element,
  relayState: string | undefined,
): Promise<void> {
  const { settings, visits, cookies } = tools;
  const request = readLogoutRequest(element);
  check(tools, from, request);
  const skew = settings.clockTolerance * 1000;
  const until = request.issuedAt + settings.lifetimes.request * 1000 + 2 * skew;
  if (request.ends !== undefined && request.ends <= settings.clock.now() - skew)
    throw new Refused('expired', 'It is too old');
  if (!(await visits.firstOf(from.metadata.entityId, request.id, until)))
    throw new Refused('replay', 'A request with this ID was here before');
  const ended = await endedBy(tools, req, from, request);
  if (ended.length > 0) cookies.endSession(res);
  const { entityId } = from.metadata;
  await goOn(tools, req, res, {
    requester: { serviceProvider: entityId, inResponseTo: request.id, relayState: relayState ?? null },
    waiting: ended.flatMap(({ participants }) => participants.filter((one) => one.serviceProvider !== entityId)),
    partial: false,
    asked: null,
  });
}

/** Somebody who was told answers; the next one is told. */
async function told(
  tools: ProviderTools,
  req: Request,
  res: Response,
  from: ServiceProvider,
  element: Element,
): Promise<void> {
  const response = readLogoutResponse(element);
  check(tools, from, response);
  const value = await tools.core.cabinet.take(key(tools, response.inResponseTo));
  const leaving = value as unknown as Leaving | undefined;
  if (leaving === undefined || leaving.asked !== from.metadata.entityId)
    throw new Refused('in-response-to', 'It answers nothing that was asked here, or not any more');
  await goOn(tools, req, res, { ...leaving, partial: leaving.partial || !response.success });
}

/** Which sessions a request is about: those that it names, or the one of this browser that it is of. */
async function endedBy(
  { sessions, cookies }: ProviderTools,
  req: Request,
  from: ServiceProvider,
  { nameId, sessionIndexes }: LogoutRequest,
): Promise<readonly Session[]> {
  const { entityId } = from.metadata;
  const tokens =
    sessionIndexes.length === 0
      ? [cookies.session(req)]
      : await Promise.all(sessionIndexes.map((one) => sessions.tokenOf(entityId, one)));
  const ended: Session[] = [];
  for (const token of new Set(tokens)) {
    const session = await sessions.find(token);
    const own = session?.participants.some((one) => one.serviceProvider === entityId && one.nameId.value === nameId);
    if (own !== true) continue;
    const last = await sessions.end(token);
    if (last !== undefined) ended.push(last);
  }
  return ended;
}

/** Tells the next one who can be told; then whoever asked, or the person. */
async function goOn(tools: ProviderTools, req: Request, res: Response, leaving: Leaving): Promise<void> {
  const { settings, core, pages } = tools;
  const { signing } = await tools.keys();
  const now = settings.clock.now();
  const lifetime = settings.lifetimes.request * 1000;
  let { partial } = leaving;
  harden(res, true);
  for (const [index, participant] of leaving.waiting.entries()) {
    const to = serviceProviderOf(tools, participant.serviceProvider)?.metadata.logout?.request;
    if (to === undefined) {
      partial = true;
      continue;
    }
    const id = newMessageId();
    const rest = { ...leaving, partial, waiting: leaving.waiting.slice(index + 1), asked: participant.serviceProvider };
    await core.cabinet.put(key(tools, id), rest as unknown as Json, { expiresAt: now + lifetime });
    const message = logoutRequest(
      { id, issuer: settings.entityId, destination: to, now },
      { ...participant, ends: now + lifetime },
    );
    res.redirect(303, redirectUrl(to, 'SAMLRequest', message, signing));
    return;
  }
  const { requester } = leaving;
  const back =
    requester === null ? undefined : serviceProviderOf(tools, requester.serviceProvider)?.metadata.logout?.response;
  if (requester === null || back === undefined) {
    res.type('html').send(pages.signedOut(languageOf(req.headers['accept-language'])));
    return;
  }
  const envelope = { id: newMessageId(), issuer: settings.entityId, destination: back, now };
  const message = logoutResponse(envelope, requester.inResponseTo, partial);
  res.redirect(303, redirectUrl(back, 'SAMLResponse', message, signing, requester.relayState ?? undefined));
}

function check(
  { settings }: ProviderTools,
  { metadata }: ServiceProvider,
  message: Pick<LogoutRequest, 'issuer' | 'destination' | 'issuedAt'>,
): void {
  const now = settings.clock.now();
  const skew = settings.clockTolerance * 1000;
  if (message.issuer !== metadata.entityId) throw new Refused('issuer', 'The Issuer is another where it is signed');
  if (message.destination !== logoutUrl(settings))
    throw new Refused('destination', 'The Destination is not this address');
  if (message.issuedAt > now + skew) throw new Refused('future', 'It is of the future');
  if (message.issuedAt <= now - settings.lifetimes.request * 1000 - skew) throw new Refused('expired', 'It is too old');
}

function serviceProviderOf({ settings }: ProviderTools, entityId: string): ServiceProvider | undefined {
  return settings.serviceProviders.find(({ metadata }) => metadata.entityId === entityId);
}

function key({ settings }: ProviderTools, id: string) {
  return { tenant: settings.tenant, drawer: 'saml.leaving', id };
}
