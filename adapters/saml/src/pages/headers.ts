import { pageHeaders } from '@asignio/bridge';
import type { Response } from 'express';

/**
 * Sets the headers of a page.
 * @param leaves the page leads on to a service provider, and from there wherever it likes
 */
export function harden(res: Response, leaves = false): void {
  res.set(pageHeaders(leaves ? { forms: 'anywhere', referrer: 'strict-origin' } : { forms: [] }));
}
