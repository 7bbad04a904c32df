import Joi from 'joi';
import { AsignioError } from '@asignio/contracts';

/**
 * Where a key comes from: an environment variable, a file that is its owner's alone, or a credential that systemd hands to
 * the service (`LoadCredential=` or `LoadCredentialEncrypted=`), by name.
 */
export type KeySource = { readonly env: string } | { readonly file: string } | { readonly credential: string };

/** Options of {@link keysEnv}. */
export interface KeysEnvOptions {
  /** The key that wraps: 32 random bytes, in hexadecimal, base64 or base64url. @default { env: 'ASIGNIO_KEY' } */
  readonly key?: KeySource;
  /** Keys that only unwrap, oldest first: those of before, or one that is about to become the one that wraps. */
  readonly others?: readonly KeySource[];
}

const source = Joi.alternatives(
  Joi.object({
    env: Joi.string()
      .pattern(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of a variable')
      .required(),
  }),
  Joi.object({
    file: Joi.string()
      .max(4096)
      // oxlint-disable-next-line no-control-regex -- a path with NUL would be cut short by the operating system
      .pattern(/^[^\0]+$/, 'a path')
      .required(),
  }),
  Joi.object({
    credential: Joi.string()
      .max(255)
      .pattern(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/, 'the name of a credential')
      .required(),
  }),
);

const schema = Joi.object<Required<KeysEnvOptions>>({
  key: source.default({ env: 'ASIGNIO_KEY' }),
  others: Joi.array().items(source).max(16).default([]),
})
  .default({ key: { env: 'ASIGNIO_KEY' }, others: [] })
  .label('options');

/** Checks the options and fills in defaults. Throws `ASIGNIO_OPTION_INVALID`, naming the option. */
export function parseOptions(options: KeysEnvOptions | undefined): Required<KeysEnvOptions> {
  const { value, error } = schema.validate(options, { convert: false });
  if (error !== undefined) throw new AsignioError('ASIGNIO_OPTION_INVALID', `keysEnv: ${error.message}`);
  return value;
}
