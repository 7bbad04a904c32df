import { languageOf } from '@asignio/bridge';
import type { Request, Response } from 'express';
import { logoutByPost, logoutByRedirect } from '../logout/incoming.ts';
import type { IncomingLogout } from '../logout/incoming.ts';
import type { LogoutRequest } from '../logout/messages.ts';
import { isAbout } from '../logout/name.ts';
import { tokensNamed } from '../logout/named.ts';
import { send } from '../logout/send.ts';
import { harden } from '../pages/headers.ts';
import { refusing } from '../provider/arrival.ts';
import { isTicketId, newTicket, toJson } from '../provider/tickets.ts';
import { Refused } from '../xml/refused.ts';
import type { Tools } from './service-provider.ts';
import type { Stay } from './stays.ts';

/** A request of the identity provider that was checked, until the browser comes for it. */
interface Ordered {
  readonly request: Pick<LogoutRequest, 'id' | 'name' | 'sessionIndexes'>;
  readonly relayState: string | null;
}

/** Asks the person whether they want to sign out. */
export async function askToLeave({ pages, upstream }: Tools, req: Request, res: Response): Promise<void> {
  harden(res, true);
  res.type('html').send(pages.signOut(languageOf(req.headers['accept-language']), upstream.logout.told));
}

/** The person signs out: the host's session ends, and the identity provider is told. */
export async function leave(tools: Tools, req: Request, res: Response): Promise<void> {
  const { settings, stays, cookies, upstream, core, pages, keys } = tools;
  const stay = await stays.end(cookies.session(req));
  cookies.endSession(res);
  if (stay !== undefined) await signedOut(tools, req, stay);
  const outgoing = stay === undefined ? undefined : upstream.logout.request(stay.session);
  if (outgoing === undefined) {
    leftHere(tools, req, res);
    return;
  }
  const terms = { expiresAt: settings.clock.now() + settings.lifetimes.request * 1000 };
  await core.cabinet.put(asked(tools, outgoing.id), null, terms);
  send(pages, req, res, outgoing, (await keys.signing.current()).signing);
}

/** A message of the identity provider, by redirect. */
export async function leaveByRedirect(tools: Tools, req: Request, res: Response): Promise<void> {
  await refusing(tools, req, res, () => take(tools, req, res, logoutByRedirect(req)));
}

/** A message of the identity provider, by POST. */
export async function leaveByPost(tools: Tools, req: Request, res: Response): Promise<void> {
  await refusing(tools, req, res, () => take(tools, req, res, logoutByPost(req)));
}

/** The browser comes with its cookies, which a form of another site does not bring: the host's session ends. */
export async function leaveAsOrdered(tools: Tools, req: Request, res: Response): Promise<void> {
  const { core, cookies, upstream, pages, keys } = tools;
  const { id = '' } = req.params as { id?: string };
  const value = isTicketId(id) ? await core.cabinet.take(ordered(tools, id)) : undefined;
  if (value === undefined) {
    harden(res);
    const language = languageOf(req.headers['accept-language']);
    res.status(400).type('html').send(pages.gone(language));
    return;
  }
  const { request, relayState } = value as unknown as Ordered;
  const own = cookies.session(req);
  for (const token of await tokensNamed(request, own, (one) => tools.stays.tokenOf(request.name, one))) {
    const stay = await tools.stays.find(token);
    if (stay === undefined || !isAbout(request.name, stay.session.name)) continue;
    const last = await tools.stays.end(token);
    if (last === undefined) continue;
    if (token === own) cookies.endSession(res);
    await signedOut(tools, req, last);
  }
  const back = upstream.logout.response(request.id, false);
  if (back === undefined) leftHere(tools, req, res);
  else send(pages, req, res, { ...back, relayState: relayState ?? undefined }, (await keys.signing.current()).signing);
}

async function take(tools: Tools, req: Request, res: Response, { name, incoming }: IncomingLogout): Promise<void> {
  const { settings, core, upstream } = tools;
  if (name === 'SAMLResponse') {
    const { inResponseTo } = upstream.logout.takeResponse(incoming);
    if ((await core.cabinet.take(asked(tools, inResponseTo))) === undefined)
      throw new Refused('in-response-to', 'It answers nothing that was asked here, or not any more');
    leftHere(tools, req, res);
    return;
  }
  const { id, name: who, sessionIndexes } = await upstream.logout.takeRequest(incoming);
  const order: Ordered = { request: { id, name: who, sessionIndexes }, relayState: incoming.relayState ?? null };
  const ticket = newTicket();
  const terms = { expiresAt: settings.clock.now() + settings.lifetimes.request * 1000 };
  await core.cabinet.put(ordered(tools, ticket.id), toJson(order), terms);
  harden(res);
  res.redirect(303, `${settings.path}/leave/${ticket.id}`);
}

async function signedOut({ settings }: Tools, req: Request, { subject, signIn }: Stay): Promise<void> {
  await settings.signedOut?.(req, subject, signIn);
}

function leftHere({ pages }: Tools, req: Request, res: Response): void {
  harden(res, true);
  res.type('html').send(pages.signedOut(languageOf(req.headers['accept-language'])));
}

function asked({ settings: { tenant } }: Tools, id: string) {
  return { tenant, drawer: 'saml.leaving', id };
}

function ordered({ settings: { tenant } }: Tools, id: string) {
  return { tenant, drawer: 'saml.ordered', id };
}
