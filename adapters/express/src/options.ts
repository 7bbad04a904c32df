import { AsignioError, systemClock } from '@asignio/contracts';
import type { Clock } from '@asignio/contracts';
import type { AuthenticatorProof, GrantRequest, Operator, Requester } from '@asignio/core';
import type { Request } from 'express';
import Joi from 'joi';
import type { RateLimitOptions } from './guard/limits.ts';
import { systemTimer } from './timer.ts';
import type { Timer } from './timer.ts';

/** Where the router reports what an operator should see. A pino logger is one. It gets no sample, subject or cookie. */
export interface Logger {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Options of `asignioRouter`. */
export interface RouterOptions {
  /**
   * Origins of the pages that may call, `https://app.example`. Everybody else's state-changing calls are refused, and no
   * CORS header is ever sent.
   */
  readonly origins: readonly string[];
  /** The host's own id of whom it has signed in, or `undefined`. Never taken from the request's body or query. */
  readonly subject: (req: Request) => string | undefined;
  /**
   * Turns what somebody typed (a user name) into the subject id that `subject` would give. An `undefined` stands for a
   * name that nobody has; it goes on looking like one that somebody has.
   * @default what was typed is the subject id
   */
  readonly resolveSubject?: (req: Request, typed: string) => string | undefined | Promise<string | undefined>;
  /**
   * Who acts for the company in this request, and in which role, or `undefined` for everybody else. Never taken from the
   * request's body or query. The core checks the role, and that its holder acknowledged the privacy rules (R42).
   * @default nobody: there are no routes for operators
   */
  readonly operator?: (req: Request) => Operator | undefined;
  /**
   * How the host made sure just now who asks, apart from the session: a passphrase typed again, a passkey, a code. Rights
   * that give out or destroy data need one factor that is not biometric, no older than five minutes (R27).
   * @default nothing: these rights are refused
   */
  readonly requester?: (req: Request) => Requester['proof'];
  /**
   * What the host knows of how old the person is (R34): somebody under 16 agrees to nothing alone. Only the band is kept.
   * @default nothing
   */
  readonly age?: (req: Request) => GrantRequest['age'];
  /** @default 'default' */
  readonly tenant?: string | ((req: Request) => string);
  /**
   * Per address, over all processes on the store; `false` switches it off (behind a proxy that does it). Attempts on a
   * subject are limited anyway.
   */
  readonly rateLimit?: RateLimitOptions | false;
  /** Answers that must not differ in time leave at multiples of this, in ms. @default 50 */
  readonly uniformMs?: number;
  /** Other ways to sign in, in words for the subject. @default [] */
  readonly alternatives?: readonly string[];
  /**
   * A physical authenticator (passkey, device) that the host has just verified for the subject of a ceremony that begins.
   * @default none
   */
  readonly authenticator?: (req: Request) => AuthenticatorProof | undefined;
  /** Folder that `/capture/` serves. Without it there is nothing there. */
  readonly captureFolder?: string;
  /**
   * Who may see `/metrics`: they tell how sign-ins go. For anybody else there is nothing there.
   * @default callers on the same machine that came through no proxy
   */
  readonly metrics?: (req: Request) => boolean;
  readonly logger?: Logger;
  /** For tests. */
  readonly clock?: Clock;
  /** For tests. */
  readonly timer?: Timer;
}

/** Options with every default in place. */
export interface Settings {
  readonly origins: readonly string[];
  readonly subject: (req: Request) => string | undefined;
  readonly resolveSubject: (req: Request, typed: string) => string | undefined | Promise<string | undefined>;
  readonly operator: (req: Request) => Operator | undefined;
  readonly requester: (req: Request) => Requester['proof'];
  readonly age: (req: Request) => GrantRequest['age'];
  readonly tenant: (req: Request) => string;
  readonly rateLimit: Required<RateLimitOptions> | false;
  readonly uniformMs: number;
  readonly alternatives: readonly string[];
  readonly authenticator: (req: Request) => AuthenticatorProof | undefined;
  readonly captureFolder: string | undefined;
  readonly metrics: (req: Request) => boolean;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly timer: Timer;
}

const RATE_LIMIT: Required<RateLimitOptions> = { ceremonies: 60, changes: 300, reads: 1200 };
const QUIET: Logger = { warn: () => undefined, error: () => undefined };

const perMinute = Joi.number().integer().min(1).max(1_000_000);
const SCHEMA = Joi.object({
  origins: Joi.array().items(Joi.string().custom(exactOrigin)).min(1).required(),
  subject: Joi.function().required(),
  resolveSubject: Joi.function(),
  operator: Joi.function(),
  age: Joi.function(),
  requester: Joi.function(),
  tenant: Joi.alternatives(Joi.string().pattern(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/), Joi.function()),
  rateLimit: Joi.alternatives(
    Joi.boolean().valid(false),
    Joi.object({ ceremonies: perMinute, changes: perMinute, reads: perMinute }),
  ),
  uniformMs: Joi.number().min(1).max(5_000),
  alternatives: Joi.array().items(Joi.string()),
  authenticator: Joi.function(),
  captureFolder: Joi.string(),
  metrics: Joi.function(),
  logger: Joi.object({ warn: Joi.function().required(), error: Joi.function().required() }).unknown(true),
  clock: Joi.object({ now: Joi.function().required() }).unknown(true),
  timer: Joi.object({ now: Joi.function().required(), sleep: Joi.function().required() }).unknown(true),
}).required();

/** What each option must be, in words. */
const MUST: { readonly [option: string]: string } = {
  origins: 'must list at least one origin such as https://app.example, without a path',
  subject: 'must be a function of the request that returns the id of whom the host has signed in, or undefined',
  operator: 'must be a function of the request that returns { id, role } of an operator, or undefined',
  requester: 'must be a function of the request that returns { subject, factors, at }, or undefined',
  age: 'must be a function of the request that returns { band } or { birthDate }, or undefined',
  resolveSubject: 'must be a function of the request and what was typed',
  tenant: 'must be 1-64 characters of A-Z a-z 0-9 . _ -, or a function of the request',
  rateLimit: 'must be false, or requests a minute as { ceremonies, changes, reads }, each a whole number from 1',
  uniformMs: 'must be a number of ms from 1 to 5000',
  alternatives: 'must be a list of sentences',
  authenticator: 'must be a function of the request',
  captureFolder: 'must be the path of a folder',
  metrics: 'must be a function of the request that returns a boolean',
  logger: 'must have the methods warn and error',
  clock: 'must have the method now',
  timer: 'must have the methods now and sleep',
};

/**
 * Checks the options and fills in the defaults.
 * @throws AsignioError `ASIGNIO_OPTION_INVALID`, naming the option.
 */
export function settingsOf(options: RouterOptions): Settings {
  const { error } = SCHEMA.validate(options, { convert: false });
  if (error !== undefined) throw new AsignioError('ASIGNIO_OPTION_INVALID', complaint(error.details[0]));
  const { tenant = 'default', rateLimit } = options;
  return {
    origins: [...options.origins],
    subject: options.subject,
    resolveSubject: options.resolveSubject ?? ((_req, typed) => typed),
    operator: options.operator ?? (() => undefined),
    age: options.age ?? (() => undefined),
    requester: options.requester ?? (() => undefined),
    tenant: typeof tenant === 'function' ? tenant : () => tenant,
    rateLimit: rateLimit === false ? false : { ...RATE_LIMIT, ...rateLimit },
    uniformMs: options.uniformMs ?? 50,
    alternatives: options.alternatives ?? [],
    authenticator: options.authenticator ?? (() => undefined),
    captureFolder: options.captureFolder,
    metrics: options.metrics ?? fromThisMachine,
    logger: options.logger ?? QUIET,
    clock: options.clock ?? systemClock,
    timer: options.timer ?? systemTimer,
  };
}

function complaint(detail: Joi.ValidationErrorItem | undefined): string {
  const [option] = detail?.path ?? [];
  if (option === undefined) return 'asignioRouter needs an object of options';
  const must = MUST[String(option)];
  return must === undefined
    ? `asignioRouter has no option \`${String(option)}\``
    : `The option \`${String(option)}\` of asignioRouter ${must}`;
}

function exactOrigin(value: string): string {
  const { origin, protocol } = new URL(value);
  if (origin !== value || !['http:', 'https:'].includes(protocol)) throw new TypeError('Not an origin');
  return value;
}

function fromThisMachine(req: Request): boolean {
  const forwarded = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'].some(
    (name) => req.headers[name] !== undefined,
  );
  const address = req.socket.remoteAddress ?? '';
  return !forwarded && (address === '::1' || /^(?:::ffff:)?127\./.test(address));
}
