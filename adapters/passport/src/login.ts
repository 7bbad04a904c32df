import type { Request } from 'express';
import { rememberInSession } from './proof.ts';
import type { RememberedProof } from './proof.ts';

interface LogInOptions {
  readonly session?: boolean;
  readonly keepSessionInfo?: boolean;
}
type Done = (error?: unknown) => void;
type LogIn = (this: Request, user: Express.User, options: LogInOptions, done?: Done) => void;

/** How the sign-in that follows is to be made. */
export interface LoginPlan {
  readonly proof: RememberedProof;
  /** Whose proof it is. A host that signs in somebody else instead gets nothing remembered. */
  readonly user: Express.User;
  /** Keep what the session holds. */
  readonly keep: boolean;
}

/**
 * Has the next `req.logIn` of this request write the proof into the session. Passport (or the host, with a callback of
 * its own) calls it only after the strategy's `success`, and then regenerates the session, so anything written earlier
 * would be lost.
 */
export function onLogIn(req: Request, plan: LoginPlan): void {
  const original = (req as unknown as { readonly logIn?: LogIn }).logIn;
  if (original === undefined) return;
  const wrapped = (user: Express.User, second?: LogInOptions | Done, third?: Done): void => {
    put(req, original);
    const [given, done] = typeof second === 'function' ? [{}, second] : [second ?? {}, third];
    const options = plan.keep ? { ...given, keepSessionInfo: true } : given;
    const theirs = options.session !== false && user === plan.user;
    original.call(req, user, options, (error) => {
      if (error != null || !theirs) done?.(error);
      else rememberInSession(req, plan.proof, (failure) => done?.(failure));
    });
  };
  put(req, wrapped);
}

function put(req: Request, logIn: LogIn): void {
  req.logIn = logIn as Request['logIn'];
  req.login = logIn as Request['logIn'];
}
