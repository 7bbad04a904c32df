import { readCookie } from '@asignio/contracts';
import type { Request, Response } from 'express';
import type { Settings } from '../options.ts';

type Place = Pick<Settings, 'origin' | 'path'>;

/** The two cookies of the bridge: who is signed in, and which browser began a visit. */
export class Cookies {
  private readonly place: Place;
  private readonly secure: boolean;

  constructor(place: Place) {
    this.place = place;
    this.secure = place.origin.startsWith('https:');
  }

  session(req: Request): string | undefined {
    return readCookie(req.headers.cookie, this.name('session'));
  }

  setSession(res: Response, token: string, endsAt: number, now: number): void {
    this.set(res, 'session', token, `${this.place.path}/`, endsAt - now);
  }

  endSession(res: Response): void {
    this.set(res, 'session', '', `${this.place.path}/`, 0);
  }

  visit(req: Request): string | undefined {
    return readCookie(req.headers.cookie, this.name('visit'));
  }

  setVisit(res: Response, id: string, secret: string, lifetime: number): void {
    this.set(res, 'visit', secret, `${this.place.path}/visit/${id}`, lifetime);
  }

  endVisit(res: Response, id: string): void {
    this.set(res, 'visit', '', `${this.place.path}/visit/${id}`, 0);
  }

  /** A name with a prefix with which a browser takes it over TLS alone (RFC 6265bis, 4.1.3.1). */
  private name(which: 'session' | 'visit'): string {
    return `${this.secure ? '__Secure-' : ''}asignio_saml_${which}`;
  }

  /** `Lax`: a request by POST comes from another site, and is redirected before any of them is read. */
  private set(res: Response, which: 'session' | 'visit', value: string, path: string, maxAge: number): void {
    res.cookie(this.name(which), value, { httpOnly: true, sameSite: 'lax', secure: this.secure, path, maxAge });
  }
}
