import { AsignioError } from '@asignio/contracts';
import { deriveKey, readPassphrase } from '@asignio/crypto';
import type { PassphraseSource, SaltedArgon2 } from '@asignio/crypto';
import type { Protection } from './protection.ts';

/**
 * Makes the key that opens a file. The one made last is kept, so that a file which changes is read again without the
 * passphrase, as long as that stays the same.
 */
export class Unlocker {
  private readonly source: PassphraseSource | undefined;
  private last: Protection | undefined;

  constructor(source: PassphraseSource | undefined) {
    this.source = source;
  }

  /** @throws AsignioError `ASIGNIO_KEY_PASSPHRASE` where the file has a passphrase and none is given, or the reverse. */
  readonly unlock = async (parameters: SaltedArgon2 | null): Promise<Protection | null> => {
    if (parameters === null) {
      if (this.source === undefined) return null;
      throw refused('The key file has no passphrase: set one with `asignio keys passphrase`');
    }
    if (this.source === undefined) throw refused('The key file has a passphrase, and none is given');
    if (this.last === undefined || !isSame(this.last.parameters, parameters))
      this.last = { parameters, key: await deriveKey(await readPassphrase(this.source), parameters) };
    return this.last;
  };

  /** Keeps a protection that was just made. */
  keep(protection: Protection | null): void {
    this.last = protection ?? undefined;
  }
}

function isSame(a: SaltedArgon2, b: SaltedArgon2): boolean {
  return (
    a.memoryKiB === b.memoryKiB &&
    a.passes === b.passes &&
    a.parallelism === b.parallelism &&
    Buffer.compare(a.salt, b.salt) === 0
  );
}

function refused(detail: string): AsignioError {
  return new AsignioError('ASIGNIO_KEY_PASSPHRASE', detail);
}
