import { systemClock, tenantId } from '@asignio/contracts';
import type { Clock, SubjectId, TenantId } from '@asignio/contracts';
import type { AuthenticatorProof } from '@asignio/core';
import type { Request } from 'express';
import Joi from 'joi';
import type { KnownAttributes } from './attributes.ts';

/** Where a bridge reports what an operator should see. A pino logger is one. It gets no token, message, subject or cookie. */
export interface BridgeLogger {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What every bridge is told of the host that it stands in. */
export interface HostOptions {
  /** @default 'default' */
  readonly tenant?: string;
  /** Path of `asignio.router()` on the same host, where the ceremony runs. @default '/asignio' */
  readonly endpoint?: string;
  /** The host's own id of whom it has signed in, as in the router. @default nobody */
  readonly subject?: (req: Request) => string | undefined;
  /** A physical authenticator that the host has just verified for who signs in. @default none */
  readonly authenticator?: (req: Request) => AuthenticatorProof | undefined;
  /**
   * Name, e-mail and phone of a person, to be shown before they are released, and kept sealed until then.
   * @default what `core.governance.releases.keep` was given
   */
  readonly attributes?: (subject: SubjectId) => KnownAttributes | Promise<KnownAttributes>;
  /** Another way in, for who cannot draw: a link under the drawing surface. @default back to who asked */
  readonly alternative?: { readonly label: string; readonly href: string };
  readonly logger?: BridgeLogger;
  /** For tests. */
  readonly clock?: Clock;
}

/** {@link HostOptions} with every default in place. */
export interface Host {
  readonly tenant: TenantId;
  readonly endpoint: string;
  readonly subject: (req: Request) => string | undefined;
  readonly authenticator: (req: Request) => AuthenticatorProof | undefined;
  readonly attributes: ((subject: SubjectId) => KnownAttributes | Promise<KnownAttributes>) | undefined;
  readonly alternative: { readonly label: string; readonly href: string } | undefined;
  readonly logger: BridgeLogger;
  readonly clock: Clock;
}

/** The schema of {@link HostOptions}. */
export const HOST = {
  tenant: Joi.string(),
  endpoint: Joi.string().pattern(/^\/[A-Za-z0-9._~/-]*[A-Za-z0-9._~-]$/),
  subject: Joi.function(),
  authenticator: Joi.function(),
  attributes: Joi.function(),
  alternative: Joi.object({
    label: Joi.string().min(1).max(200).required(),
    href: Joi.string()
      .max(2000)
      .pattern(/^(?:\/(?!\/)|https:\/\/)/)
      .required(),
  }),
  logger: Joi.object({ warn: Joi.function().required(), error: Joi.function().required() }).unknown(true),
  clock: Joi.object({ now: Joi.function().required() }).unknown(true),
};

const QUIET: BridgeLogger = { warn: () => undefined, error: () => undefined };

/** Fills in the defaults. @throws AsignioError for a tenant that cannot be one. */
export function hostOf(options: HostOptions): Host {
  return {
    tenant: tenantId(options.tenant ?? 'default'),
    endpoint: options.endpoint ?? '/asignio',
    subject: options.subject ?? (() => undefined),
    authenticator: options.authenticator ?? (() => undefined),
    attributes: options.attributes,
    alternative: options.alternative,
    logger: options.logger ?? QUIET,
    clock: options.clock ?? systemClock,
  };
}
