import type { Staff } from '@asignio/core';
import * as schemas from '../document/schemas.ts';
import { presented, received } from '../http/shape.ts';
import type { Handler } from '../visit.ts';
import { acting, operatorOf, pageOf } from './operator.ts';

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

export const listStaff = acting(schemas.staffPage, async ({ governance }, tenant, operator, visit) =>
  governance.staff.list(tenant, operator, pageOf(visit)),
);
export const grantRole = acting(schemas.staffAnswer, async ({ governance }, tenant, operator, { body }) =>
  governance.staff.grant(tenant, operator, received(schemas.roleBody, body) as RoleInput),
);
export const revokeRole = acting(schemas.staffAnswer, async ({ governance }, tenant, operator, { body }) =>
  governance.staff.revoke(tenant, operator, body as RevokeInput),
);
