import Joi from 'joi';
import { AsignioError, systemClock } from '@asignio/contracts';
import type { Clock } from '@asignio/contracts';
import { DEFAULT_ARGON2, MIN_ARGON2 } from '@asignio/crypto';
import type { Argon2Parameters, PassphraseSource } from '@asignio/crypto';

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
  /**
   * Seals the keys in the file, so that the file alone opens nothing: the text, `{ file }`, `{ fd }` or `{ env }`. A file
   * that was made without one gets it by `protectKeyFile`, not by this option.
   */
  readonly passphrase?: PassphraseSource;
  /**
   * What a guess at the passphrase costs. Kept in the file; one that was made with less is written anew when it is opened.
   * @default 64 MiB, 3 passes, 4 lanes (RFC 9106, section 4)
   */
  readonly argon2?: Argon2Parameters;
  /** Notes when a key was made. */
  readonly clock?: Clock;
}

/** Options with their defaults. */
export interface ParsedOptions {
  readonly path: string;
  readonly create: boolean;
  readonly passphrase: PassphraseSource | undefined;
  readonly argon2: Argon2Parameters;
  readonly clock: Clock;
}

const path = Joi.string()
  .min(1)
  .max(4096)
  // oxlint-disable-next-line no-control-regex -- a path with NUL would be cut short by the operating system
  .pattern(/^[^\0]+$/, 'a path');

const passphrase = Joi.alternatives(
  Joi.string(),
  Joi.object({ file: path.required() }),
  Joi.object({ fd: Joi.number().integer().min(0).required() }),
  Joi.object({
    env: Joi.string()
      .pattern(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of a variable')
      .required(),
  }),
);

const argon2 = Joi.object({
  memoryKiB: Joi.number().integer().min(MIN_ARGON2.memoryKiB).max(2_097_152).required(),
  passes: Joi.number().integer().min(MIN_ARGON2.passes).max(64).required(),
  parallelism: Joi.number().integer().min(MIN_ARGON2.parallelism).max(64).required(),
});

const schema = Joi.object<ParsedOptions>({
  path: path.required(),
  create: Joi.boolean().strict().default(false),
  passphrase,
  argon2: argon2.default(DEFAULT_ARGON2),
  clock: Joi.object({ now: Joi.function().required() })
    .unknown()
    .default(() => systemClock),
})
  .required()
  .label('options');

/** Checks the options and fills in defaults. Throws `ASIGNIO_OPTION_INVALID`, naming the option. */
export function parseOptions(options: KeysFileOptions): ParsedOptions {
  const { value, error } = schema.validate(options, { convert: false });
  // Without the cause, which holds what was given.
  if (error !== undefined) throw new AsignioError('ASIGNIO_OPTION_INVALID', `keysFile: ${error.message}`);
  return value;
}
