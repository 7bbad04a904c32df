import type { Governance } from '@asignio/core';
import * as schemas from '../document/schemas.ts';
import { received } from '../http/shape.ts';
import { acting, pageOf } from './operator.ts';

type LegalInput = Parameters<Governance['legal']['request']>[2];
type AssessmentInput = Parameters<Governance['assessments']['record']>[2];
type IncidentInput = Parameters<Governance['incidents']['open']>[2];
type DatasetInput = Parameters<Governance['datasets']['register']>[2];

export const listLegalOrders = acting(schemas.legalPage, async ({ governance }, tenant, operator, visit) =>
  governance.legal.list(tenant, operator, pageOf(visit)),
);
export const requestLegalOrder = acting(
  schemas.legalAnswer,
  async ({ governance }, tenant, operator, { body }) => governance.legal.request(tenant, operator, body as LegalInput),
  201,
);
export const approveLegalOrder = acting(schemas.legalAnswer, async ({ governance }, tenant, operator, { params }) =>
  governance.legal.approve(tenant, operator, { id: params['id'] ?? '' }),
);
export const refuseLegalOrder = acting(
  schemas.legalAnswer,
  async ({ governance }, tenant, operator, { params, body }) => {
    const { reason } = body as { readonly reason: string };
    return governance.legal.refuse(tenant, operator, { id: params['id'] ?? '', reason });
  },
);

export const listAssessments = acting(schemas.assessmentPage, async ({ governance }, tenant, operator, visit) =>
  governance.assessments.list(tenant, operator, pageOf(visit)),
);
export const recordAssessment = acting(
  schemas.assessmentAnswer,
  async ({ governance }, tenant, operator, { body }) =>
    governance.assessments.record(tenant, operator, received(schemas.assessmentBody, body) as AssessmentInput),
  201,
);

export const listIncidents = acting(schemas.incidentPage, async ({ governance }, tenant, operator, visit) =>
  governance.incidents.list(tenant, operator, pageOf(visit)),
);
export const openIncident = acting(
  schemas.incidentAnswer,
  async ({ governance }, tenant, operator, { body }) =>
    governance.incidents.open(tenant, operator, received(schemas.incidentBody, body) as IncidentInput),
  201,
);
export const noteNotification = acting(
  schemas.incidentAnswer,
  async ({ governance }, tenant, operator, { params, body }) => {
    const { rule, reference } = body as { readonly rule: string; readonly reference: string };
    return governance.incidents.notify(tenant, operator, { id: params['id'] ?? '', rule, reference });
  },
);
export const closeIncident = acting(
  schemas.incidentAnswer,
  async ({ governance }, tenant, operator, { params, body }) => {
    const { reason } = body as { readonly reason: string };
    return governance.incidents.close(tenant, operator, { id: params['id'] ?? '', reason });
  },
);

export const listDatasets = acting(schemas.datasetPage, async ({ governance }, tenant, operator, visit) =>
  governance.datasets.list(tenant, operator, pageOf(visit)),
);
export const registerDataset = acting(
  schemas.datasetAnswer,
  async ({ governance }, tenant, operator, { body }) =>
    governance.datasets.register(tenant, operator, body as DatasetInput),
  201,
);
