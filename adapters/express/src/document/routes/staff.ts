import { json, operators } from '../route.ts';
import type { Route } from '../route.ts';
import * as schemas from '../schemas.ts';

/** Who may act as an operator (R42). */
export const STAFF_ROUTES = [
  {
    ...operators,
    method: 'get',
    path: '/operator/staff/rules',
    name: 'readStaffRules',
    summary: 'The privacy rules that staff acknowledge before acting in any role',
    answers: [json(200, 'The rules', schemas.staffRulesAnswer)],
    problems: [],
  },
  {
    ...operators,
    method: 'post',
    path: '/operator/staff/acknowledgement',
    name: 'acknowledgeStaffRules',
    summary: 'Records that who is signed in accepts the rules',
    limit: 'changes',
    body: { json: schemas.acknowledgeBody },
    answers: [json(200, 'Recorded', schemas.staffAnswer)],
    problems: [],
  },
  {
    ...operators,
    method: 'get',
    path: '/operator/staff',
    name: 'listStaff',
    summary: 'Members of staff with their roles',
    query: schemas.pageQuery,
    answers: [json(200, 'Staff', schemas.staffPage)],
    problems: ['ASIGNIO_ROLE_REQUIRED'],
  },
  {
    ...operators,
    method: 'post',
    path: '/operator/staff/roles',
    name: 'grantRole',
    summary: 'Gives a role to somebody who acknowledged the rules',
    limit: 'changes',
    body: { json: schemas.roleBody },
    answers: [json(200, 'Given', schemas.staffAnswer)],
    problems: ['ASIGNIO_ROLE_REQUIRED'],
  },
  {
    ...operators,
    method: 'post',
    path: '/operator/staff/roles/revoke',
    name: 'revokeRole',
    summary: 'Takes a role away, at once',
    limit: 'changes',
    body: { json: schemas.revokeRoleBody },
    answers: [json(200, 'Taken away', schemas.staffAnswer)],
    problems: ['ASIGNIO_ROLE_REQUIRED', 'ASIGNIO_NOT_FOUND'],
  },
] as const satisfies readonly Route[];
