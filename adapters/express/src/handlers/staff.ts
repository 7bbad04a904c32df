import type { Staff } from '@asignio/core';
import * as schemas from '../document/schemas.ts';
import { presented, received } from '../http/shape.ts';
import type { Handler } from '../visit.ts';
import { operatorOf, pageOf } from './operator.ts';

type RoleInput = Parameters<Staff['grant']>[2];
type RevokeInput = Parameters<Staff['revoke']>[2];

export const readStaffRules: Handler = ({ core }, { res }) => {
  res.json(presented(schemas.staffRulesAnswer, core.governance.staff.rules()));
};

export const acknowledgeStaffRules: Handler = async ({ core }, visit) => {
  const { sha256 } = visit.body as { readonly sha256: string };
  const { id } = operatorOf(visit);
  const member = await core.governance.staff.acknowledge(visit.tenant, { id, sha256 });
  visit.res.json(presented(schemas.staffAnswer, member));
};

export const listStaff: Handler = async ({ core }, visit) => {
  const page = await core.governance.staff.list(visit.tenant, operatorOf(visit), pageOf(visit));
  visit.res.json(presented(schemas.staffPage, page));
};

export const grantRole: Handler = async ({ core }, visit) => {
  const input = received(schemas.roleBody, visit.body) as RoleInput;
  const member = await core.governance.staff.grant(visit.tenant, operatorOf(visit), input);
  visit.res.json(presented(schemas.staffAnswer, member));
};

export const revokeRole: Handler = async ({ core }, visit) => {
  const member = await core.governance.staff.revoke(visit.tenant, operatorOf(visit), visit.body as RevokeInput);
  visit.res.json(presented(schemas.staffAnswer, member));
};
