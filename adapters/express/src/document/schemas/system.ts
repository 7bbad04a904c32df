import Joi from 'joi';
import { count, list, object, oneOf, text } from './words.ts';

export const fileParams = Joi.object({
  file: Joi.string()
    .pattern(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/)
    .required()
    .description('asignio.js or asignio.css'),
});

export const keysAnswer = object({ keys: list(Joi.object().unknown(true), 'JWKs (RFC 7517)') }, 'Public keys');

export const stateAnswer = object({ status: oneOf(['ok'], 'It is well') }, 'Health');

export const problemAnswer = object(
  {
    type: text('urn:asignio:error:<code>'),
    title: text('What is wrong'),
    status: count('HTTP status'),
    detail: text('What is wrong with this request'),
    code: text('Stable error code, docs/errors.md'),
    remedy: text('What to do'),
    instance: text('urn:uuid: of the request, as in X-Request-Id'),
    findings: list(
      object({ code: text('Error code'), message: text('What to do') }, 'Finding'),
      'About samples',
    ).optional(),
  },
  'Problem (RFC 9457)',
);
