import { bindingCookieName, cookieNames, isBindingCookie } from '@asignio/contracts';
import type { CeremonyId, EpochMs } from '@asignio/contracts';
import type { Request, Response } from 'express';

/** Ceremonies that one browser may have going at once; the oldest lose their cookie, so that headers stay small. */
const CONCURRENT = 4;
/** How long after its end an accepted verification can still be redeemed, ms. */
const REDEEMABLE_MS = 60_000;

/**
 * Binds a ceremony to this browser. The path is the whole host, not the router's mount: the sign-in route that redeems
 * the ceremony is the host's own, and the `__Host-` prefix demands it.
 */
export function setBindingCookie(
  req: Request,
  res: Response,
  ceremony: { readonly id: CeremonyId; readonly expiresAt: EpochMs },
  binding: string,
  now: EpochMs,
): void {
  const attributes = { httpOnly: true, sameSite: 'strict', path: '/', secure: req.secure } as const;
  const earlier = cookieNames(req.headers.cookie).filter(isBindingCookie);
  for (const name of earlier.slice(0, Math.max(0, earlier.length - CONCURRENT + 1)))
    res.cookie(name, '', { ...attributes, secure: req.secure || name.startsWith('__Host-'), maxAge: 0 });
  res.cookie(bindingCookieName(ceremony.id, req.secure), binding, {
    ...attributes,
    maxAge: Math.max(0, ceremony.expiresAt - now) + REDEEMABLE_MS,
  });
}
