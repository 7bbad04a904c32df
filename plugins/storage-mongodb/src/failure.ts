import { AsignioError } from '@asignio/contracts';
import type { ErrorCode } from '@asignio/contracts';

/** What the driver's errors have in common; a host's own connection may come from another copy of it. */
interface DriverError {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly codeName?: unknown;
  readonly message?: unknown;
  readonly beforeHandshake?: unknown;
  readonly errorLabels?: unknown;
  readonly cause?: unknown;
}

/** https://www.mongodb.com/docs/manual/reference/error-codes/ */
const DUPLICATE_KEY = 11_000;
const NOT_PRIMARY = new Set<unknown>([10_107, 13_435]);

/** Errors from before a command was sent. */
const NEVER_SENT = new Set<unknown>([
  'MongoServerSelectionError',
  'MongooseServerSelectionError',
  'MongoPoolClearedError',
]);
const LOST = new Set<unknown>([
  ...NEVER_SENT,
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'PoolClearedOnNetworkError',
]);

type Finding = readonly [pattern: RegExp, code: ErrorCode, detail: string];

/** The first that fits the error's name, code and message decides. None of the sentences repeats what the server said. */
const FINDINGS: readonly Finding[] = [
  [
    /DataCorruption|malformed|not a database|WT_PANIC|checksum error|corrupt/i,
    'ASIGNIO_STORAGE_CORRUPT',
    'The database is damaged: restore it from a backup',
  ],
  [
    /OutOfDiskSpace|No space left|ENOSPC|disk is full|disk full|EDQUOT|quota/i,
    'ASIGNIO_STORAGE_UNAVAILABLE',
    "The database server's disk is full",
  ],
  [
    /AuthenticationFailed|Authentication failed|bad auth|authentication mechanism|\b18\b/i,
    'ASIGNIO_STORAGE_UNAVAILABLE',
    'The database server refuses the credentials: check the user and password of the options uri and keysUri',
  ],
  [
    /Unauthorized|not authorized/i,
    'ASIGNIO_STORAGE_UNAVAILABLE',
    'The database user may not do this: it needs the role readWrite on both databases',
  ],
  [
    /certificate|SSL|TLS|self-signed|ERR_OSSL/i,
    'ASIGNIO_STORAGE_UNAVAILABLE',
    'No secure connection to the database server: check the option tls, and whether the server speaks TLS',
  ],
  [/ValidationError|CastError|StrictModeError/, 'ASIGNIO_STORAGE_INVALID', 'A record does not fit its schema'],
  [
    /ENOTFOUND|EAI_AGAIN|querySrv/,
    'ASIGNIO_STORAGE_UNAVAILABLE',
    'The database server has no address: check the host in the options uri and keysUri',
  ],
  [/closed|NotConnected/i, 'ASIGNIO_STORAGE_UNAVAILABLE', 'The connection to the database server is closed'],
];

/** Gives an error of the driver or the server the contract's code. */
export function toStorageError(error: unknown): AsignioError {
  if (error instanceof AsignioError) return error;
  const text = textOf(error);
  const [, code, detail] = FINDINGS.find(([pattern]) => pattern.test(text)) ?? UNKNOWN;
  return new AsignioError(code, detail, { cause: error });
}

const UNKNOWN: Finding = [/(?:)/, 'ASIGNIO_STORAGE_UNAVAILABLE', 'The database server cannot be reached'];

/** Whether a unique index refused a write. */
export function isDuplicate(error: unknown): boolean {
  return (error as DriverError | undefined)?.code === DUPLICATE_KEY;
}

/** Whether the connection was lost, or there was none. */
export function isLost(error: unknown): boolean {
  return LOST.has((error as DriverError | undefined)?.name) || isUntouched(error);
}

/** Whether the server cannot have seen the command, so that sending it again is safe whatever it does. */
export function isUntouched(error: unknown): boolean {
  const { name, code, beforeHandshake, errorLabels } = (error ?? {}) as DriverError;
  // Not even a part of a command that ends so can be carried out: the pipe did not take the whole of it.
  if (NEVER_SENT.has(name) || NOT_PRIMARY.has(code) || beforeHandshake === true || code === 'EPIPE') return true;
  return name === 'MongoNetworkError' && Array.isArray(errorLabels) && errorLabels.includes('HandshakeError');
}

/** Name, code and message of an error and of what caused it. */
function textOf(error: unknown, depth = 0): string {
  if (typeof error !== 'object' || error === null || depth > 3) return '';
  const { name, code, codeName, message, cause } = error as DriverError;
  const own = [name, code, codeName, message].filter((part) => typeof part === 'string' || typeof part === 'number');
  return `${own.join(' ')} ${textOf(cause, depth + 1)}`;
}
