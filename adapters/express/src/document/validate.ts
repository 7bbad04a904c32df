import { AsignioError } from '@asignio/contracts';
import type { ErrorCode } from '@asignio/contracts';
import type Joi from 'joi';

/**
 * Holds a value against a schema, as it is: nothing is converted, defaulted or stripped.
 * @throws AsignioError `code`, with a sentence that names the field and never repeats what was in it.
 */
export function validated(schema: Joi.Schema, value: unknown, code: ErrorCode): unknown {
  const { error } = schema.validate(value, { convert: false, abortEarly: true, errors: { render: false } });
  if (error === undefined) return value;
  throw new AsignioError(code, sentence(error.details[0]));
}

/**
 * Reads JSON as bytes came.
 * @throws AsignioError `ASIGNIO_REQUEST_INVALID` where it is not JSON in UTF-8, or names `__proto__`.
 */
export function parsedJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes), (key, value: unknown) => {
      if (key === '__proto__') throw new TypeError('A key that is never meant');
      return value;
    });
  } catch {
    // Without its cause: a SyntaxError quotes the body.
    throw new AsignioError('ASIGNIO_REQUEST_INVALID', 'The body is not JSON in UTF-8');
  }
}

function sentence(detail: Joi.ValidationErrorItem | undefined): string {
  const path = detail?.path.join('.') ?? '';
  const field = /^[\w.]{1,80}$/.test(path) ? `The field \`${path}\`` : path === '' ? 'The body' : 'A field';
  switch (detail?.type) {
    case 'any.required':
      return `${field} is missing`;
    case 'object.unknown':
      return `${field} is not known here`;
    case 'any.only':
      return `${field} is none of: ${((detail.context?.['valids'] ?? []) as readonly unknown[]).join(', ')}`;
    case 'string.empty':
    case 'string.min':
    case 'array.min':
      return `${field} is empty`;
    case 'string.max':
    case 'array.max':
      return `${field} is too long: at most ${String(detail.context?.['limit'])}`;
    case 'array.unique':
      return `${field} is there twice`;
    case 'string.pattern.base':
      return `${field} is not of the allowed form`;
    default:
      return `${field} is of the wrong type`;
  }
}
