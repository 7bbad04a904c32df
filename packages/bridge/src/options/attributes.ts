import Joi from 'joi';

/** What somebody who asks may be told of a person, beside an identifier of its own. */
export const ATTRIBUTES = ['name', 'email', 'phone'] as const;
export type Attribute = (typeof ATTRIBUTES)[number];

/** Name, e-mail and phone of a person, as the host knows them; what is missing is not told. */
export type KnownAttributes = { readonly [A in Attribute]?: string };

/** ISO 3166: `DE`, `US-CA`. */
const REGION = /^[A-Z]{2}(?:-[A-Z0-9]{1,3})?$/;

/** What is said of everybody who asks: how people are shown it, where it is, what it may be told. */
export const ASKER = {
  name: Joi.string().trim().min(1).max(200).required(),
  region: Joi.string().pattern(REGION).required(),
  attributes: Joi.array()
    .items(Joi.valid(...ATTRIBUTES))
    .unique(),
};
