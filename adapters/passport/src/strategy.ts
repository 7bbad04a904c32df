import {
  AsignioError,
  bindingCookieName,
  ceremonyId,
  readCookie,
  requestOrigin,
  subjectId,
  tenantId,
} from '@asignio/contracts';
import type { CeremonyId, ErrorCode, SubjectId } from '@asignio/contracts';
import type { Proof } from '@asignio/core';
import type { Request } from 'express';
import { Strategy } from 'passport-strategy';
import { onLogIn } from './login.ts';
import { settingsOf } from './options.ts';
import type { AsignioAuthenticateOptions, AsignioStrategyOptions, Settings } from './options.ts';
import { rememberInRequest, remembered } from './proof.ts';
import type { AsignioAuthInfo } from './proof.ts';

/** Why a sign-in failed, for the host to show: `req.authInfo` of a callback, the flash message, the failed redirect. */
export interface AsignioFailure {
  /** What is wrong and what to do, in two sentences. */
  readonly message: string;
  readonly code: ErrorCode;
}

interface Verified {
  readonly user: Express.User;
  readonly proof: Proof;
}

/**
 * Signs in whoever has just completed a verification ceremony in this browser, or steps up a session.
 *
 * The page runs the ceremony against the router, then posts a form with the field `ceremony` to the host's own route;
 * the strategy redeems it, once, within a minute. `req.authInfo` then holds `{ amr, acr, ceremony, at, assurance }`.
 * @example
 * ```ts
 * passport.use(new AsignioStrategy({ core: asignio, origins: ['https://app.example'] }));
 * app.post('/sign-in', passport.authenticate('asignio', { failureRedirect: '/sign-in' }), (req, res) => res.redirect('/'));
 * app.post('/confirm', passport.authenticate('asignio', { stepUp: true }), (req, res) => res.redirect('/transfer'));
 * ```
 */
export class AsignioStrategy extends Strategy {
  readonly name: string;
  // Not `#private`: Passport runs each request on Object.create(strategy), where private names do not exist.
  private readonly settings: Settings;

  /** @throws AsignioError `ASIGNIO_OPTION_INVALID`, naming the option. */
  constructor(options: AsignioStrategyOptions) {
    super();
    this.settings = settingsOf(options);
    this.name = options.name ?? 'asignio';
  }

  /** Called by Passport. Ends in exactly one of `success`, `fail` and `error`. */
  override authenticate(req: Request, options: AsignioAuthenticateOptions = {}): void {
    const stepUp = options.stepUp === true;
    verify(this.settings, req, stepUp)
      .then(
        (verified) => this.accept(req, verified, stepUp),
        (error: unknown) => this.refuse(error),
      )
      // What the host's own callback threw: not a reason to call it again, nor to let the process die of a rejection.
      .catch((error: unknown) => req.next?.(error));
  }

  private accept(req: Request, { user, proof }: Verified, stepUp: boolean): void {
    const kept = remembered(proof);
    rememberInRequest(req, kept);
    onLogIn(req, { proof: kept, user, keep: stepUp });
    const { subject: _, ...info } = kept;
    this.success(user, info satisfies AsignioAuthInfo);
  }

  private refuse(error: unknown): void {
    if (!(error instanceof AsignioError))
      this.error(error instanceof Error ? error : new Error('Not an error', { cause: error }));
    else if (error.status >= 500) this.error(error);
    else this.fail(failure(error), error.status);
  }
}

/** @throws AsignioError with the reason; one of status 500 and above, or any other error, is not the person's doing. */
async function verify(settings: Settings, req: Request, stepUp: boolean): Promise<Verified> {
  const origin = originOf(settings, req);
  const id = ceremonyOf(req);
  const requester = req.user ? subjectOf(settings, req.user, req) : undefined;
  if (stepUp && requester === undefined) throw new AsignioError('ASIGNIO_SIGN_IN_REQUIRED');
  const cookie = bindingCookieName(id, req.secure);
  const binding = readCookie(req.headers.cookie, cookie);
  if (binding === undefined) throw new AsignioError('ASIGNIO_CEREMONY_UNKNOWN');
  const tenant = tenantId(settings.tenant(req));
  const handle = { tenant, id, binding, origin, ...(requester === undefined ? {} : { requester }) };
  const proof = await settings.core.ceremonies.redeem(handle, settings.authenticator(req));
  forget(req, cookie);
  if (stepUp && proof.subject !== requester) throw new AsignioError('ASIGNIO_CEREMONY_SUBJECT');
  const user = stepUp ? req.user : await settings.user(proof, req);
  if (!user) throw new AsignioError('ASIGNIO_NOT_VERIFIED');
  return { user, proof };
}

/** A sign-in changes things whatever its method, so it must say where it comes from. */
function originOf(settings: Settings, req: Request): string {
  const fetchSite = req.headers['sec-fetch-site'];
  const origin = requestOrigin(
    {
      origin: req.headers.origin,
      fetchSite: typeof fetchSite === 'string' ? fetchSite : undefined,
      self: `${req.protocol}://${req.headers.host ?? ''}`,
      changes: true,
    },
    settings.origins,
  );
  if (origin === undefined) throw new AsignioError('ASIGNIO_ORIGIN_REFUSED');
  return origin;
}

function ceremonyOf(req: Request): CeremonyId {
  const given = field(req.body) ?? field(req.query);
  if (given === undefined)
    throw new AsignioError('ASIGNIO_REQUEST_INVALID', 'The field `ceremony` is missing; is there a body parser?');
  return ceremonyId(given);
}

function field(from: unknown): unknown {
  if (typeof from !== 'object' || from === null || !Object.hasOwn(from, 'ceremony')) return undefined;
  return (from as { ceremony: unknown }).ceremony;
}

function subjectOf(settings: Settings, user: Express.User, req: Request): SubjectId {
  try {
    return subjectId(settings.subject(user, req));
  } catch (cause) {
    throw new AsignioError('ASIGNIO_OPTION_INVALID', 'The option `subject` gave no subject id for the signed-in user', {
      cause,
    });
  }
}

/** The ceremony is over: its cookie need not be sent any more. */
function forget(req: Request, cookie: string): void {
  if (req.res === undefined || req.res.headersSent) return;
  req.res.cookie(cookie, '', { httpOnly: true, sameSite: 'strict', path: '/', secure: req.secure, maxAge: 0 });
}

function failure({ code, remedy, message }: AsignioError): AsignioFailure {
  return { message: `${message.replace(/[.?!]?$/, '.')} ${remedy}`, code };
}
