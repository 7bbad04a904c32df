import { AsignioError, toProblem } from '@asignio/contracts';
import type { Request, RequestHandler, Response } from 'express';
import { must, userId } from './options.ts';
import type { SubjectOf } from './options.ts';
import { rememberedProof } from './proof.ts';

/** Options of {@link requireAssurance}. */
export interface RequireAssuranceOptions {
  /** How old the verification may be, ms. @default as old as the sign-in */
  readonly maxAgeMs?: number;
  /** Where to send who lacks it (or is not signed in), instead of an error: a path, or a function of the request. */
  readonly redirectTo?: string | ((req: Request) => string);
  /** As in the strategy. @default user.id */
  readonly subject?: SubjectOf;
  /** Now, ms since the epoch; for tests. @default Date.now */
  readonly now?: () => number;
}

/** How far clocks of two processes may be apart, ms. */
const SKEW_MS = 60_000;

/**
 * Lets through only who was verified to an assurance profile in the current sign-in.
 *
 * Who is not signed in gets a 401 problem `ASIGNIO_SIGN_IN_REQUIRED`; who is, but not to this assurance, goes to the
 * host's error handler as an AsignioError `ASIGNIO_ASSURANCE_REQUIRED` (its `status` is 403), from where a step-up can begin.
 * @param name of the profile
 * @throws AsignioError `ASIGNIO_OPTION_INVALID`, naming the option.
 * @example
 * ```ts
 * app.post('/transfer', requireAssurance('signature', { maxAgeMs: 5 * 60_000, redirectTo: '/confirm' }), transfer);
 * ```
 */
export function requireAssurance(name: string, options: RequireAssuranceOptions = {}): RequestHandler {
  const { maxAgeMs = Number.POSITIVE_INFINITY, redirectTo, subject = userId, now = Date.now } = options;
  must(typeof name === 'string' && name !== '', 'name', 'of requireAssurance must name an assurance profile');
  must(typeof maxAgeMs === 'number' && maxAgeMs > 0, 'maxAgeMs', 'of requireAssurance must be a number of ms above 0');
  return (req, res, next) => {
    const proof = rememberedProof(req, subject);
    const age = proof === undefined ? Number.NaN : now() - proof.at;
    if (proof?.assurance.includes(name) === true && age >= -SKEW_MS && age <= maxAgeMs) {
      next();
      return;
    }
    if (redirectTo !== undefined) res.redirect(303, typeof redirectTo === 'function' ? redirectTo(req) : redirectTo);
    else if (req.user) next(new AsignioError('ASIGNIO_ASSURANCE_REQUIRED', `This needs the assurance ${name}`));
    else answerProblem(res, new AsignioError('ASIGNIO_SIGN_IN_REQUIRED'));
  };
}

function answerProblem(res: Response, error: AsignioError): void {
  res
    .status(error.status)
    .set('Cache-Control', 'no-store')
    .type('application/problem+json')
    .send(JSON.stringify(toProblem(error)));
}
