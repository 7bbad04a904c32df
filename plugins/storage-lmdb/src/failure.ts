import { AsignioError } from '@asignio/contracts';

/** LMDB's return codes that mean damage: lmdb.h, "Return Codes". */
const DAMAGE = new Set([-30797, -30796, -30794, -30793, -30784, -30783, -30780]);
const MAP_FULL = -30792;
const MESSAGES: readonly (readonly [RegExp, string])[] = [
  [/MDB_MAP_FULL/, 'The store is full: raise the option mapSizeBytes'],
  [/ENOSPC|No space left|EDQUOT|quota exceeded|EFBIG|File too large/i, 'The disk is full'],
  [/EACCES|EPERM|EROFS|Permission denied|not permitted|Read-only file/i, "The store's folder cannot be written to"],
  [/ENOTDIR|EEXIST|Not a directory/i, "The store's folder is not a folder"],
  [/MDB_READERS_FULL/, 'Too many processes read the store at once'],
  [/closed/i, 'The store is closed'],
];

/** Gives an error of LMDB or of the file system the contract's code. */
export function toStorageError(error: unknown): AsignioError {
  if (error instanceof AsignioError) return error;
  const code: unknown = (error as { code?: unknown } | undefined)?.code;
  const text = error instanceof Error ? `${String(code)} ${error.message}` : String(error);
  if (
    (typeof code === 'number' && DAMAGE.has(code)) ||
    /MDB_(CORRUPTED|PAGE_NOTFOUND|PANIC|INVALID|VERSION_MISMATCH|BAD_\w+|INCOMPATIBLE)/.test(text)
  )
    return new AsignioError('ASIGNIO_STORAGE_CORRUPT', 'The store is damaged: restore it from a backup', {
      cause: error,
    });
  const known = code === MAP_FULL ? MESSAGES[0] : MESSAGES.find(([pattern]) => pattern.test(text));
  return new AsignioError('ASIGNIO_STORAGE_UNAVAILABLE', known?.[1] ?? 'The store cannot be read or written', {
    cause: error,
  });
}

/**
 * What made a write fail. lmdb rejects with an error that carries the reason as a promise, and that promise must be
 * handled or the process ends of an unhandled rejection.
 */
export async function reasonOf(error: unknown): Promise<unknown> {
  const reason: unknown = (error as { commitError?: unknown } | undefined)?.commitError;
  if (!(reason instanceof Promise)) return error;
  try {
    await reason;
    return error;
  } catch (inner) {
    return inner;
  }
}
