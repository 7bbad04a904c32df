import { json, open, probe } from '../route.ts';
import type { Route } from '../route.ts';
import * as schemas from '../schemas.ts';

/** What machines ask: keys, documents, health. */
export const SYSTEM_ROUTES = [
  {
    ...open,
    method: 'get',
    path: '/jwks.json',
    name: 'readKeys',
    summary: 'Public keys that receipts and certificates verify with',
    answers: [json(200, 'JWKS', schemas.keysAnswer)],
    problems: [],
  },
  {
    ...open,
    method: 'get',
    path: '/openapi.json',
    name: 'readDocument',
    summary: 'This document',
    answers: [{ status: 200, description: 'OpenAPI 3.1', mediaType: 'application/json' }],
    problems: [],
  },
  {
    ...probe,
    method: 'get',
    path: '/metrics',
    name: 'readMetrics',
    summary: 'Metrics for Prometheus, for those whom the host lets see them',
    answers: [{ status: 200, description: 'Text exposition format', mediaType: 'text/plain' }],
    problems: [],
  },
  {
    ...probe,
    method: 'get',
    path: '/healthz',
    name: 'readHealth',
    summary: 'Whether the process answers',
    answers: [json(200, 'It does', schemas.stateAnswer)],
    problems: [],
  },
  {
    ...open,
    method: 'get',
    path: '/readyz',
    name: 'readReadiness',
    summary: 'Whether the store can be reached',
    answers: [json(200, 'It can', schemas.stateAnswer)],
    problems: ['ASIGNIO_STORAGE_UNAVAILABLE'],
  },
  {
    ...probe,
    method: 'get',
    path: '/capture/:file',
    name: 'readCapture',
    summary: 'The browser components',
    params: schemas.fileParams,
    answers: [{ status: 200, description: 'Script or style sheet', mediaType: 'text/javascript' }],
    problems: [],
  },
] as const satisfies readonly Route[];
