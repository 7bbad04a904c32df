import Joi from 'joi';
import { AsignioError } from '@asignio/contracts';

/** Options of {@link keysFile}. */
export interface KeysFileOptions {
  /** The key file. Keep a copy of it apart from the store: without it nothing that was sealed can be read. */
  readonly path: string;
  /**
   * Makes the file at first use. Left out, a missing file is an error, so that a file that was moved is not silently
   * replaced by one that opens nothing.
   * @default false
   */
  readonly create?: boolean;
}

const schema = Joi.object<Required<KeysFileOptions>>({
  path: Joi.string()
    .min(1)
    .max(4096)
    // oxlint-disable-next-line no-control-regex -- a path with NUL would be cut short by the operating system
    .pattern(/^[^\0]+$/, 'a path')
    .required(),
  create: Joi.boolean().strict().default(false),
})
  .required()
  .label('options');

/** Checks the options and fills in defaults. Throws `ASIGNIO_OPTION_INVALID`, naming the option. */
export function parseOptions(options: KeysFileOptions): Required<KeysFileOptions> {
  const { value, error } = schema.validate(options, { convert: false });
  if (error !== undefined)
    throw new AsignioError('ASIGNIO_OPTION_INVALID', `keysFile: ${error.message}`, { cause: error });
  return value;
}
