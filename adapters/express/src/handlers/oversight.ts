import { once } from 'node:events';
import type { TenantId } from '@asignio/contracts';
import type { AsignioCore, Operator } from '@asignio/core';
import * as schemas from '../document/schemas.ts';
import { received } from '../http/shape.ts';
import type { Handler } from '../visit.ts';
import { acting, operatorOf, pageOf, pageOfSubject } from './operator.ts';

type HoldInput = Parameters<AsignioCore['holds']['place']>[2];
type HoldQuery = Parameters<AsignioCore['holds']['list']>[2];
type AgreementInput = Parameters<AsignioCore['governance']['agreements']['record']>[2];
type ExportOptions = Parameters<AsignioCore['audit']['export']>[1];

export const listHolds = acting(schemas.holdPage, async ({ holds }, tenant, operator, visit) => {
  const { state } = visit.query;
  const query = { ...pageOfSubject(visit), ...(state === undefined ? {} : { state }) } as HoldQuery;
  return holds.list(tenant, operator, query);
});
export const placeHold = acting(
  schemas.holdAnswer,
  async ({ holds }, tenant, operator, { body }) =>
    holds.place(tenant, operator, received(schemas.holdBody, body) as HoldInput),
  201,
);
export const reviewHold = acting(schemas.holdAnswer, async ({ holds }, tenant, operator, { params, body }) => {
  const { reviewAt } = received(schemas.reviewHoldBody, body) as { readonly reviewAt: number };
  return holds.review(tenant, operator, { id: params['id'] ?? '', reviewAt });
});
export const releaseHold = acting(schemas.holdAnswer, async ({ holds }, tenant, operator, { params }) =>
  holds.release(tenant, operator, { id: params['id'] ?? '' }),
);

export const listAgreements = acting(schemas.agreementPage, async ({ governance }, tenant, operator, visit) =>
  governance.agreements.list(tenant, operator, pageOf(visit)),
);
export const recordAgreement = acting(
  schemas.agreementAnswer,
  async ({ governance }, tenant, operator, { body }) =>
    governance.agreements.record(tenant, operator, received(schemas.agreementBody, body) as AgreementInput),
  201,
);
export const endAgreement = acting(
  schemas.agreementAnswer,
  async ({ governance }, tenant, operator, { params, body }) => {
    const { reason } = body as { readonly reason: string };
    return governance.agreements.end(tenant, operator, { id: params['id'] ?? '', reason });
  },
);
export const listDisclosures = acting(schemas.disclosurePage, async ({ governance }, tenant, operator, visit) =>
  governance.disclosures.list(tenant, operator, pageOfSubject(visit)),
);
export const listVendors = acting(schemas.vendorsAnswer, async ({ governance }, tenant, operator) => {
  await governance.staff.require(tenant, operator, 'privacy-officer', 'auditor', 'security-officer');
  return { vendors: governance.vendors.list() };
});

/** Who may look into the chain. */
async function mayAudit({ governance }: AsignioCore, tenant: TenantId, operator: Operator): Promise<void> {
  await governance.staff.require(tenant, operator, 'auditor', 'privacy-officer', 'security-officer');
}

export const readAudit = acting(schemas.auditAnswer, async (core, tenant, operator, { query }) => {
  await mayAudit(core, tenant, operator);
  return { entries: await core.audit.read(tenant, Number(query['from'] ?? 1), Number(query['limit'] ?? 100)) };
});
export const verifyAudit = acting(schemas.auditReportAnswer, async (core, tenant, operator) => {
  await mayAudit(core, tenant, operator);
  return core.audit.inspect(tenant);
});
export const makeCheckpoint = acting(schemas.checkpointAnswer, async (core, tenant, operator) => {
  await mayAudit(core, tenant, operator);
  return { checkpoint: (await core.audit.checkpoint(tenant)) ?? null };
});

export const exportAudit: Handler = async ({ core }, visit) => {
  const { tenant, query, res } = visit;
  await mayAudit(core, tenant, operatorOf(visit));
  const { format = 'jsonl', from, to, event, subject } = query;
  const filter = {
    format,
    ...(from === undefined ? {} : { from: Date.parse(from) }),
    ...(to === undefined ? {} : { to: Date.parse(to) }),
    ...(event === undefined ? {} : { events: [event] }),
    ...(subject === undefined ? {} : { subject }),
  } as ExportOptions;
  res.set({
    'Content-Type': format === 'csv' ? 'text/csv; charset=utf-8' : 'application/jsonl; charset=utf-8',
    'Content-Disposition': `attachment; filename="audit.${format}"`,
  });
  for await (const text of core.audit.export(tenant, filter)) {
    if (res.destroyed) return;
    // Whoever reads slowly is waited for: a chain of any length must not pile up here.
    if (!res.write(text)) await Promise.race([once(res, 'drain'), once(res, 'close')]);
  }
  res.end();
};
