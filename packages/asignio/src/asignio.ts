import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Request, RequestHandler, Router } from 'express';
import { AsignioError, systemClock } from '@asignio/contracts';
import { DEFAULT_PROFILES, FACE_PROFILES, createCore } from '@asignio/core';
import type { AsignioCore, AssuranceProfile } from '@asignio/core';
import { createEngine } from '@asignio/engine';
import { asignioRouter } from '@asignio/express';
import { AsignioStrategy, requireAssurance } from '@asignio/passport';
import type { RequireAssuranceOptions, SubjectOf } from '@asignio/passport';
import { DEFAULT_RETENTION, defaultNotices } from '@asignio/policy';
import { findPack } from './commands/models/packs.ts';
import { checkOptions } from './options.ts';
import type { AsignioOptions } from './options.ts';
import { keysOf } from './place/keys.ts';
import { checkpointsOf, storageOf } from './place/place.ts';

/** A running system: a Passport strategy, a router, and a way to stop. Hand it to `passport.use` as it is. */
export interface Asignio extends AsignioStrategy {
  /** The router of `/ceremonies`, `/subjects/me`, the capture components and the rest; mount it where you like. */
  router(): Router;
  /** Middleware that lets a request through when its session holds a fresh enough proof of that assurance. */
  requireAssurance(name: string, options?: RequireAssuranceOptions): RequestHandler;
  /** What the adapters stand on. */
  readonly core: AsignioCore;
  /** Stops the engine and closes the store. */
  close(): Promise<void>;
}

/**
 * Starts Asignio: an embedded store and key file in `data`, the engine with a worker per core, and what Express and
 * Passport need of it.
 *
 * @throws AsignioError `ASIGNIO_OPTION_INVALID`, `ASIGNIO_PLUGIN_INVALID`, `ASIGNIO_STORAGE_...`, `ASIGNIO_KEY_...`.
 * @example
 * ```ts
 * const asignio = await createAsignio({ origins: ['http://localhost:3000'] });
 * passport.use(asignio);
 * app.use('/asignio', asignio.router());
 * app.post('/login', passport.authenticate('asignio', { successRedirect: '/' }));
 * app.get('/private', asignio.requireAssurance('signature'), (req, res) => res.send('Only for you'));
 * ```
 */
export async function createAsignio(options: AsignioOptions): Promise<Asignio> {
  checkOptions(options);
  const data = options.data ?? './.asignio';
  const { clock, workers, signatureModel, modalities, modelsFolder } = options;
  const facePack =
    typeof options.facePack === 'string' ? await findPack(options.facePack, modelsFolder, refuse) : options.facePack;
  const retention = options.retention ?? DEFAULT_RETENTION;
  const core = await createCore({
    storage: options.storage ?? storageOf(data),
    keys: options.keys ?? keysOf(data),
    checkpoints: options.checkpoints ?? checkpointsOf(data),
    engine: (permits) =>
      createEngine({
        permits,
        ...definedOnly({ workers, signatureModel, modalities, facePack, modelsFolder }),
        // A challenge has dozens of pictures, and a busy machine is no fault of the person.
        ...(modalities?.includes('face') === true ? { deadlineMs: FACE_DEADLINE_MS } : {}),
      }),
    notices:
      options.notices ??
      defaultNotices({
        controller: options.controller ?? DEFAULT_CONTROLLER,
        retention,
        ...definedOnly({ modalities }),
      }),
    retention,
    ...definedOnly({
      modalities,
      assurance: options.assurance ?? (modalities?.includes('face') ? profilesOf(modalities) : undefined),
      evidence: options.evidence,
      attempts: options.attempts,
      vendors: options.vendors,
      regions: options.regions,
      signals: options.signals,
      documents: options.documents,
      staffRules: options.staffRules,
      notification: options.notification,
      templates: options.templates,
      locationDays: options.locationDays,
      clock,
    }),
    onSweepError: (error: unknown) => options.logger?.error({ code: codeOf(error) }, 'A sweep failed'),
  });
  try {
    tellObstacles(core, options);
    return facade(core, options);
  } catch (error) {
    await core.close();
    throw error;
  }
}

function refuse(detail: string): AsignioError {
  return new AsignioError('ASIGNIO_OPTION_INVALID', `createAsignio: facePack: ${detail}`);
}

/** What Express and Passport need of a system. */
function facade(core: AsignioCore, options: AsignioOptions): Asignio {
  const { clock, tenant, origins, authenticator } = options;
  const subject = options.subject ?? idOfUser;
  const subjectOf: SubjectOf = (_user, req) => subject(req) ?? '';
  const strategy = new AsignioStrategy({
    core,
    origins,
    subject: subjectOf,
    ...definedOnly({ tenant, user: options.user, authenticator }),
  });
  const router = asignioRouter(core, {
    origins,
    subject,
    captureFolder: dirname(fileURLToPath(import.meta.resolve('@asignio/capture/browser/asignio.js'))),
    ...definedOnly({
      tenant,
      authenticator,
      resolveSubject: options.resolveSubject,
      operator: options.operator,
      age: options.age,
      requester: options.requester,
      alternatives: options.alternatives,
      metrics: options.metrics,
      logger: options.logger,
      rateLimit: options.rateLimit,
    }),
  });
  return Object.assign(strategy, {
    core,
    router: () => router,
    requireAssurance: (name: string, given: RequireAssuranceOptions = {}) =>
      requireAssurance(name, { subject: subjectOf, now: () => (clock ?? systemClock).now(), ...given }),
    close: () => core.close(),
  });
}

/** The profiles whose factors are all there, that of the first modality first. */
function profilesOf(modalities: readonly string[]): readonly AssuranceProfile[] {
  return [...DEFAULT_PROFILES, ...FACE_PROFILES].filter(({ factors }) =>
    factors.every((factor) => modalities.includes(factor)),
  );
}

/** A profile that nobody can satisfy is no fault, and its operator should know before somebody asks for it. */
function tellObstacles({ assurance }: AsignioCore, { logger }: AsignioOptions): void {
  for (const { name } of assurance.profiles)
    for (const obstacle of assurance.obstacles(name)) {
      const text = `Nobody can satisfy the assurance profile ${name}: ${obstacle}`;
      if (logger === undefined) process.emitWarning(text, { code: 'ASIGNIO_ASSURANCE_UNAVAILABLE' });
      else logger.warn({ code: 'ASIGNIO_ASSURANCE_UNAVAILABLE', profile: name }, text);
    }
}

function idOfUser(req: Request): string | undefined {
  const user: { readonly id?: unknown } | undefined = req.user;
  // Many databases number their users.
  return typeof user?.id === 'number' || typeof user?.id === 'bigint'
    ? String(user.id)
    : (user?.id as string | undefined);
}

function codeOf(error: unknown): string {
  return error instanceof AsignioError ? error.code : 'ASIGNIO_INTERNAL';
}

/** An option that was not given is left out, since an `undefined` in its place would be one that was. */
function definedOnly<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** What a task of the engine may take where faces are compared, ms. */
const FACE_DEADLINE_MS = 10_000;

const DEFAULT_CONTROLLER = { name: 'the operator of this site', contact: 'the address in the imprint of this site' };
