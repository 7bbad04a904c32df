import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { StoredValue } from '@asignio/contracts';
import { StaleRead, encodeRecord } from './bodies.ts';
import type { Bodies, Prepared } from './bodies.ts';
import { corrupt, decode, encode } from './codec.ts';
import type { Environment, Tree } from './environment.ts';
import { SLOT_BYTES } from './slots.ts';
import type { SlotFile } from './slots.ts';

/** B-trees of {@link SealedBodies}. */
export const SLOT_TREES = ['freeSlots', 'wipeSlots', 'slotCount'] as const;

const CIPHER = 'aes-256-gcm';
const TAG_BYTES = 16;
/** Each key seals one body, once: a fixed nonce cannot repeat under a key (NIST SP 800-38D, section 8). */
const NONCE = Buffer.alloc(12);
const COUNT = Buffer.of(0);

/**
 * Values that can be destroyed: each is sealed under a key of its own that stands in a {@link SlotFile}. When the value is
 * replaced or removed, its slot is overwritten, and what LMDB's old pages still hold of it is sealed under a key that is
 * nowhere. A slot is released in the transaction that lets go of the value, wiped and freed in the next one; a crash in
 * between leaves it listed, and whoever opens the store wipes it. All of it happens under LMDB's write lock, so that no
 * process wipes a slot that another has taken into use.
 */
export class SealedBodies implements Bodies {
  private readonly environment: Environment;
  private readonly slots: SlotFile;
  private readonly free: Tree;
  private readonly released: Tree;
  private readonly count: Tree;

  constructor(environment: Environment, slots: SlotFile) {
    this.environment = environment;
    this.slots = slots;
    this.free = environment.tree('freeSlots');
    this.released = environment.tree('wipeSlots');
    this.count = environment.tree('slotCount');
  }

  prepare(address: Buffer, value: StoredValue): Prepared {
    const plain = encode(address, value);
    return {
      store: (version, index) => encodeRecord(address, { version, index, body: this.seal(address, plain) }),
      value: () => decode(address, plain),
    };
  }

  reveal(address: Buffer, body: StoredValue): StoredValue {
    const { slot, sealed } = body as { slot: number; sealed: Uint8Array };
    const key = this.slots.read(slot);
    if (key === undefined) throw new StaleRead();
    const decipher = createDecipheriv(CIPHER, key, NONCE, { authTagLength: TAG_BYTES });
    key.fill(0);
    decipher.setAAD(address);
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
    const plain = decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES));
    try {
      decipher.final();
    } catch {
      // The slot has another's key by now, or it is damaged: the next read tells.
      throw new StaleRead();
    }
    return decode(address, plain);
  }

  release(body: StoredValue): void {
    const { slot } = body as { slot: number };
    mark(this.released, slotKey(slot));
  }

  async settle(): Promise<void> {
    if ((await this.environment.read(() => first(this.released))) === undefined) return;
    await this.environment.write(() => {
      const keys = allKeys(this.released);
      this.slots.wipe(keys.map(readSlotKey));
      for (const key of keys) {
        this.released.removeSync(key);
        mark(this.free, key);
      }
    });
  }

  /** Finishes what a crash left: slots that were released, and slots of values that were never committed. */
  async recover(): Promise<void> {
    await this.settle();
    if ((await this.environment.read(() => this.strays())).length > 0)
      await this.environment.write(() => this.slots.wipe(this.strays()));
  }

  /** Slots that no record uses and that are not empty. */
  private strays(): readonly number[] {
    const unused = allKeys(this.free).map(readSlotKey);
    for (let slot = this.used(); slot < this.slots.length; slot++) unused.push(slot);
    return unused.filter((slot) => this.slots.read(slot) !== undefined);
  }

  private seal(address: Buffer, plain: Buffer): StoredValue {
    const slot = this.take();
    const key = randomBytes(SLOT_BYTES);
    this.slots.write(slot, key);
    const cipher = createCipheriv(CIPHER, key, NONCE, { authTagLength: TAG_BYTES });
    key.fill(0);
    cipher.setAAD(address);
    return { slot, sealed: Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]) };
  }

  /** Takes a free slot, or a new one at the end. */
  private take(): number {
    const key = first(this.free);
    if (key !== undefined) {
      this.free.removeSync(key);
      return readSlotKey(key);
    }
    const slot = this.used();
    this.count.putSync(COUNT, encode(COUNT, slot + 1));
    return slot;
  }

  /** How many slots have ever been taken: the number of the next new one. */
  private used(): number {
    const bytes = this.count.get(COUNT);
    const slot = bytes === undefined ? 0 : Number(decode(COUNT, bytes));
    if (!Number.isSafeInteger(slot) || slot < 0 || slot > 0xffff_fffe) throw corrupt();
    return slot;
  }
}

function first(tree: Tree): Buffer | undefined {
  for (const key of tree.getKeys({ limit: 1 })) return Buffer.from(key);
  return undefined;
}

/** Puts a key that says all by being there. */
function mark(tree: Tree, key: Buffer): void {
  tree.putSync(key, encode(key, null));
}

function allKeys(tree: Tree): Buffer[] {
  return [...tree.getKeys()].map((key) => Buffer.from(key));
}

function slotKey(slot: number): Buffer {
  const key = Buffer.alloc(4);
  key.writeUInt32BE(slot);
  return key;
}

function readSlotKey(key: Buffer): number {
  return key.readUInt32BE();
}
