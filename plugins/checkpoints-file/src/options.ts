import Joi from 'joi';
import { AsignioError } from '@asignio/contracts';

/** Options of {@link checkpointsFile}. */
export interface CheckpointsFileOptions {
  /** Folder of the files, made if missing. Outside the store, and best on another volume. */
  readonly path: string;
}

const schema = Joi.object<CheckpointsFileOptions>({
  path: Joi.string()
    .min(1)
    .max(4096)
    // oxlint-disable-next-line no-control-regex -- a path with NUL would be cut short by the operating system
    .pattern(/^[^\0]+$/, 'a path')
    .required(),
})
  .required()
  .label('options');

/** Checks the options. Throws `ASIGNIO_OPTION_INVALID`, naming the option. */
export function parseOptions(options: CheckpointsFileOptions): CheckpointsFileOptions {
  const { value, error } = schema.validate(options, { convert: false });
  if (error !== undefined)
    throw new AsignioError('ASIGNIO_OPTION_INVALID', `checkpointsFile: ${error.message}`, { cause: error });
  return value;
}
