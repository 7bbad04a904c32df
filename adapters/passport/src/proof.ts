import { createHash } from 'node:crypto';
import type { Proof } from '@asignio/core';
import type { Request } from 'express';
import { userId } from './options.ts';
import type { SubjectOf } from './options.ts';

/** What is remembered of a verification for as long as the sign-in lasts: coarse, no score, nothing biometric. */
export interface RememberedProof {
  readonly subject: string;
  readonly acr: string;
  readonly amr: readonly string[];
  /** Names of the assurance profiles that it satisfied. */
  readonly assurance: readonly string[];
  /** When it was decided, ms since the epoch. */
  readonly at: number;
  readonly ceremony: string;
}

/** What `req.authInfo` says after a sign-in. */
export type AsignioAuthInfo = Omit<RememberedProof, 'subject'>;

/** In the session it is bound to the sign-in: a copy that outlives it (a session kept over a logout) proves nothing. */
interface StoredProof extends RememberedProof {
  readonly login: string;
}

interface HostSession {
  asignio?: unknown;
  save?(done: (error?: unknown) => void): void;
}

/** Proofs of requests that were verified just now, with a session or without. */
const fresh = new WeakMap<Request, RememberedProof>();

/** Keeps of a proof what may be kept. */
export function remembered(proof: Proof): RememberedProof {
  const { subject, acr, amr, assurance, at, ceremony } = proof;
  return { subject, acr, amr: [...amr], assurance: [...assurance], at, ceremony };
}

/** Marks this request as verified. */
export function rememberInRequest(req: Request, proof: RememberedProof): void {
  fresh.set(req, proof);
}

/** Writes the proof into the session that is there now, and saves it. */
export function rememberInSession(req: Request, proof: RememberedProof, done: (error?: unknown) => void): void {
  const session = sessionOf(req);
  if (session === undefined) {
    done();
    return;
  }
  session.asignio = { ...proof, login: loginOf(req) } satisfies StoredProof;
  if (typeof session.save === 'function') session.save(done);
  else done();
}

/**
 * The verification that the current sign-in rests on, or the one of this very request.
 * @param subject as in the strategy
 * @returns `undefined` where there is none, or it is not of the user who is signed in.
 * @example
 * ```ts
 * app.get('/account', (req, res) => {
 *   const proof = rememberedProof(req);
 *   res.render('account', { how: proof?.amr, when: proof && new Date(proof.at) });
 * });
 * ```
 */
export function rememberedProof(req: Request, subject: SubjectOf = userId): RememberedProof | undefined {
  const proof = fresh.get(req) ?? fromSession(req);
  return proof !== undefined && req.user && isOf(proof, req.user, req, subject) ? proof : undefined;
}

/** Whether a proof is of this user. */
export function isOf(proof: RememberedProof, user: Express.User, req: Request, subject: SubjectOf): boolean {
  // Subject ids are in normal form C once they have been through the core.
  return subject(user, req).normalize('NFC') === proof.subject;
}

function fromSession(req: Request): RememberedProof | undefined {
  const stored = sessionOf(req)?.asignio;
  if (!isStored(stored) || stored.login !== loginOf(req)) return undefined;
  const { login: _, ...proof } = stored;
  return proof;
}

function isStored(value: unknown): value is StoredProof {
  const given = value as Partial<Record<keyof StoredProof, unknown>> | null | undefined;
  return (
    typeof given === 'object' &&
    given !== null &&
    [given.subject, given.acr, given.ceremony, given.login].every((one) => typeof one === 'string') &&
    [given.amr, given.assurance].every((one) => Array.isArray(one)) &&
    typeof given.at === 'number'
  );
}

function sessionOf(req: Request): HostSession | undefined {
  return (req as Request & { session?: HostSession | null }).session ?? undefined;
}

/** Names a sign-in: Passport changes the session's id at each, and at each logout. Hashed, for ids are secrets. */
function loginOf(req: Request): string {
  const { sessionID } = req as Request & { sessionID?: string };
  return createHash('sha256')
    .update(sessionID ?? '')
    .digest('base64url');
}
