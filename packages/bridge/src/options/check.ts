import { AsignioError } from '@asignio/contracts';
import Joi from 'joi';

/** A span of whole seconds. */
export function seconds(min: number, max: number): Joi.NumberSchema {
  return Joi.number().integer().min(min).max(max);
}

/** The error of an option that is wrong; `factory` is what was called with it. */
export function wrongOption(factory: string): (sentence: string) => AsignioError {
  return (sentence) => new AsignioError('ASIGNIO_OPTION_INVALID', `${factory}: ${sentence}`);
}

/**
 * Holds options against their schema. The value of an option is never quoted, for it may be a secret.
 * @param sentences what is said of each kind of fault (Joi's templates)
 * @throws what `wrong` makes of the sentence
 */
export function checkOptions(
  schema: Joi.Schema,
  options: unknown,
  sentences: Readonly<Record<string, string>>,
  wrong: (sentence: string) => AsignioError,
): void {
  const { error } = schema.validate(options, {
    convert: false,
    messages: { ...SENTENCES, ...sentences },
    errors: { wrap: { label: '`' } },
  });
  if (error !== undefined) throw wrong(withoutValue(error));
}

const SENTENCES = {
  'string.min': '{{#label}} must have at least {{#limit}} characters',
  'array.unique': '{{#label}} is there twice',
};

/** Joi quotes the value in some sentences. */
function withoutValue({ details: [detail] }: Joi.ValidationError): string {
  const { type = '', message = '', path = [] } = detail ?? {};
  if (type === 'string.pattern.base') return `\`${label(path)}\` has characters that it must not have`;
  return message;
}

function label(path: readonly (string | number)[]): string {
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`),
    '',
  );
}
