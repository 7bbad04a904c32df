import { resolve } from 'node:path';
import { AsignioError } from '@asignio/contracts';
import { openApiDocument } from '../document/openapi.ts';
import type { Handler } from '../visit.ts';

/** A store that does not answer within this many ms is not ready. */
const READY_MS = 5_000;
/** Public documents may be kept for a while: keys and components change with releases and rotations only. */
const KEPT = 'public, max-age=300';

export const readKeys: Handler = async ({ core }, { tenant, res }) => {
  const { keys } = await core.publicKeys(tenant);
  res.set('Cache-Control', KEPT).json({ keys });
};

export const readDocument: Handler = (_house, { req, res }) => {
  res.set('Cache-Control', KEPT).json(openApiDocument(req.baseUrl));
};

export const readMetrics: Handler = async ({ metrics, settings }, { req, res }) => {
  if (!settings.metrics(req)) throw new AsignioError('ASIGNIO_NOT_FOUND');
  res.set('Content-Type', metrics.contentType).send(Buffer.from(await metrics.text()));
};

export const readHealth: Handler = (_house, { res }) => {
  res.json({ status: 'ok' });
};

export const readReadiness: Handler = async ({ core, settings }, { res }) => {
  const settled = new AbortController();
  const late = async (): Promise<never> => {
    await settings.timer.sleep(READY_MS, settled.signal);
    throw new AsignioError('ASIGNIO_STORAGE_UNAVAILABLE', 'The store did not answer in time');
  };
  try {
    await Promise.race([core.ready(), late()]);
  } catch (cause) {
    throw new AsignioError('ASIGNIO_STORAGE_UNAVAILABLE', undefined, { cause });
  } finally {
    settled.abort();
  }
  res.json({ status: 'ok' });
};

export const readCapture: Handler = ({ settings }, { params, res }) => {
  const { captureFolder } = settings;
  if (captureFolder === undefined) throw new AsignioError('ASIGNIO_NOT_FOUND');
  return new Promise((done, failed) => {
    res.set('Cache-Control', KEPT);
    const file = { root: resolve(captureFolder), dotfiles: 'deny', acceptRanges: false, cacheControl: false } as const;
    res.sendFile(params['file'] ?? '', file, (error?: Error) => {
      // Nobody is left to be told once the connection is gone.
      if (error === undefined || res.headersSent || res.destroyed) done();
      else failed(error);
    });
  });
};
