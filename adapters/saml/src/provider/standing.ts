import type { Request } from 'express';
import type { Context, Wanted } from '../assurance/contexts.ts';
import { newMessageId } from './response.ts';
import type { Session } from './sessions.ts';
import type { ProviderTools } from './tools.ts';
import type { SignedIn, Visit } from './visits.ts';

/** Whoever is signed in already, where that is enough for the request. */
export async function alreadySignedIn(
  tools: ProviderTools,
  req: Request,
  { forceAuthn, wanted }: Pick<Visit, 'forceAuthn' | 'wanted'>,
): Promise<SignedIn | undefined> {
  const { cookies, settings } = tools;
  if (forceAuthn) return undefined;
  const token = cookies.session(req);
  const session = await sessionOf(tools, token);
  if (session === undefined || token === undefined) return undefined;
  const host = settings.subject(req);
  if (host !== undefined && host !== '' && host !== session.subject) return undefined;
  const context = provedBy(wanted, session.assurance);
  return context === undefined ? undefined : signedInOf(session, context, token);
}

/** The session of a name, if it goes on. */
export async function sessionOf(
  { sessions, upstream }: ProviderTools,
  token: string | undefined,
): Promise<Session | undefined> {
  const session = await sessions.find(token);
  // Its identity provider ended all that it has of this person, and named none of it.
  const { upstream: there = null } = session ?? {};
  if (there !== null && (await upstream?.logout.ended(there)) === true) {
    await sessions.end(token);
    return undefined;
  }
  return session;
}

export function signedInOf(
  { subject, at, endsAt, authority }: Pick<Session, 'subject' | 'at' | 'endsAt' | 'authority'>,
  context: Context,
  session: string,
): SignedIn {
  return { subject, at, context, authority, sessionIndex: newMessageId(), sessionEnds: endsAt, session };
}

/** The first of the contexts that would do which the assurance proves. */
export function provedBy(wanted: Wanted, assurance: readonly string[]): Context | undefined {
  return wanted.find(({ profile }) => assurance.includes(profile));
}
