import { languageOf } from '@asignio/bridge';
import type { Request, Response } from 'express';
import type { UpstreamSession } from '../consumer/logout.ts';
import type { Upstream } from '../consumer/upstream.ts';
import type { ServiceProvider } from '../options/service-providers.ts';
import { harden } from '../pages/headers.ts';
import { refusing } from '../provider/arrival.ts';
import { newMessageId } from '../provider/response.ts';
import type { Participant, Session } from '../provider/sessions.ts';
import { toJson } from '../provider/tickets.ts';
import { logoutUrl } from '../provider/tools.ts';
import type { ProviderTools } from '../provider/tools.ts';
import { issuerOf } from '../request/authn-request.ts';
import { parseXml } from '../xml/parse.ts';
import { Refused } from '../xml/refused.ts';
import { checkMessage, signedMessage } from './check.ts';
import type { LogoutChecks } from './check.ts';
import { logoutByPost, logoutByRedirect } from './incoming.ts';
import type { IncomingLogout } from './incoming.ts';
import { logoutRequest, logoutResponse, readLogoutRequest, readLogoutResponse } from './messages.ts';
import type { LogoutRequest } from './messages.ts';
import { isAbout } from './name.ts';
import { tokensNamed } from './named.ts';
import { send } from './send.ts';
import type { Outgoing } from './send.ts';

/** Somebody else in a sign-out: a service provider of ours, or the identity provider of the first factor. */
interface Other {
  readonly role: 'serviceProvider' | 'identityProvider';
  readonly entityId: string;
}

/** A sign-out on its way through those who have to be told. */
interface Leaving {
  /** Who asked for it, and is answered in the end; `null` where the person did. */
  readonly requester: (Other & { readonly inResponseTo: string; readonly relayState: string | null }) | null;
  /** Who is still to be told. */
  readonly waiting: readonly Participant[];
  /** The session upstream, where it is still to be told, after all others. */
  readonly upstream: UpstreamSession | null;
  /** Somebody could not be told. */
  readonly partial: boolean;
  /** Who is being told now. */
  readonly asked: Other | null;
}

/** A message of a service provider about a sign-out, by redirect. */
export async function leaveByRedirect(tools: ProviderTools, req: Request, res: Response): Promise<void> {
  await refusing(tools, req, res, () => take(tools, req, res, logoutByRedirect(req)));
}

/** A message of a service provider about a sign-out, by POST. */
export async function leaveByPost(tools: ProviderTools, req: Request, res: Response): Promise<void> {
  await refusing(tools, req, res, () => take(tools, req, res, logoutByPost(req)));
}

/** A message of the identity provider of the first factor about a sign-out, by redirect. */
export async function leaveUpstreamByRedirect(tools: ProviderTools, req: Request, res: Response): Promise<void> {
  await refusing(tools, req, res, () => takeFromUpstream(tools, req, res, logoutByRedirect(req)));
}

/** A message of the identity provider of the first factor about a sign-out, by POST. */
export async function leaveUpstreamByPost(tools: ProviderTools, req: Request, res: Response): Promise<void> {
  await refusing(tools, req, res, () => takeFromUpstream(tools, req, res, logoutByPost(req)));
}

/** Asks the person whether they want to sign out. */
export async function askToLeave({ pages, upstream }: ProviderTools, req: Request, res: Response): Promise<void> {
  harden(res, true);
  res.type('html').send(pages.signOut(languageOf(req.headers['accept-language']), upstream?.logout.told === true));
}

/** The person signs out here; whoever took their sign-in is told, and who said who they are. */
export async function leave(tools: ProviderTools, req: Request, res: Response): Promise<void> {
  const { sessions, cookies } = tools;
  const token = cookies.session(req);
  const session = await sessions.end(token);
  cookies.endSession(res);
  await goOn(tools, req, res, {
    requester: null,
    waiting: session?.participants ?? [],
    upstream: session === undefined ? null : upstreamOf(tools, session),
    partial: false,
    asked: null,
  });
}

async function take(
  tools: ProviderTools,
  req: Request,
  res: Response,
  { name, incoming }: IncomingLogout,
): Promise<void> {
  const root = parseXml(incoming.text);
  const from = serviceProviderOf(tools, issuerOf(root));
  if (from === undefined) throw new Refused('issuer', 'The Issuer is no service provider of ours');
  const element = signedMessage(incoming, root, from.metadata.certificates);
  if (name === 'SAMLRequest') {
    await asked(tools, req, res, from, element, incoming.relayState);
    return;
  }
  const response = readLogoutResponse(element);
  checkMessage(response, checksOf(tools, from));
  await told(tools, req, res, { role: 'serviceProvider', entityId: from.metadata.entityId }, response);
}

async function takeFromUpstream(
  tools: ProviderTools,
  req: Request,
  res: Response,
  { name, incoming }: IncomingLogout,
): Promise<void> {
  const { upstream, settings } = tools;
  if (upstream === undefined || settings.firstFactor === undefined)
    throw new Refused('issuer', 'There is no identity provider behind us');
  const from: Other = { role: 'identityProvider', entityId: settings.firstFactor.identityProvider.entityId };
  if (name === 'SAMLResponse') {
    await told(tools, req, res, from, upstream.logout.takeResponse(incoming));
    return;
  }
  const request = await upstream.logout.takeRequest(incoming);
  const ended = await endedUpstream(tools, req, from.entityId, request);
  if (ended.length > 0) tools.cookies.endSession(res);
  await goOn(tools, req, res, {
    requester: { ...from, inResponseTo: request.id, relayState: incoming.relayState ?? null },
    waiting: ended.flatMap(({ participants }) => participants),
    upstream: null,
    partial: false,
    asked: null,
  });
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
  const { privateKeys: keys } = await tools.readingKeys();
  const request = readLogoutRequest(element, { keys, cbc: false });
  checkMessage(request, checksOf(tools, from));
  const until = request.issuedAt + settings.lifetimes.request * 1000 + 2 * settings.clockTolerance * 1000;
  if (!(await visits.firstOf(from.metadata.entityId, request.id, until)))
    throw new Refused('replay', 'A request with this ID was here before');
  const ended = await endedBy(tools, req, from, request);
  if (ended.length > 0) cookies.endSession(res);
  const { entityId } = from.metadata;
  await goOn(tools, req, res, {
    requester: { role: 'serviceProvider', entityId, inResponseTo: request.id, relayState: relayState ?? null },
    waiting: ended.flatMap(({ participants }) => participants.filter((one) => one.serviceProvider !== entityId)),
    upstream: ended.map((one) => upstreamOf(tools, one)).findLast((one) => one !== null) ?? null,
    partial: false,
    asked: null,
  });
}

/** Somebody who was told answers; the next one is told. */
async function told(
  tools: ProviderTools,
  req: Request,
  res: Response,
  from: Other,
  { inResponseTo, success }: { readonly inResponseTo: string; readonly success: boolean },
): Promise<void> {
  const value = await tools.core.cabinet.take(key(tools, inResponseTo));
  const leaving = value as unknown as Leaving | undefined;
  if (leaving?.asked?.role !== from.role || leaving.asked.entityId !== from.entityId)
    throw new Refused('in-response-to', 'It answers nothing that was asked here, or not any more');
  await goOn(tools, req, res, { ...leaving, partial: leaving.partial || !success });
}

/** Which sessions a request is about: those that it names, or the one of this browser that it is of. */
async function endedBy(
  tools: ProviderTools,
  req: Request,
  from: ServiceProvider,
  request: LogoutRequest,
): Promise<readonly Session[]> {
  const { sessions, cookies } = tools;
  const { entityId } = from.metadata;
  const tokens = await tokensNamed(request, cookies.session(req), (one) => sessions.tokenOf(entityId, one));
  return endAll(tools, tokens, ({ participants }) =>
    participants.some((one) => one.serviceProvider === entityId && one.nameId.value === request.name.value),
  );
}

/** The same for the identity provider of the first factor; those that it does not name end when they are used next. */
async function endedUpstream(
  tools: ProviderTools,
  req: Request,
  entityId: string,
  request: LogoutRequest,
): Promise<readonly Session[]> {
  const { sessions, cookies } = tools;
  const { name } = request;
  const tokens = await tokensNamed(request, cookies.session(req), (one) =>
    sessions.tokenOfUpstream(entityId, name, one),
  );
  return endAll(
    tools,
    tokens,
    ({ authority, upstream }) => authority === entityId && upstream !== null && isAbout(name, upstream.name),
  );
}

/** Ends those of some sessions that are the right ones. */
async function endAll(
  { sessions }: ProviderTools,
  tokens: ReadonlySet<string>,
  right: (session: Session) => boolean,
): Promise<readonly Session[]> {
  const ended: Session[] = [];
  for (const token of tokens) {
    const session = await sessions.find(token);
    if (session === undefined || !right(session)) continue;
    const last = await sessions.end(token);
    if (last !== undefined) ended.push(last);
  }
  return ended;
}

/** Tells the next one who can be told; then whoever asked, or the person. */
async function goOn(tools: ProviderTools, req: Request, res: Response, leaving: Leaving): Promise<void> {
  const { core, pages, upstream, settings } = tools;
  const { signing } = await tools.keys();
  const expiresAt = settings.clock.now() + settings.lifetimes.request * 1000;
  const tell = async (outgoing: Outgoing, rest: Leaving): Promise<void> => {
    await core.cabinet.put(key(tools, outgoing.id), toJson(rest), { expiresAt });
    send(pages, req, res, outgoing, signing);
  };
  let { partial } = leaving;
  for (const [index, participant] of leaving.waiting.entries()) {
    const outgoing = requestTo(tools, participant);
    if (outgoing === undefined) {
      partial = true;
      continue;
    }
    const waiting = leaving.waiting.slice(index + 1);
    const to: Other = { role: 'serviceProvider', entityId: participant.serviceProvider };
    await tell(outgoing, { ...leaving, partial, waiting, asked: to });
    return;
  }
  const session = leaving.upstream;
  const outgoing = session === null ? undefined : upstream?.logout.request(session);
  const entityId = settings.firstFactor?.identityProvider.entityId;
  if (outgoing !== undefined && entityId !== undefined) {
    const to: Other = { role: 'identityProvider', entityId };
    await tell(outgoing, { ...leaving, partial, waiting: [], upstream: null, asked: to });
    return;
  }
  const { requester } = leaving;
  const back = requester === null ? undefined : responseTo(tools, upstream, requester, partial);
  if (back !== undefined) {
    send(pages, req, res, { ...back, relayState: requester?.relayState ?? undefined }, signing);
    return;
  }
  harden(res, true);
  res.type('html').send(pages.signedOut(languageOf(req.headers['accept-language'])));
}

/** What tells a service provider; `undefined` where it takes no such messages, or is none of ours any more. */
function requestTo(tools: ProviderTools, participant: Participant): Outgoing | undefined {
  const { settings } = tools;
  const to = serviceProviderOf(tools, participant.serviceProvider);
  const logout = to?.metadata.logout;
  if (to === undefined || logout === undefined) return undefined;
  const { nameId, sessionIndex, serviceProvider } = participant;
  const id = newMessageId();
  const now = settings.clock.now();
  const name = {
    value: nameId.value,
    format: nameId.format,
    ...(nameId.qualified ? { nameQualifier: settings.entityId, spNameQualifier: serviceProvider } : {}),
  };
  const message = logoutRequest(
    { id, issuer: settings.entityId, destination: logout.request, now },
    {
      name,
      encryptTo: to.encryptTo,
      sessionIndexes: [sessionIndex],
      ends: now + settings.lifetimes.request * 1000,
    },
  );
  return { id, to: logout.request, binding: logout.binding, name: 'SAMLRequest', message };
}

function responseTo(
  tools: ProviderTools,
  upstream: Upstream | undefined,
  { role, entityId, inResponseTo }: NonNullable<Leaving['requester']>,
  partial: boolean,
): Outgoing | undefined {
  if (role === 'identityProvider') return upstream?.logout.response(inResponseTo, partial);
  const { settings } = tools;
  const logout = serviceProviderOf(tools, entityId)?.metadata.logout;
  if (logout === undefined) return undefined;
  const id = newMessageId();
  const envelope = { id, issuer: settings.entityId, destination: logout.response, now: settings.clock.now() };
  const message = logoutResponse(envelope, inResponseTo, partial);
  return { id, to: logout.response, binding: logout.binding, name: 'SAMLResponse', message };
}

/** The session that the identity provider of now has; one of another who was asked before is nobody's to end. */
function upstreamOf({ settings }: ProviderTools, { authority, upstream }: Session): UpstreamSession | null {
  return authority === settings.firstFactor?.identityProvider.entityId ? upstream : null;
}

function checksOf({ settings }: ProviderTools, { metadata }: ServiceProvider): LogoutChecks {
  return {
    issuer: metadata.entityId,
    destination: logoutUrl(settings),
    now: settings.clock.now(),
    skew: settings.clockTolerance * 1000,
    lifetime: settings.lifetimes.request * 1000,
  };
}

function serviceProviderOf({ settings }: ProviderTools, entityId: string): ServiceProvider | undefined {
  return settings.serviceProviders.find(({ metadata }) => metadata.entityId === entityId);
}

function key({ settings }: ProviderTools, id: string) {
  return { tenant: settings.tenant, drawer: 'saml.leaving', id };
}
