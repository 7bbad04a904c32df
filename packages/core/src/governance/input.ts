import Joi from 'joi';
import { AsignioError } from '@asignio/contracts';
import { isPrintable } from '@asignio/policy';
import type { PageQuery } from './api.ts';

/** Joi's own words for a pattern repeat the value, which may be somebody's. */
const MESSAGES = {
  'string.pattern.base': '{{#label}} is not of the form that is allowed',
  'string.printable': '{{#label}} is a line of 1-{{#max}} printable characters',
};

/**
 * Checks what an operator or a host hands in, as plain JSON.
 * @throws AsignioError `ASIGNIO_REQUEST_INVALID` naming the field, never its value.
 */
export function checkInput<T>(schema: Joi.ObjectSchema<T>, value: unknown): T {
  const { error, value: checked } = schema.validate(value, { convert: false, messages: MESSAGES });
  if (error !== undefined) throw new AsignioError('ASIGNIO_REQUEST_INVALID', error.message);
  return checked;
}

const PAGE = Joi.object<PageQuery>({ limit: Joi.number().integer().min(1).max(1000), after: Joi.string().max(4096) });

/** Checks which part of a listing is asked for. */
export function checkPage(page: PageQuery | undefined): PageQuery {
  return checkInput(PAGE, page ?? {});
}

/** A line of text for people. */
export function line(max = 200): Joi.StringSchema {
  return Joi.string().custom((value: unknown, helpers) =>
    isPrintable(value, 1, max) ? value : helpers.error('string.printable', { max }),
  );
}

/** An id that stands in records, audit entries and addresses. */
export function id(): Joi.StringSchema {
  return Joi.string().pattern(/^[A-Za-z0-9._:-]{1,100}$/);
}

/** A moment, ms since the epoch, of the years 1970 to 9999. */
export function time(): Joi.NumberSchema {
  return Joi.number().integer().min(0).max(253_402_300_799_999);
}

/** SHA-256 of a document that is kept elsewhere, hex. */
export function sha256(): Joi.StringSchema {
  return Joi.string().pattern(/^[0-9a-f]{64}$/);
}
