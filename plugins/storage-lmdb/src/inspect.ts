import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { AsignioError } from '@asignio/contracts';
import { corrupt, isWhole } from './codec.ts';

/*
 * LMDB trusts its file: a damaged page ends the process by an assertion, a cut one by a signal. So the file is looked over
 * before LMDB maps it. The layout is that of mdb.c in lmdb 3.5 (structs MDB_page_header, MDB_meta, MDB_db, MDB_node,
 * MDB_ovpage), little-endian, 64 bits:
 *
 *   page     0 number, 8 transaction, 18 flags, 20 lower, 22 upper (or 20 count of overflow pages), 24 offsets of nodes
 *   meta     24 magic, 48 tree of free pages, 96 main tree, 144 last page, 152 transaction
 *   tree     0 page size (first tree only), 6 depth, 8 branch, leaf and overflow pages, 32 entries, 40 root
 *   node     0 size or child (low, high), 4 flags or child (top), 6 size of the key, 8 key, then data
 */
const MAGIC = 0xbeefc0de;
const HEADER = 24;
const META_PAGES = 2;
const META_BYTES = HEADER + 144;
/** Of a meta page: number of the transaction that wrote it. */
const TRANSACTION_AT = HEADER + 128;
const TREE_BYTES = 48;
const NODE_HEADER = 8;
const OVERFLOW_BYTES = 24;
const BRANCH = 1;
const LEAF = 2;
const OVERFLOW = 4;
const META = 8;
const BIG_DATA = 1;
const SUB_TREE = 2;
const NO_ROOT = 0xffff_ffff_ffff_ffffn;
const MAX_DEPTH = 32;
const SMALLEST_PAGE = 512;
const LARGEST_PAGE = 65_536;
/** How often a file that changes under the inspection is looked at again. */
const MAX_LOOKS = 5;

/** What one of the two meta pages tells. */
export interface Meta {
  readonly pageSize: number;
  readonly transaction: bigint;
  readonly lastPage: number;
  readonly free: Tree;
  readonly main: Tree;
}

interface Tree {
  readonly depth: number;
  readonly branchPages: number;
  readonly leafPages: number;
  readonly overflowPages: number;
  readonly entries: number;
  readonly root: bigint;
}

/**
 * Looks a data file over: every page of its trees and the checksum of every entry, or only what leads to the leaves where
 * `quick` is set, which still finds a file that was cut.
 * @throws AsignioError `ASIGNIO_STORAGE_CORRUPT`
 */
export function inspect(path: string, quick: boolean): void {
  for (let look = 1; ; look++) {
    const inspection = Inspection.open(path);
    if (inspection === undefined) return;
    try {
      inspection.run(quick);
      return;
    } catch (error) {
      // Another process may have written meanwhile, and used pages again that were free in what was looked at.
      if (!inspection.moved()) throw error;
      if (look >= MAX_LOOKS) return;
    } finally {
      inspection.close();
    }
  }
}

class Inspection {
  private readonly file: number;
  private readonly size: number;
  private readonly meta: Meta;
  /** A bit for each page, set once it has its place: a set of their numbers would take 30 MB for a million people. */
  private readonly seen: Uint8Array;

  private constructor(file: number) {
    this.file = file;
    this.meta = newestMeta(file);
    // After it: a commit makes the file longer before it tells of the pages, and another process may commit just now.
    this.size = fstatSync(file).size;
    this.seen = new Uint8Array(Math.ceil(this.size / this.meta.pageSize / 8));
  }

  /** `undefined` where there is no file yet, or an empty one, of which LMDB makes a new store. */
  static open(path: string): Inspection | undefined {
    let file: number;
    try {
      file = openSync(path, 'r');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    try {
      if (fstatSync(file).size > 0) return new Inspection(file);
    } catch (error) {
      closeSync(file);
      throw error;
    }
    closeSync(file);
    return undefined;
  }

  run(quick: boolean): void {
    const { free, main } = this.meta;
    this.walkTree(free, quick, ignore);
    for (const tree of this.walkTree(main, false, ignore))
      this.walkTree(tree, quick, (key, value) => {
        if (!isWhole(key, value)) throw damaged();
      });
  }

  /** Whether somebody has committed since the inspection began. */
  moved(): boolean {
    return newestMeta(this.file).transaction !== this.meta.transaction;
  }

  close(): void {
    closeSync(this.file);
  }

  /** Checks a tree against what is said of it, and gives the trees whose description it holds. */
  private walkTree(tree: Tree, quick: boolean, entry: (key: Buffer, value: Buffer) => void): readonly Tree[] {
    if (tree.root === NO_ROOT) {
      if (tree.entries !== 0 || tree.depth !== 0) throw damaged();
      return [];
    }
    if (tree.depth < 1 || tree.depth > MAX_DEPTH) throw damaged();
    const count = { branch: 0, leaf: 0, overflow: 0, entries: 0 };
    const found: Tree[] = [];
    const visit = (number: bigint, level: number): void => {
      const at = this.claim(number, 1);
      if (level === tree.depth && quick) return;
      const page = this.page(at);
      const flags = page.readUInt16LE(18);
      const isLeaf = level === tree.depth;
      if ((flags & (BRANCH | LEAF | OVERFLOW | META)) !== (isLeaf ? LEAF : BRANCH)) throw damaged();
      const nodes = nodesOf(page);
      if (nodes.length === 0 || (!isLeaf && nodes.length < 2)) throw damaged();
      if (!isLeaf) {
        count.branch++;
        for (const node of nodes) visit(childOf(node), level + 1);
        return;
      }
      count.leaf++;
      count.entries += nodes.length;
      for (const node of nodes) {
        const data = dataOf(node);
        if (data.isTree) found.push(readTree(data.bytes));
        else if (data.big === undefined) entry(data.key, data.bytes);
        else {
          const [first, pages] = this.overflow(data.big, data.size);
          count.overflow += pages;
          entry(data.key, this.bytes(first * this.meta.pageSize + HEADER, data.size));
        }
      }
    };
    visit(tree.root, 1);
    if (quick) return found;
    if (count.branch !== tree.branchPages || count.leaf !== tree.leafPages) throw damaged();
    if (count.overflow !== tree.overflowPages || count.entries !== tree.entries) throw damaged();
    return found;
  }

  /** Checks the overflow pages of one value, and gives the first and how many they are. */
  private overflow(reference: Buffer, size: number): readonly [number, number] {
    const pages = Number(reference.readBigUInt64LE(16));
    if (pages !== Math.floor((HEADER - 1 + size) / this.meta.pageSize) + 1) throw damaged();
    const at = this.claim(reference.readBigUInt64LE(0), pages);
    const header = this.bytes(at * this.meta.pageSize, HEADER);
    if ((header.readUInt16LE(18) & (BRANCH | LEAF | OVERFLOW | META)) !== OVERFLOW || header.readUInt32LE(20) !== pages)
      throw damaged();
    if (Number(header.readBigUInt64LE(0)) !== at) throw damaged();
    return [at, pages];
  }

  /** Marks pages as used by one place: a page that is used twice is damage. */
  private claim(number: bigint, pages: number): number {
    const first = Number(number);
    if (number < META_PAGES || first + pages - 1 > this.meta.lastPage) throw damaged();
    if ((first + pages) * this.meta.pageSize > this.size) throw corrupt('The store is damaged: its file was cut');
    for (let page = first; page < first + pages; page++) {
      const [byte, bit] = [page >> 3, 1 << (page & 7)];
      if (((this.seen[byte] ?? 0) & bit) !== 0) throw damaged();
      this.seen[byte] = (this.seen[byte] ?? 0) | bit;
    }
    return first;
  }

  private page(number: number): Buffer {
    const page = this.bytes(number * this.meta.pageSize, this.meta.pageSize);
    if (Number(page.readBigUInt64LE(0)) !== number || page.readBigUInt64LE(8) > this.meta.transaction) throw damaged();
    return page;
  }

  private bytes(position: number, length: number): Buffer {
    return bytesOf(this.file, position, length);
  }
}

/**
 * Reads both meta pages of a data file.
 * @throws AsignioError `ASIGNIO_STORAGE_CORRUPT`
 */
export function readMetas(file: number): readonly [Meta, Meta] {
  const first = readMeta(bytesOf(file, 0, META_BYTES));
  const second = readMeta(bytesOf(file, first.pageSize, META_BYTES));
  if (second.pageSize !== first.pageSize) throw corrupt('The store is damaged: its page size is unclear');
  return [first, second];
}

/** Asks a data file again and again for the number of its newest transaction, in one read each time. */
export class NewestTransaction {
  private readonly file: number;
  private readonly pageSize: number;
  private readonly bytes: Buffer;

  /** @throws AsignioError `ASIGNIO_STORAGE_CORRUPT` */
  constructor(file: number) {
    const [{ pageSize }] = readMetas(file);
    this.file = file;
    this.pageSize = pageSize;
    this.bytes = Buffer.alloc(pageSize + META_BYTES);
  }

  /** @throws AsignioError `ASIGNIO_STORAGE_CORRUPT` */
  read(): number {
    const { bytes, file, pageSize } = this;
    if (readSync(file, bytes, 0, bytes.length, 0) !== bytes.length)
      throw corrupt('The store is damaged: its file was cut');
    return Math.max(transactionOf(bytes, 0), transactionOf(bytes, pageSize));
  }
}

function newestMeta(file: number): Meta {
  const [first, second] = readMetas(file);
  return first.transaction >= second.transaction ? first : second;
}

function transactionOf(bytes: Buffer, page: number): number {
  checkBeginning(bytes, page);
  return Number(bytes.readBigUInt64LE(page + TRANSACTION_AT));
}

function checkBeginning(bytes: Buffer, page: number): void {
  if (bytes.readUInt32LE(page + HEADER) !== MAGIC || (bytes.readUInt16LE(page + 18) & META) === 0) throw notBegun();
}

function notBegun(): AsignioError {
  return corrupt('The store is damaged: its file does not begin as it should');
}

function readMeta(page: Buffer): Meta {
  checkBeginning(page, 0);
  const size = page.readUInt32LE(HEADER + 24);
  const sizeIsValid = size >= SMALLEST_PAGE && size <= LARGEST_PAGE && (size & (size - 1)) === 0;
  if (!sizeIsValid) throw notBegun();
  return {
    pageSize: size,
    transaction: page.readBigUInt64LE(TRANSACTION_AT),
    lastPage: Number(page.readBigUInt64LE(HEADER + 120)),
    free: readTree(page.subarray(HEADER + 24)),
    main: readTree(page.subarray(HEADER + 24 + TREE_BYTES)),
  };
}

function bytesOf(file: number, position: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  if (readSync(file, bytes, 0, length, position) !== length) throw corrupt('The store is damaged: its file was cut');
  return bytes;
}

/** For trees whose entries are LMDB's own. */
function ignore(): void {}

function readTree(bytes: Buffer): Tree {
  if (bytes.length < TREE_BYTES) throw damaged();
  const number = (at: number): number => Number(bytes.readBigUInt64LE(at));
  return {
    depth: bytes.readUInt16LE(6),
    branchPages: number(8),
    leafPages: number(16),
    overflowPages: number(24),
    entries: number(32),
    root: bytes.readBigUInt64LE(40),
  };
}

/** The nodes of a page, each from its header to the page's end. */
function nodesOf(page: Buffer): readonly Buffer[] {
  const lower = page.readUInt16LE(20);
  const upper = page.readUInt16LE(22);
  if (lower % 2 !== 0 || lower > upper || upper > page.length - HEADER) throw damaged();
  return Array.from({ length: lower / 2 }, (_, i) => {
    const offset = page.readUInt16LE(HEADER + 2 * i);
    if (offset < upper || offset % 2 !== 0 || HEADER + offset + NODE_HEADER > page.length) throw damaged();
    const node = page.subarray(HEADER + offset);
    if (NODE_HEADER + node.readUInt16LE(6) > node.length) throw damaged();
    return node;
  });
}

function childOf(node: Buffer): bigint {
  return BigInt(node.readUInt32LE(0)) | (BigInt(node.readUInt16LE(4)) << 32n);
}

function dataOf(node: Buffer): { key: Buffer; size: number; bytes: Buffer; isTree: boolean; big?: Buffer } {
  const size = node.readUInt32LE(0);
  const flags = node.readUInt16LE(4);
  const start = NODE_HEADER + node.readUInt16LE(6);
  const isBig = (flags & BIG_DATA) !== 0;
  const end = start + (isBig ? OVERFLOW_BYTES : size);
  if (end > node.length || (flags & ~(BIG_DATA | SUB_TREE)) !== 0) throw damaged();
  const bytes = node.subarray(start, end);
  return {
    key: node.subarray(NODE_HEADER, start),
    size,
    bytes,
    isTree: (flags & SUB_TREE) !== 0,
    ...(isBig ? { big: bytes } : {}),
  };
}

function damaged(): Error {
  return corrupt('The store is damaged: restore it from a backup');
}
