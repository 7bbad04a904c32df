import { closeSync, constants, fchmodSync, fdatasyncSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';

/** Bytes of a slot: one AES-256 key. */
export const SLOT_BYTES = 32;

/**
 * A file of 32-byte slots that are written in place. An LMDB file is not: it copies what it changes and leaves the old
 * page until it is used again, so what must be destroyed at once stands here.
 */
export class SlotFile {
  private readonly file: number;
  private readonly noSync: boolean;

  constructor(path: string, noSync: boolean) {
    this.file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
    fchmodSync(this.file, 0o600);
    this.noSync = noSync;
  }

  /** The slot's bytes; `undefined` where it was wiped or never written. The caller wipes them. */
  read(slot: number): Buffer | undefined {
    const bytes = Buffer.alloc(SLOT_BYTES);
    const read = readSync(this.file, bytes, 0, SLOT_BYTES, slot * SLOT_BYTES);
    return read === SLOT_BYTES && bytes.some((byte) => byte !== 0) ? bytes : undefined;
  }

  /** Writes a slot; on disk when it returns. */
  write(slot: number, bytes: Uint8Array): void {
    this.put(slot, bytes);
    this.flush();
  }

  /** Overwrites slots with zeros; on disk when it returns. */
  wipe(slots: readonly number[]): void {
    for (const slot of slots) this.put(slot, Buffer.alloc(SLOT_BYTES));
    this.flush();
  }

  /** How many slots the file has room for. */
  get length(): number {
    return Math.ceil(fstatSync(this.file).size / SLOT_BYTES);
  }

  close(): void {
    closeSync(this.file);
  }

  private put(slot: number, bytes: Uint8Array): void {
    let written = 0;
    while (written < SLOT_BYTES)
      written += writeSync(this.file, bytes, written, SLOT_BYTES - written, slot * SLOT_BYTES + written);
  }

  private flush(): void {
    if (!this.noSync) fdatasyncSync(this.file);
  }
}
