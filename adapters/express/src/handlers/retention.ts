import type { AsignioCore } from '@asignio/core';
import * as schemas from '../document/schemas.ts';
import type { Handler } from '../visit.ts';
import { acting, pageOfSubject } from './operator.ts';

type PlacesInput = Parameters<AsignioCore['retention']['setPlaces']>[2];
type EndInput = Parameters<AsignioCore['retention']['endPurpose']>[2];

/** Public documents may be kept for a while: the schedule changes with releases and configuration only. */
const KEPT = 'public, max-age=300';

export const readSchedule: Handler = async ({ core }, { tenant, query, res }) => {
  const { language, rows, sha256, text, html } = await core.retention.publish(tenant, query['language']);
  res.set({ 'Cache-Control': KEPT, 'Content-Language': language });
  if (query['format'] === 'json') res.json({ language, sha256, rows });
  else if (query['format'] === 'text') res.type('text/plain').send(text);
  else res.type('text/html').send(`<!doctype html><html lang="${language}"><meta charset="utf-8">${html}</html>`);
};

export const listDestructions = acting(schemas.destructionPage, async ({ retention }, tenant, operator, visit) =>
  retention.destructions(tenant, operator, pageOfSubject(visit)),
);
export const setPlaces = acting(schemas.placesAnswer, async ({ retention }, tenant, operator, { body }) =>
  retention.setPlaces(tenant, operator, body as PlacesInput),
);
export const endPurpose = acting(schemas.purposeEndAnswer, async ({ retention }, tenant, operator, { body }) =>
  retention.endPurpose(tenant, operator, body as EndInput),
);
