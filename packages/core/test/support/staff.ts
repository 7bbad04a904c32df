import type { AsignioCore, Operator } from '@asignio/core';
import type { StaffRole } from '@asignio/policy';
import { TENANT } from '../harness.js';

/** Somebody who acknowledged the rules and was given a role. */
export async function appoint(
  core: AsignioCore,
  id: string,
  role: StaffRole,
  by: Operator | 'host' = 'host',
): Promise<Operator> {
  const { staff } = core.governance;
  await staff.acknowledge(TENANT, { id, sha256: staff.rules().sha256 });
  await staff.grant(TENANT, by, { id, role });
  return { id, role };
}
