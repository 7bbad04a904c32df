import { checkOrigin } from '@asignio/bridge';
import express from 'express';
import type { Request, RequestHandler, Response } from 'express';
import { harden } from './pages/headers.ts';

/** Base64 in a form, and a RelayState beside it. */
const LARGEST_FORM = '260kb';

/** Reads the form that a message comes in. */
export function messageForm(): RequestHandler {
  return express.urlencoded({ extended: false, limit: LARGEST_FORM, parameterLimit: 10 });
}

/** Refuses forms of other sites. */
export function fromHere({ origin }: { readonly origin: string }): RequestHandler {
  return (req, _res, next) => {
    checkOrigin(origin, req);
    next();
  };
}

/** The script that sends the form of the page that it stands in. */
export function sendScript(_req: Request, res: Response): void {
  harden(res);
  res.set('Cache-Control', 'public, max-age=86400').type('text/javascript').send('document.forms[0].submit();\n');
}

/** What others may know of us. */
export function serveMetadata(metadata: () => Promise<string>): RequestHandler {
  return async (_req, res) => {
    harden(res);
    res
      .set('Cache-Control', 'public, max-age=300')
      .type('application/samlmetadata+xml')
      .send(await metadata());
  };
}
