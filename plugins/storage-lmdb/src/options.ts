import Joi from 'joi';
import { AsignioError, systemClock } from '@asignio/contracts';
import type { Clock } from '@asignio/contracts';

/** Options of {@link storageLmdb}. */
export interface StorageLmdbOptions {
  /**
   * Folder of the store, made if missing. It gets two folders, readable by the owner alone: `data`, and `keys` for the
   * wrapped data keys, which want backups of their own.
   */
  readonly path: string;
  /**
   * Source of time for leases.
   * @default systemClock
   */
  readonly clock?: Clock;
  /**
   * Address space to set aside for each of the two files: 1 MiB to 16 TiB, a multiple of 4096. It costs no disk and no
   * memory. A file that outgrows it is mapped anew, which works but is slower.
   * @default 68719476736 (64 GiB)
   */
  readonly mapSizeBytes?: number;
  /**
   * Leaves flushing to the operating system. A killed process loses nothing; a power cut may lose or break the store. For
   * tests and stores that can be made again.
   * @default false
   */
  readonly noSync?: boolean;
}

const GIB = 2 ** 30;
const schema = Joi.object<Required<StorageLmdbOptions>>({
  path: Joi.string()
    .min(1)
    .max(4096)
    // oxlint-disable-next-line no-control-regex -- a path with NUL would be cut short by the operating system
    .pattern(/^[^\0]+$/, 'a path')
    .required(),
  clock: Joi.object({ now: Joi.function().required() }).unknown().default(systemClock),
  mapSizeBytes: Joi.number()
    .integer()
    .min(2 ** 20)
    .max(16 * 1024 * GIB)
    .multiple(4096)
    .default(64 * GIB),
  noSync: Joi.boolean().strict().default(false),
})
  .required()
  .label('options');

/** Checks the options and fills in defaults. Throws `ASIGNIO_OPTION_INVALID`, naming the option. */
export function parseOptions(options: StorageLmdbOptions): Required<StorageLmdbOptions> {
  const { value, error } = schema.validate(options, { convert: false });
  if (error !== undefined)
    throw new AsignioError('ASIGNIO_OPTION_INVALID', `storageLmdb: ${error.message}`, { cause: error });
  // joi clones what it validates, which would take a clock from its prototype.
  return { ...value, clock: options.clock ?? systemClock };
}
