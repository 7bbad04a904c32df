import { AsignioError, bindingCookieName, ceremonyId, readCookie, requestOrigin, subjectId } from '@asignio/contracts';
import type { AsignioCore, Proof } from '@asignio/core';
import type { Request, Response } from 'express';
import { textOf } from '../provider/asks.ts';
import type { Settings } from '../options.ts';

/** @returns `undefined` where the ceremony proves nothing (any more): the person draws again. */
export async function redeem(
  { core, settings }: { readonly core: AsignioCore; readonly settings: Settings },
  req: Request,
  res: Response,
): Promise<Proof | undefined> {
  try {
    const id = ceremonyId(field(req.body, 'ceremony'));
    const cookie = bindingCookieName(id, req.secure);
    const binding = readCookie(req.headers.cookie, cookie);
    if (binding === undefined) return undefined;
    const host = settings.subject(req);
    const proof = await core.ceremonies.redeem(
      {
        tenant: settings.tenant,
        id,
        binding,
        origin: settings.issuer.origin,
        ...(host === undefined || host === '' ? {} : { requester: subjectId(host) }),
      },
      settings.authenticator(req),
    );
    res.cookie(cookie, '', { httpOnly: true, sameSite: 'strict', path: '/', secure: req.secure, maxAge: 0 });
    return proof;
  } catch (error) {
    if (error instanceof AsignioError && error.status < 500) return undefined;
    throw error;
  }
}

/** @throws AsignioError `ASIGNIO_ORIGIN_REFUSED` for a form of another site. */
export function checkOrigin({ issuer }: Settings, req: Request): void {
  const fetchSite = req.headers['sec-fetch-site'];
  const origin = requestOrigin(
    {
      origin: req.headers.origin,
      fetchSite: typeof fetchSite === 'string' ? fetchSite : undefined,
      self: issuer.origin,
      changes: true,
    },
    [issuer.origin],
  );
  if (origin === undefined) throw new AsignioError('ASIGNIO_ORIGIN_REFUSED');
}

function field(body: unknown, name: string): string | undefined {
  return textOf(fields(body, name)[0]);
}

export function fields(body: unknown, name: string): readonly string[] {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, name)) return [];
  const value = (body as Record<string, unknown>)[name];
  return (Array.isArray(value) ? (value as unknown[]) : [value]).filter((one) => typeof one === 'string');
}
