import { SIGNATURE_LIMITS, SIGNATURE_MEDIA_TYPE } from '@asignio/contracts';
import type { ErrorCode } from '@asignio/contracts';
import type Joi from 'joi';
import type { BodyRule } from '../guard/body.ts';
import type { LimitClass } from '../guard/limits.ts';
import * as schemas from './schemas.ts';

/** Bytes of a JSON body. */
export const JSON_LIMIT = 16_384;

export type Method = 'get' | 'post' | 'put' | 'delete';

/** What an answer without a problem looks like. */
export interface Answer {
  readonly status: number;
  readonly description: string;
  readonly mediaType: string;
  /** Of a JSON answer. */
  readonly schema?: Joi.Schema;
}

/** One route: how it is guarded, and what the document says of it. */
export interface Route {
  readonly method: Method;
  /** As Express writes it, below the mount. */
  readonly path: string;
  readonly name: RouteName;
  readonly summary: string;
  readonly limit: LimitClass | 'none';
  /** Whether only an allowed origin may ask. Public documents are for everybody. */
  readonly origin: boolean;
  /** Whether the host must have signed somebody in. */
  readonly signedIn: boolean;
  readonly params?: Joi.ObjectSchema;
  readonly query?: Joi.ObjectSchema;
  /** A JSON body with its schema, or a body that the handler reads by itself. */
  readonly body?: { readonly json: Joi.ObjectSchema } | { readonly raw: BodyRule };
  readonly answers: readonly Answer[];
  /** Problems beyond those that any route may give. */
  readonly problems: readonly ErrorCode[];
}

export type RouteName =
  | 'beginCeremony'
  | 'readCeremony'
  | 'watchCeremony'
  | 'submitSample'
  | 'completeCeremony'
  | 'readNotice'
  | 'readHeld'
  | 'readConsents'
  | 'grantConsents'
  | 'readReceipt'
  | 'withdrawConsent'
  | 'eraseSubject'
  | 'readKeys'
  | 'readDocument'
  | 'readMetrics'
  | 'readHealth'
  | 'readReadiness'
  | 'readCapture';

export const JSON_BODY: BodyRule = { mediaType: 'application/json', limit: JSON_LIMIT };

/** The signature sample's body: capped before it is decoded. */
export const SIGNATURE_BODY: BodyRule = { mediaType: SIGNATURE_MEDIA_TYPE, limit: SIGNATURE_LIMITS.bytes };

const json = (status: number, description: string, schema: Joi.Schema): Answer => ({
  status,
  description,
  mediaType: 'application/json',
  schema,
});
const open = { limit: 'reads', origin: false, signedIn: false, problems: [] } as const;
const probe = { ...open, limit: 'none' } as const;
const mine = { limit: 'reads', origin: true, signedIn: true } as const;
const ceremony = { limit: 'changes', origin: true, signedIn: false } as const;

const CEREMONY_PROBLEMS: readonly ErrorCode[] = ['ASIGNIO_CEREMONY_UNKNOWN', 'ASIGNIO_CEREMONY_SUBJECT'];
const DECIDING_PROBLEMS: readonly ErrorCode[] = [
  ...CEREMONY_PROBLEMS,
  'ASIGNIO_CEREMONY_EXPIRED',
  'ASIGNIO_CEREMONY_ORDER',
  'ASIGNIO_CEREMONY_USED',
  'ASIGNIO_CONSENT_REQUIRED',
  'ASIGNIO_CONSENT_STALE',
  'ASIGNIO_ENGINE_BUSY',
  'ASIGNIO_ENGINE_TIMEOUT',
  'ASIGNIO_ENGINE_FAILED',
  'ASIGNIO_STORAGE_CONFLICT',
];

/** Every route of the router, and the one source of /openapi.json. */
export const ROUTES: readonly Route[] = [
  {
    ...ceremony,
    method: 'post',
    path: '/ceremonies',
    name: 'beginCeremony',
    summary: 'Begins a ceremony and binds it to this browser by a cookie',
    limit: 'ceremonies',
    body: { json: schemas.beginBody },
    answers: [json(201, 'Begun', schemas.ceremonyAnswer)],
    problems: [
      'ASIGNIO_SIGN_IN_REQUIRED',
      'ASIGNIO_CONSENT_REQUIRED',
      'ASIGNIO_CONSENT_STALE',
      'ASIGNIO_ATTEMPTS_WAIT',
      'ASIGNIO_ATTEMPTS_DISABLED',
      'ASIGNIO_MODALITY_UNAVAILABLE',
    ],
  },
  {
    ...ceremony,
    method: 'get',
    path: '/ceremonies/:id',
    name: 'readCeremony',
    summary: 'Where a ceremony stands',
    limit: 'reads',
    params: schemas.ceremonyParams,
    answers: [json(200, 'The ceremony', schemas.ceremonyAnswer)],
    problems: CEREMONY_PROBLEMS,
  },
  {
    ...ceremony,
    method: 'get',
    path: '/ceremonies/:id/events',
    name: 'watchCeremony',
    summary: 'Where a ceremony stands, each time that changes: events named `state`, until it is decided or expired',
    limit: 'reads',
    params: schemas.ceremonyParams,
    answers: [{ status: 200, description: 'Server-sent events', mediaType: 'text/event-stream' }],
    problems: CEREMONY_PROBLEMS,
  },
  {
    ...ceremony,
    method: 'put',
    path: '/ceremonies/:id/samples/:modality',
    name: 'submitSample',
    summary: 'Hands in one sample',
    params: schemas.sampleParams,
    body: { raw: SIGNATURE_BODY },
    answers: [
      json(200, 'Accepted into the enrolment', schemas.receivedAnswer),
      json(202, 'Taken for the verification, whatever is in it', schemas.receivedAnswer),
    ],
    problems: [
      ...DECIDING_PROBLEMS,
      'ASIGNIO_MODALITY_UNAVAILABLE',
      'ASIGNIO_SAMPLE_INVALID',
      'ASIGNIO_SAMPLE_TOO_LARGE',
      'ASIGNIO_QUALITY_TOO_FEW_POINTS',
      'ASIGNIO_QUALITY_TOO_SHORT',
      'ASIGNIO_QUALITY_TOO_LONG',
      'ASIGNIO_QUALITY_TOO_SMALL',
      'ASIGNIO_QUALITY_TOO_STRAIGHT',
      'ASIGNIO_QUALITY_TOO_SIMPLE',
      'ASIGNIO_QUALITY_UNLIKE_OTHERS',
      'ASIGNIO_QUALITY_OTHER_POINTER',
      'ASIGNIO_QUALITY_REPEATED',
    ],
  },
  {
    ...ceremony,
    method: 'post',
    path: '/ceremonies/:id/complete',
    name: 'completeCeremony',
    summary: 'Asks for the decision',
    params: schemas.ceremonyParams,
    body: { json: schemas.emptyBody },
    answers: [json(200, 'Accepted', schemas.ceremonyAnswer)],
    problems: [...DECIDING_PROBLEMS, 'ASIGNIO_NOT_VERIFIED', 'ASIGNIO_ENROLMENT_REFUSED'],
  },
  {
    ...open,
    method: 'get',
    path: '/notices/current',
    name: 'readNotice',
    summary: 'The notice in force',
    query: schemas.noticeQuery,
    answers: [json(200, 'The notice', schemas.noticeAnswer)],
    problems: ['ASIGNIO_NOTICE_UNKNOWN'],
  },
  {
    ...mine,
    method: 'get',
    path: '/subjects/me',
    name: 'readHeld',
    summary: 'What is held about the subject',
    answers: [json(200, 'What is held', schemas.heldAnswer)],
    problems: [],
  },
  {
    ...mine,
    method: 'get',
    path: '/subjects/me/consents',
    name: 'readConsents',
    summary: 'The subject’s consents',
    answers: [json(200, 'Consents', schemas.consentsAnswer)],
    problems: [],
  },
  {
    ...mine,
    method: 'post',
    path: '/subjects/me/consents',
    name: 'grantConsents',
    summary: 'Records a signed release',
    limit: 'changes',
    body: { json: schemas.grantBody },
    answers: [json(201, 'Recorded', schemas.grantAnswer)],
    problems: [
      'ASIGNIO_CONSENT_INVALID',
      'ASIGNIO_CONSENT_STALE',
      'ASIGNIO_NOTICE_UNKNOWN',
      'ASIGNIO_PURPOSE_FORBIDDEN',
      'ASIGNIO_MODALITY_UNAVAILABLE',
    ],
  },
  {
    ...mine,
    method: 'get',
    path: '/subjects/me/consents/:id/receipt',
    name: 'readReceipt',
    summary: 'The signed receipt of a consent, as a file',
    params: schemas.consentParams,
    answers: [{ status: 200, description: 'JWS compact', mediaType: 'application/jose' }],
    problems: ['ASIGNIO_NOT_FOUND'],
  },
  {
    ...mine,
    method: 'delete',
    path: '/subjects/me/consents/:id',
    name: 'withdrawConsent',
    summary: 'Withdraws a consent: no verification from now on, and destruction of what it supported',
    limit: 'changes',
    params: schemas.consentParams,
    answers: [json(200, 'Withdrawn', schemas.withdrawAnswer)],
    problems: ['ASIGNIO_NOT_FOUND'],
  },
  {
    ...mine,
    method: 'delete',
    path: '/subjects/me',
    name: 'eraseSubject',
    summary: 'Destroys everything that is held about the subject',
    limit: 'changes',
    answers: [json(200, 'Erased', schemas.eraseAnswer)],
    problems: [],
  },
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
];
