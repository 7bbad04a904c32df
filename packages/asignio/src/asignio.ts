import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RequestHandler, Router } from 'express';
import { createCore } from '@asignio/core';
import type { AsignioCore } from '@asignio/core';
import { createEngine } from '@asignio/engine';
import { asignioRouter } from '@asignio/express';
import { keysFile } from '@asignio/keys-file';
import { AsignioStrategy, requireAssurance } from '@asignio/passport';
import { DEFAULT_RETENTION, defaultNotices } from '@asignio/policy';
import { storageLmdb } from '@asignio/storage-lmdb';
import { checkOptions } from './options.ts';
import type { AsignioOptions } from './options.ts';

/** A running system: a Passport strategy, a router, and a way to stop. Hand it to `passport.use` as it is. */
export interface Asignio extends AsignioStrategy {
  /** The router of `/ceremonies`, `/subjects/me`, the capture components and the rest; mount it where you like. */
  router(): Router;
  /** Middleware that lets a request through when its session holds a fresh enough proof of that assurance. */
  requireAssurance(name: string, options?: { readonly maxAgeMs?: number; readonly redirectTo?: string }): RequestHandler;
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
  const { clock, tenant, origins, workers } = options;
  const storage = options.storage ?? storageLmdb({ path: join(data, 'store') });
  // The store makes its folder; the key file stands beside it and wants it there.
  await storage.open();
  const core = await createCore({
    storage,
    keys: options.keys ?? keysFile({ path: join(data, 'keys.json') }),
    engine: (permits) => createEngine({ permits, ...(workers === undefined ? {} : { workers }) }),
    notices: options.notices ?? defaultNotices({ controller: options.controller ?? DEFAULT_CONTROLLER }),
    retention: options.retention ?? DEFAULT_RETENTION,
    ...(options.assurance === undefined ? {} : { assurance: options.assurance }),
    ...(options.attempts === undefined ? {} : { attempts: options.attempts }),
    ...(clock === undefined ? {} : { clock }),
  });
  const subject = options.subject ?? ((req) => (req as { user?: { id?: string } }).user?.id);
  const strategy = new AsignioStrategy({
    core,
    origins,
    ...(tenant === undefined ? {} : { tenant }),
    ...(options.user === undefined ? {} : { user: options.user }),
  });
  const router = asignioRouter(core, {
    origins,
    subject,
    captureFolder: dirname(fileURLToPath(import.meta.resolve('@asignio/capture/browser/asignio.js'))),
    ...(tenant === undefined ? {} : { tenant }),
    ...(options.resolveSubject === undefined ? {} : { resolveSubject: options.resolveSubject }),
  });
  return Object.assign(strategy, {
    core,
    router: () => router,
    requireAssurance,
    close: () => core.close(),
  });
}

const DEFAULT_CONTROLLER = { name: 'the operator of this site', contact: 'the address in the imprint of this site' };
