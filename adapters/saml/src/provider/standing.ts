import type { Request } from 'express';
import type { Context, Wanted } from '../assurance/contexts.ts';
import { newMessageId } from './response.ts';
import type { Session } from './sessions.ts';
import type { ProviderTools } from './tools.ts';
import type { SignedIn, Visit } from './visits.ts';

/** Whoever is signed in already, where that is enough for the request. */
export async function alreadySignedIn(
  { sessions, cookies, settings, upstream }: ProviderTools,
  req: Request,
  { forceAuthn, wanted }: Pick<Visit, 'forceAuthn' | 'wanted'>,
): Promise<SignedIn | undefined> {
  if (forceAuthn) return undefined;
  const token = cookies.session(req);
  const session = await sessions.find(token);
  if (session === undefined || token === undefined) return undefined;
  // Its identity provider ended all that it has of this person, and named none of it.
  if (session.upstream !== null && (await upstream?.logout.ended(session.upstream)) === true) {
    await sessions.end(token);
    return undefined;
  }
  const host = settings.subject(req);
  if (host !== undefined && host !== '' && host !== session.subject) return undefined;
  const context = provedBy(wanted, session.assurance);
  return context === undefined ? undefined : signedInOf(session, context, token);
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
