import { AsignioError } from '@asignio/contracts';
import type { AsignioCore, AuthenticatorProof, Proof } from '@asignio/core';
import type { Request } from 'express';

/** Options of {@link AsignioStrategy}. */
export interface AsignioStrategyOptions {
  /** What `createAsignio` made. */
  readonly core: Pick<AsignioCore, 'ceremonies'>;
  /** Origins of the pages that may post to the sign-in route, `https://app.example`: those of the router. */
  readonly origins: readonly string[];
  /** As in the router. @default 'default' */
  readonly tenant?: string | ((req: Request) => string);
  /**
   * The user to sign in for a proof, or a promise of one; nothing where there is none (any more). Not asked in a step-up,
   * which keeps the user that is signed in.
   * @default (proof) => ({ id: proof.subject })
   */
  readonly user?: (proof: Proof, req: Request) => unknown;
  /** The subject id of a user: what the router's option `subject` gives for the same person. @default user.id */
  readonly subject?: SubjectOf;
  /** A physical authenticator (passkey, device) that the host has just verified for who signs in. @default none */
  readonly authenticator?: (req: Request) => AuthenticatorProof | undefined;
  /** What `passport.authenticate` calls it. @default 'asignio' */
  readonly name?: string;
}

/** The subject id of the user who is signed in. */
export type SubjectOf = (user: Express.User, req: Request) => string;

/** Options of one `passport.authenticate('asignio', options)`. */
export interface AsignioAuthenticateOptions {
  /** Somebody is signed in already, and proves it afresh: the ceremony must be theirs, and the session is kept. */
  readonly stepUp?: boolean;
}

/** Options with defaults in place. */
export interface Settings {
  readonly core: Pick<AsignioCore, 'ceremonies'>;
  readonly origins: readonly string[];
  readonly tenant: (req: Request) => string;
  readonly user: (proof: Proof, req: Request) => unknown;
  readonly subject: SubjectOf;
  readonly authenticator: (req: Request) => AuthenticatorProof | undefined;
}

/** The default of every option `subject`. */
export const userId: SubjectOf = (user) => ('id' in user ? String(user.id) : '');

/**
 * Checks the options and fills in the defaults.
 * @throws AsignioError `ASIGNIO_OPTION_INVALID`, naming the option.
 */
export function settingsOf(options: AsignioStrategyOptions): Settings {
  const { core, origins, tenant = 'default', user, subject, authenticator, name } = options;
  must(typeof core?.ceremonies?.redeem === 'function', 'core', 'must be what createAsignio made');
  must(
    Array.isArray(origins) && origins.length > 0 && origins.every(isOrigin),
    'origins',
    'must list at least one origin such as https://app.example, without a path',
  );
  const tenantFits = typeof tenant === 'function' || (typeof tenant === 'string' && tenant !== '');
  must(tenantFits, 'tenant', 'must be a tenant id or a function of the request');
  must(user === undefined || typeof user === 'function', 'user', 'must be a function of the proof and the request');
  must(subject === undefined || typeof subject === 'function', 'subject', 'must be a function of the user');
  const asks = authenticator === undefined || typeof authenticator === 'function';
  must(asks, 'authenticator', 'must be a function of the request');
  must(name === undefined || (typeof name === 'string' && name !== ''), 'name', 'must be a name');
  return {
    core,
    origins: [...origins],
    tenant: typeof tenant === 'function' ? tenant : () => tenant,
    user: user ?? ((proof) => ({ id: proof.subject })),
    subject: subject ?? userId,
    authenticator: authenticator ?? (() => undefined),
  };
}

/** @throws AsignioError `ASIGNIO_OPTION_INVALID`, naming the option, unless the condition holds. */
export function must(condition: boolean, option: string, sentence: string): void {
  if (!condition) throw new AsignioError('ASIGNIO_OPTION_INVALID', `The option \`${option}\` ${sentence}`);
}

function isOrigin(value: unknown): boolean {
  return typeof value === 'string' && URL.canParse(value) && /^https?:/.test(value) && new URL(value).origin === value;
}
