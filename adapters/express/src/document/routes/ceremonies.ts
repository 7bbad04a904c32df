import type { ErrorCode } from '@asignio/contracts';
import { json, SIGNATURE_BODY } from '../route.ts';
import type { Route } from '../route.ts';
import * as schemas from '../schemas.ts';

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

export const CEREMONY_ROUTES = [
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
] as const satisfies readonly Route[];
