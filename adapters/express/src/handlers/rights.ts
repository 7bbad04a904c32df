import type { AsignioCore, Requester, Rights } from '@asignio/core';
import type Joi from 'joi';
import * as schemas from '../document/schemas.ts';
import { presentHeld } from '../http/present.ts';
import { presented } from '../http/shape.ts';
import { signedIn } from '../visit.ts';
import type { Handler, House, Visit } from '../visit.ts';

type Input<M extends keyof Rights> = Rights[M] extends (who: Requester, input: infer I) => unknown ? I : never;

/** Who asks, with what the host knows of how they proved it (R27). */
export function requesterOf({ settings }: House, visit: Visit): Requester {
  return { tenant: visit.tenant, subject: signedIn(visit), proof: settings.requester(visit.req) };
}

/** A handler that asks the rights of the person for something, and answers in a schema's form. */
function asking(
  schema: Joi.Schema,
  ask: (rights: AsignioCore['rights'], who: Requester, visit: Visit) => Promise<unknown>,
  status = 200,
): Handler {
  return async (house, visit) => {
    const answer = await ask(house.core.rights, requesterOf(house, visit), visit);
    visit.res.status(status).json(presented(schema, answer));
  };
}

export const readProof: Handler = (house, visit) => {
  visit.res.json(presented(schemas.proofAnswer, house.core.rights.check(requesterOf(house, visit))));
};
export const readRequests = asking(schemas.requestsAnswer, async (rights, who) => ({
  requests: await rights.requests(who),
}));
export const readRequest = asking(schemas.requestAnswer, (rights, who, { params }) =>
  rights.request(who, params['id'] ?? ''),
);
export const readStanding = asking(schemas.standingAnswer, (rights, who) => rights.standing(who));

export const askAccess: Handler = async (house, visit) => {
  const { request, report } = await house.core.rights.access(requesterOf(house, visit));
  const { held, ...rest } = report;
  const shown = presented(schemas.reportAnswer, { request, report: rest }) as { readonly report: object };
  visit.res.json({ ...shown, report: { ...shown.report, held: presentHeld(held, house.settings.alternatives) } });
};

export const askExport = asking(schemas.exportAnswer, (rights, who, { body }) =>
  rights.exportData(who, body as Input<'exportData'>),
);
export const askImport = asking(schemas.importAnswer, (rights, who, { body }) =>
  rights.importData(who, body as Input<'importData'>),
);
export const rectify = asking(schemas.rectifyAnswer, (rights, who, { body }) =>
  rights.rectify(who, body as Input<'rectify'>),
);
export const revokeReference = asking(schemas.requestAnswer, (rights, who, { params }) =>
  rights.revokeReference(who, { enrolment: params['id'] ?? '' }),
);
export const restrict = asking(schemas.standingRequestAnswer, (rights, who) => rights.restrict(who));
export const resume = asking(schemas.standingRequestAnswer, (rights, who) => rights.resume(who));
export const objectTo = asking(schemas.standingRequestAnswer, (rights, who, { body }) =>
  rights.object(who, body as Input<'object'>),
);
export const retractObjection = asking(schemas.standingRequestAnswer, (rights, who, { body }) =>
  rights.retractObjection(who, body as Input<'retractObjection'>),
);
export const readDecisions = asking(schemas.decisionsAnswer, async (rights, who) => ({
  decisions: await rights.decisions(who),
}));
export const contestDecision = asking(
  schemas.requestAnswer,
  (rights, who, { params, body }) =>
    rights.contest(who, { decision: params['id'] ?? '', statement: (body as { statement: string }).statement }),
  201,
);
export const complain = asking(
  schemas.complaintAnswer,
  (rights, who, { body }) => rights.complain(who, body as Input<'complain'>),
  201,
);
export const askSummary = asking(schemas.summaryAnswer, (rights, who) => rights.ccpaSummary(who));
export const askDeletion = asking(schemas.requestAnswer, (rights, who) => rights.ccpaDelete(who));

/** The certificate on its own too: it is what the person keeps. */
export const eraseSubject = asking(schemas.eraseAnswer, async (rights, who) => {
  const request = await rights.erase(who);
  return { request, certificate: request.certificate };
});

export const readSale: Handler = ({ core }, { res }) => {
  res.json(presented(schemas.saleAnswer, core.rights.sale()));
};
