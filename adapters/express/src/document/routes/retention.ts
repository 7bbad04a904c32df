import { json, open, operators } from '../route.ts';
import type { Route } from '../route.ts';
import * as schemas from '../schemas.ts';

/** How long data are kept (R6, R9, R10). */
export const RETENTION_ROUTES = [
  {
    ...open,
    method: 'get',
    path: '/retention-schedule',
    name: 'readSchedule',
    summary: 'The public retention schedule, from the rules that the sweep goes by',
    query: schemas.scheduleQuery,
    answers: [{ status: 200, description: 'The schedule, as HTML, text or JSON', mediaType: 'text/html' }],
    problems: [],
  },
  {
    ...operators,
    method: 'get',
    path: '/operator/retention/destructions',
    name: 'listDestructions',
    summary: 'Destructions that are not done, or all of one person',
    query: schemas.destructionQuery,
    answers: [json(200, 'Destructions', schemas.destructionPage)],
    problems: ['ASIGNIO_ROLE_REQUIRED'],
  },
  {
    ...operators,
    method: 'post',
    path: '/operator/retention/places',
    name: 'setPlaces',
    summary: 'Says where a person is: the laws of these places count too',
    limit: 'changes',
    body: { json: schemas.placesBody },
    answers: [json(200, 'Noted', schemas.placesAnswer)],
    problems: ['ASIGNIO_ROLE_REQUIRED', 'ASIGNIO_NOT_FOUND'],
  },
  {
    ...operators,
    method: 'post',
    path: '/operator/retention/purpose-end',
    name: 'endPurpose',
    summary: 'Says that the purpose of a person’s data is met',
    limit: 'changes',
    body: { json: schemas.purposeEndBody },
    answers: [json(200, 'Noted', schemas.purposeEndAnswer)],
    problems: ['ASIGNIO_ROLE_REQUIRED', 'ASIGNIO_NOT_FOUND'],
  },
] as const satisfies readonly Route[];
