import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { corrupt } from './codec.ts';
import { NewestTransaction } from './inspect.ts';

/** Name of the file that LMDB keeps its data in. */
export const DATA_FILE = 'data.mdb';

/** Name of the file that LMDB's processes share their locks in. */
export const LOCK_FILE = 'lock.mdb';

/** Where the lock file keeps the number of the last transaction: `mtb_txnid` of struct MDB_txbody in mdb.c of lmdb 3.5. */
const LAST_AT = 8;
const LAST_BYTES = 8;

/**
 * Holds an environment's transactions to their order, while other processes open it.
 *
 * Whoever opens an environment reads the number of its last transaction and then writes it to the lock file without taking
 * the writers' lock (`mdb_env_open2` in mdb.c of lmdb 3.5; the same fault was ITS#9496 of LMDB 0.9). What was committed
 * between the two is then taken for not there: readers see an older snapshot, and the next writer writes over it. The data
 * file's two meta pages still tell the truth, so they are asked: by every write once it holds the writers' lock, which also
 * puts the lock file right, and by every read once it has read.
 */
export class Succession {
  private readonly data: number;
  private readonly lock: number;
  private readonly newest: NewestTransaction;
  private readonly lastBytes = Buffer.alloc(LAST_BYTES);

  /** Opens the two files of an environment that this process has opened. */
  constructor(folder: string) {
    this.data = openSync(join(folder, DATA_FILE), constants.O_RDONLY);
    this.lock = openSync(join(folder, LOCK_FILE), constants.O_RDWR);
    this.newest = new NewestTransaction(this.data);
  }

  /** Whether the lock file is behind the data file, so that a read may have seen an older snapshot. */
  isBehind(): boolean {
    // In this order: a commit moves the meta page first, and one between the two reads must not look like a fault.
    const newest = this.newest.read();
    return this.last() < newest;
  }

  /**
   * Whether a write transaction, which must hold the writers' lock now, goes on from the newest one. Where it does not, the
   * lock file is put right, and the transaction must be given up without a change and begun again.
   * @param transaction - its number, greater by one than that of the transaction that it goes on from
   */
  follows(transaction: number): boolean {
    const newest = this.newest.read();
    if (newest < transaction) return true;
    // Both are looked at before anything is written to a file that all processes share.
    if (this.last() >= newest) return false;
    const bytes = Buffer.alloc(LAST_BYTES);
    bytes.writeBigUInt64LE(BigInt(newest));
    writeSync(this.lock, bytes, 0, LAST_BYTES, LAST_AT);
    return false;
  }

  /** Only once the environment is closed: closing any descriptor of the lock file gives up the process's locks on it. */
  close(): void {
    closeSync(this.data);
    closeSync(this.lock);
  }

  private last(): number {
    const bytes = this.lastBytes;
    if (readSync(this.lock, bytes, 0, LAST_BYTES, LAST_AT) !== LAST_BYTES)
      throw corrupt('The store is damaged: its lock file was cut');
    return Number(bytes.readBigUInt64LE());
  }
}
