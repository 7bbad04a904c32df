import type { Request } from 'express';
import type { Incoming, MessageName } from '../bindings/encoding.ts';
import { readPost } from '../bindings/post.ts';
import { readRedirect } from '../bindings/redirect.ts';
import { queryOf } from '../provider/arrival.ts';

/** Either message about a sign-out, by either binding. */
export interface IncomingLogout {
  readonly name: MessageName;
  readonly incoming: Incoming;
}

/** @throws Refused */
export function logoutByRedirect(req: Request): IncomingLogout {
  const query = queryOf(req);
  const name = /(?:^|&)SAMLResponse=/.test(query) ? 'SAMLResponse' : 'SAMLRequest';
  return { name, incoming: readRedirect(query, name) };
}

/** @throws Refused */
export function logoutByPost(req: Request): IncomingLogout {
  const body: unknown = req.body;
  const isResponse = typeof body === 'object' && body !== null && Object.hasOwn(body, 'SAMLResponse');
  const name = isResponse ? 'SAMLResponse' : 'SAMLRequest';
  return { name, incoming: readPost(body, name) };
}
