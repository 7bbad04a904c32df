import Joi from 'joi';

/* The words that all schemas are made of. */

export const object = (keys: Joi.SchemaMap, description: string): Joi.ObjectSchema =>
  Joi.object(keys).required().description(description);
export const list = (items: Joi.Schema, description: string): Joi.ArraySchema =>
  // An item that is required would ask for one at least.
  Joi.array().items(items.optional()).required().description(description);
export const oneOf = (values: readonly string[], description: string): Joi.StringSchema =>
  Joi.string()
    .valid(...values)
    .required()
    .description(description);
export const text = (description: string): Joi.StringSchema =>
  Joi.string().allow('').required().description(description);
export const time = (description: string): Joi.StringSchema =>
  Joi.string().isoDate().required().description(description);
export const count = (description: string): Joi.NumberSchema =>
  Joi.number().integer().min(0).required().description(description);
export const jws = (description: string): Joi.StringSchema =>
  Joi.string().required().description(`${description} (JWS compact)`);

export const ownId = (what: string): Joi.StringSchema =>
  Joi.string()
    .pattern(/^[A-Za-z0-9_-]{1,64}$/)
    .required()
    .description(`Id of the ${what}, as it was given`);

/** A line of text that somebody types. */
export const line = (max: number, description: string): Joi.StringSchema =>
  Joi.string()
    .max(max)
    .pattern(/^(?=.*\S)[^\p{Cc}\p{Cs}]+$/u)
    .description(description);

/** Sentences that somebody types. */
export const paragraph = (description: string): Joi.StringSchema =>
  Joi.string()
    .max(4000)
    .pattern(/^(?=[\s\S]*\S)(?:[\t\n\r]|[^\p{Cc}\p{Cs}])+$/u)
    .required()
    .description(description);

/** Or `null`. */
export const nullable = <S extends Joi.Schema>(schema: S): S => schema.allow(null) as S;

export const language = Joi.string()
  .max(35)
  .pattern(/^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*$/)
  .description('BCP 47 language tag');

/** The body of a request that says all it has to say by its address. */
export const emptyBody = Joi.object({}).required().description('Nothing');

/** Which part of a listing is asked for. */
export const pageQuery = Joi.object({
  limit: Joi.string()
    .pattern(/^[1-9][0-9]{0,2}$/)
    .description('How many at most, 1-999; 100 unless told'),
  after: Joi.string().max(4096).description('`next` of the page before'),
});

/** One page of a listing. */
export const pageOf = (item: Joi.Schema, description: string): Joi.ObjectSchema =>
  object({ items: list(item, 'This page'), next: text('Where the next page begins').optional() }, description);
