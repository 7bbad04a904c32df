import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { AsignioError } from '@asignio/contracts';

const OPEN_TO_OTHERS = 0o077;
const GROUP_READS = 0o040;

/** What {@link readSecretFile} is given. */
export interface SecretFile {
  /** What it is, in messages: `key file`. */
  readonly what: string;
  readonly maxBytes: number;
  /** Lets its group read it: where access lists give a service its credentials, they show as the group's rights. */
  readonly groupMayRead?: boolean;
  /** Makes the error. */
  readonly refuse: (detail: string, cause?: unknown) => AsignioError;
}

/**
 * Reads a file that holds a secret: one that no other user of the machine may read or write. The caller wipes it.
 * @returns `undefined` when there is none.
 */
export async function readSecretFile(
  path: string,
  { what, maxBytes, refuse, groupMayRead = false }: SecretFile,
): Promise<Buffer | undefined> {
  let file;
  try {
    file = await open(path, constants.O_RDONLY);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw refuse(`The ${what} cannot be read`, error);
  }
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw refuse(`The ${what} is not a file`);
    if (process.platform !== 'win32') {
      if ((stat.mode & OPEN_TO_OTHERS & (groupMayRead ? ~GROUP_READS : ~0)) !== 0)
        throw refuse(
          `The ${what} may be read or written by others (mode ${(stat.mode & 0o777).toString(8)}): make it yours alone with chmod 600`,
        );
      // Whoever owns a file may open it to others at any time.
      if (stat.uid !== 0 && stat.uid !== process.geteuid?.()) throw refuse(`The ${what} belongs to another user`);
    }
    if (stat.size > maxBytes) throw refuse(`The ${what} is larger than ${maxBytes} bytes`);
    const bytes = Buffer.alloc(stat.size);
    let length = 0;
    while (length < bytes.length) {
      const { bytesRead } = await file.read(bytes, length, bytes.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return bytes.subarray(0, length);
  } catch (error) {
    throw error instanceof AsignioError ? error : refuse(`The ${what} cannot be read`, error);
  } finally {
    await file.close();
  }
}
