import { AsignioError, bindingCookieName, ceremonyId, readCookie, requestOrigin, subjectId } from '@asignio/contracts';
import type { EpochMs } from '@asignio/contracts';
import type { AsignioCore, Proof } from '@asignio/core';
import type { Request, Response } from 'express';
import type { Host } from './options/host.ts';

/** How far clocks of two processes may be apart, ms. */
const SKEW_MS = 60_000;

/**
 * Exchanges the ceremony that this browser has just completed, as the field `ceremony` of a form names it.
 * @param origin the bridge's own
 * @returns `undefined` where the ceremony proves nothing (any more): the person draws again.
 */
export async function redeem(
  core: Pick<AsignioCore, 'ceremonies'>,
  { tenant, subject, authenticator }: Pick<Host, 'tenant' | 'subject' | 'authenticator'>,
  origin: string,
  { req, res }: { readonly req: Request; readonly res: Response },
): Promise<Proof | undefined> {
  try {
    const id = ceremonyId(fields(req.body, 'ceremony')[0]);
    const cookie = bindingCookieName(id, req.secure);
    const binding = readCookie(req.headers.cookie, cookie);
    if (binding === undefined) return undefined;
    const host = subject(req);
    const proof = await core.ceremonies.redeem(
      {
        tenant,
        id,
        binding,
        origin,
        ...(host === undefined || host === '' ? {} : { requester: subjectId(host) }),
      },
      authenticator(req),
    );
    res.cookie(cookie, '', { httpOnly: true, sameSite: 'strict', path: '/', secure: req.secure, maxAge: 0 });
    return proof;
  } catch (error) {
    if (error instanceof AsignioError && error.status < 500) return undefined;
    throw error;
  }
}

/** Whether a proof is of what began then, not one that was completed for something else before it. */
export function isFresh({ at }: Pick<Proof, 'at'>, begunAt: EpochMs, now: EpochMs): boolean {
  return at >= begunAt - SKEW_MS && at <= now + SKEW_MS;
}

/** @throws AsignioError `ASIGNIO_ORIGIN_REFUSED` for a form of another site. */
export function checkOrigin(own: string, req: Request): void {
  const fetchSite = req.headers['sec-fetch-site'];
  const source = {
    origin: req.headers.origin,
    fetchSite: typeof fetchSite === 'string' ? fetchSite : undefined,
    self: own,
    changes: true,
  };
  if (requestOrigin(source, [own]) === undefined) throw new AsignioError('ASIGNIO_ORIGIN_REFUSED');
}

/** What a form holds under a name, once or several times; anything but text is left out. */
export function fields(body: unknown, name: string): readonly string[] {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, name)) return [];
  const value = (body as Record<string, unknown>)[name];
  return (Array.isArray(value) ? (value as unknown[]) : [value]).filter((one) => typeof one === 'string');
}
