import type { Guardians, Requester } from '@asignio/core';
import * as schemas from '../document/schemas.ts';
import { presentConsent, presentHeld } from '../http/present.ts';
import { presented } from '../http/shape.ts';
import type { Handler } from '../visit.ts';
import { requesterOf } from './rights.ts';

type Input<M extends keyof Guardians> = Guardians[M] extends (who: Requester, input: infer I) => unknown ? I : never;

export const readWards: Handler = async (house, visit) => {
  const wards = await house.core.guardians.wards(requesterOf(house, visit));
  visit.res.json(presented(schemas.wardsAnswer, { wards }));
};

export const agreeForWard: Handler = async (house, visit) => {
  const { consents, receipts } = await house.core.guardians.agree(
    requesterOf(house, visit),
    visit.body as Input<'agree'>,
  );
  visit.res.status(201).json({ consents: consents.map(presentConsent), receipts });
};

export const reviewWard: Handler = async (house, visit) => {
  const held = await house.core.guardians.review(requesterOf(house, visit), visit.body as Input<'review'>);
  visit.res.json(presentHeld(held, house.settings.alternatives));
};

export const withdrawForWard: Handler = async (house, visit) => {
  const { consent, certificate } = await house.core.guardians.withdraw(
    requesterOf(house, visit),
    visit.body as Input<'withdraw'>,
  );
  visit.res.json({ consent: presentConsent(consent), ...(certificate === undefined ? {} : { certificate }) });
};

export const tellAgeOfWard: Handler = async (house, visit) => {
  const report = await house.core.guardians.tell(requesterOf(house, visit), visit.body as Input<'tell'>);
  visit.res.json(presented(schemas.minorAnswer, report));
};

export const removeWard: Handler = async (house, visit) => {
  const request = await house.core.guardians.remove(requesterOf(house, visit), visit.body as Input<'remove'>);
  visit.res.json(presented(schemas.requestAnswer, request));
};
