import { AsignioError, requestOrigin, subjectId, tenantId } from '@asignio/contracts';
import type { SubjectId, TenantId } from '@asignio/contracts';
import type { AsignioCore, Operator } from '@asignio/core';
import type { Request, Response } from 'express';
import type { Slots } from './guard/slots.ts';
import type { Metrics } from './metrics.ts';
import type { Settings } from './options.ts';

/** What handlers share for the life of the router. */
export interface House {
  readonly core: AsignioCore;
  readonly settings: Settings;
  readonly metrics: Metrics;
  /** Streams of events that are open. */
  readonly streams: Slots;
}

/** One request that has passed the guards. */
export interface Visit {
  readonly req: Request;
  readonly res: Response;
  readonly tenant: TenantId;
  /** An allowed origin; `''` on the routes that are open to all. */
  readonly origin: string;
  readonly requester: SubjectId | undefined;
  /** On the operators' routes alone. */
  readonly operator: Operator | undefined;
  /** Checked against the route's schemas. */
  readonly params: { readonly [name: string]: string };
  readonly query: { readonly [name: string]: string | undefined };
  /** Checked JSON body; handlers name its type, which the route's schema makes true. */
  readonly body: unknown;
}

export type Handler = (house: House, visit: Visit) => Promise<void> | void;

/** The tenant that the host says this request is for. */
export function tenantOf(req: Request, settings: Settings): TenantId {
  return tenantId(settings.tenant(req));
}

/**
 * Whom the host has signed in.
 * @throws AsignioError `ASIGNIO_OPTION_INVALID` where the host names somebody by what cannot be a subject id: not the
 * caller's doing.
 */
export function requesterOf(req: Request, settings: Settings): SubjectId | undefined {
  const subject = settings.subject(req);
  if (!subject) return undefined;
  try {
    return subjectId(subject);
  } catch (cause) {
    throw new AsignioError('ASIGNIO_OPTION_INVALID', 'The option `subject` gave something that is no subject id', {
      cause,
    });
  }
}

/**
 * Whom the host names as an operator, with the role in which they act now. The core checks that the role is theirs.
 * @throws AsignioError `ASIGNIO_NOT_FOUND` for everybody else: that there are such routes is nobody's business.
 */
export function operatorOf(req: Request, settings: Settings): Operator {
  const operator = settings.operator(req);
  if (operator === undefined) throw new AsignioError('ASIGNIO_NOT_FOUND');
  return operator;
}

/** @throws AsignioError `ASIGNIO_ORIGIN_REFUSED`. */
export function originOf(req: Request, settings: Settings): string {
  const fetchSite = req.headers['sec-fetch-site'];
  const origin = requestOrigin(
    {
      origin: req.headers.origin,
      fetchSite: typeof fetchSite === 'string' ? fetchSite : undefined,
      self: `${req.protocol}://${req.headers.host ?? ''}`,
      changes: req.method !== 'GET' && req.method !== 'HEAD',
    },
    settings.origins,
  );
  if (origin === undefined) throw new AsignioError('ASIGNIO_ORIGIN_REFUSED');
  return origin;
}

/** @throws AsignioError `ASIGNIO_SIGN_IN_REQUIRED`. */
export function signedIn(visit: Visit): SubjectId {
  if (visit.requester === undefined) throw new AsignioError('ASIGNIO_SIGN_IN_REQUIRED');
  return visit.requester;
}
