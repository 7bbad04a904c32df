import { randomUUID } from 'node:crypto';
import { AsignioError } from '@asignio/contracts';
import type { AsignioCore } from '@asignio/core';
import express from 'express';
import type { NextFunction, Request, Response, Router } from 'express';
import { JSON_BODY } from './document/route.ts';
import type { Route } from './document/route.ts';
import { ROUTES } from './document/routes.ts';
import type { NamedRoute, RouteName } from './document/routes.ts';
import { parsedJson, validated } from './document/validate.ts';
import { checkHeaders, readBody } from './guard/body.ts';
import { createLimits } from './guard/limits.ts';
import type { Limits } from './guard/limits.ts';
import { Slots } from './guard/slots.ts';
import * as ceremonies from './handlers/ceremonies.ts';
import * as guardians from './handlers/guardians.ts';
import * as oversight from './handlers/oversight.ts';
import * as registers from './handlers/registers.ts';
import * as retention from './handlers/retention.ts';
import * as reviews from './handlers/reviews.ts';
import * as rights from './handlers/rights.ts';
import * as staff from './handlers/staff.ts';
import * as subjects from './handlers/subjects.ts';
import * as system from './handlers/system.ts';
import { createMetrics } from './metrics.ts';
import { settingsOf } from './options.ts';
import type { RouterOptions, Settings } from './options.ts';
import { problemHandler } from './problems.ts';
import type { RequestNote } from './problems.ts';
import type { Timer } from './timer.ts';
import { operatorOf, originOf, requesterOf, tenantOf } from './visit.ts';
import type { Handler, House, Visit } from './visit.ts';

/** Streams of events: for one ceremony, and for all of this process. */
const STREAMS_PER_CEREMONY = 4;
const STREAMS = 1024;

const HANDLERS: { readonly [Name in RouteName]: Handler } = {
  ...ceremonies,
  ...subjects,
  ...rights,
  ...guardians,
  ...reviews,
  ...oversight,
  ...registers,
  ...retention,
  ...staff,
  ...system,
};

/**
 * Everything Asignio says over HTTP, as a router to mount where the host likes. Mount it after the host's session
 * middleware and before its body parsers.
 *
 * Errors are problem documents (RFC 9457) with a `code` of `docs/errors.md`; `GET openapi.json` describes every route.
 * @param core what `createAsignio` made
 * @throws AsignioError `ASIGNIO_OPTION_INVALID`, naming the option.
 * @example
 * ```ts
 * app.use('/asignio', asignioRouter(asignio, {
 *   origins: ['https://app.example'],
 *   subject: (req) => req.user?.id,
 * }));
 * ```
 */
export function asignioRouter(core: AsignioCore, options: RouterOptions): Router {
  const settings = settingsOf(options);
  checkAlternatives(core, settings);
  const house: House = {
    core,
    settings,
    metrics: createMetrics(core),
    streams: new Slots(STREAMS_PER_CEREMONY, STREAMS),
  };
  const limits: Limits =
    settings.rateLimit === false
      ? async () => undefined
      : createLimits(settings.rateLimit, core.cabinet, settings.clock, (error) =>
          settings.logger.warn({ code: codeOf(error) }, 'Rate limits are counted by this process alone for a while'),
        );
  const notes = new WeakMap<Request, RequestNote>();
  const noteOf = (req: Request): RequestNote => notes.get(req) ?? { requestId: randomUUID(), route: '' };

  const router = express.Router();
  router.use((req, res, next) => {
    const note = { requestId: randomUUID(), route: '' };
    notes.set(req, note);
    harden(res, note.requestId);
    measure(house, req, res, note);
    next();
  });
  for (const route of ROUTES)
    router[route.method](route.path, async (req: Request, res: Response) => {
      noteOf(req).route = route.path;
      await answer(house, limits, route, req, res);
    });
  router.use((_req: Request, _res: Response, next: NextFunction) => next(new AsignioError('ASIGNIO_NOT_FOUND')));
  router.use(problemHandler(settings.logger, noteOf));
  return router;
}

function codeOf(error: unknown): string {
  return error instanceof AsignioError ? error.code : 'ASIGNIO_INTERNAL';
}

/** A profile that asks for another way to sign in needs one to be on offer (NIST SP 800-63B-4, section 3.2.3). */
function checkAlternatives({ assurance }: AsignioCore, { alternatives }: Settings): void {
  const demanding = assurance.profiles.find(({ conditions }) => conditions !== undefined);
  if (demanding === undefined || alternatives.length > 0) return;
  throw new AsignioError(
    'ASIGNIO_OPTION_INVALID',
    `The option \`alternatives\` of asignioRouter must list another way to sign in, for the assurance profile ${demanding.name} asks for one (${demanding.conditions?.alternative.source})`,
  );
}

/** Headers of every answer. */
function harden(res: Response, requestId: string): void {
  res.set({
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Referrer-Policy': 'same-origin',
    'X-Request-Id': requestId,
  });
}

function measure(house: House, req: Request, res: Response, note: RequestNote): void {
  const { timer } = house.settings;
  const begun = timer.now();
  res.once('finish', () => {
    // A path or method that is not in the table would make a label of what a caller may choose.
    const method = note.route === '' ? 'OTHER' : req.method;
    house.metrics.answered(note.route, method, res.statusCode, (timer.now() - begun) / 1000);
  });
}

/** The guards in their order, the cheapest first, then the handler. */
async function answer(house: House, limits: Limits, route: NamedRoute, req: Request, res: Response): Promise<void> {
  const { settings } = house;
  if (route.limit !== 'none') await limits(route.limit, req.ip);
  const origin = route.origin ? originOf(req, settings) : '';
  const operator = route.operator === true ? operatorOf(req, settings) : undefined;
  const params = route.params === undefined ? {} : validated(route.params, req.params, 'ASIGNIO_ID_INVALID');
  const query = route.query === undefined ? {} : validated(route.query, { ...req.query }, 'ASIGNIO_REQUEST_INVALID');
  const requester = route.origin ? requesterOf(req, settings) : undefined;
  if (route.signedIn && requester === undefined) throw new AsignioError('ASIGNIO_SIGN_IN_REQUIRED');
  const body = await jsonBody(route, req, settings.timer);
  await HANDLERS[route.name](house, {
    req,
    res,
    origin,
    requester,
    operator,
    params: params as Visit['params'],
    query: query as Visit['query'],
    body,
    // Asked for late: the host's rule for tenants need not hold for health checks and public documents.
    get tenant() {
      return tenantOf(req, settings);
    },
  });
}

/** The JSON body of a route that has one. */
async function jsonBody(route: Route, req: Request, timer: Timer): Promise<unknown> {
  if (route.body === undefined || !('json' in route.body)) return undefined;
  const rule = { ...JSON_BODY, limit: route.body.limit ?? JSON_BODY.limit };
  checkHeaders(req, rule);
  // A host that mounts a JSON parser before the router has read it already.
  const value = isParsed(req) ? (req.body as unknown) : parsedJson(await readBody(req, rule, timer));
  return validated(route.body.json, value, 'ASIGNIO_REQUEST_INVALID');
}

function isParsed(req: Request): boolean {
  return req.body !== undefined && !Buffer.isBuffer(req.body);
}
