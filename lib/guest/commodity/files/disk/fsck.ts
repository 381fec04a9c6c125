/** Checks a disk file system as it is on its disk: for specs, and for whoever wonders. */
import {
  BLOCK_WORDS,
  DIRECT_BLOCKS,
  ENTRY_WORDS,
  INODE_WORDS,
  InodeKind,
  InodeWord,
  ROOT_INODE,
  blockOfInode,
  blocksOf,
  decodeName,
  decodeSuperblock,
  encodeName,
  wordOfInode,
} from './disk-layout.js';
import type { DiskLayout } from './disk-layout.js';

/** Reads a block of the disk: its 1024 words. */
export type BlockReader = (block: number) => ArrayLike<number>;

/** What is wrong, in words; and inodes that have no name, as those of files that are removed and still open. */
export interface CheckResult {
  readonly faults: readonly string[];
  readonly orphans: readonly number[];
}

/**
 * Every block is used once and is marked so, and no other; inodes in use are marked so; every file and directory has as
 * many names as it says; nothing lies behind the end of a file; the superblock counts right.
 */
export function checkFileSystem(read: BlockReader): CheckResult {
  const decoded = decodeSuperblock(read(0));
  if (decoded === null) return { faults: ['there is no superblock'], orphans: [] };
  const check = new Check(read, decoded.layout);
  check.tree();
  check.table();
  check.counts(decoded.freeBlocks, decoded.freeInodes);
  return { faults: check.faults, orphans: check.orphans };
}

/** The words of the file at a path, from the disk; null if there is none. For specs. */
export function readFileOf(read: BlockReader, path: readonly string[]): { bytes: number; words: Int32Array } | null {
  const decoded = decodeSuperblock(read(0));
  if (decoded === null) return null;
  const check = new Check(read, decoded.layout);
  let inode = ROOT_INODE;
  for (const name of path) {
    inode = check.namesOf(inode).get(name) ?? 0;
    if (inode === 0) return null;
  }
  return check.content(inode);
}

class Check {
  readonly faults: string[] = [];
  readonly orphans: number[] = [];
  private readonly read: BlockReader;
  private readonly layout: DiskLayout;
  /** Who uses a block. */
  private readonly users = new Map<number, string>();
  private readonly names = new Map<number, number>();

  constructor(read: BlockReader, layout: DiskLayout) {
    this.read = read;
    this.layout = layout;
    for (let block = 0; block < layout.data; block++) this.users.set(block, 'the file system');
  }

  /** Walks the directories from the root and counts names. */
  tree(): void {
    const queue = [ROOT_INODE];
    this.names.set(ROOT_INODE, 1);
    for (const directory of queue) {
      for (const [name, inode] of this.namesOf(directory)) {
        const known = this.names.get(inode) ?? 0;
        this.names.set(inode, known + 1);
        if (inode < 1 || inode >= this.layout.inodes) this.faults.push(`'${name}' of ${directory} is inode ${inode}`);
        else if (known === 0 && this.inode(inode)[InodeWord.Kind] === InodeKind.Directory) queue.push(inode);
      }
    }
    if (this.inode(ROOT_INODE)[InodeWord.Kind] !== InodeKind.Directory) this.faults.push('the root is no directory');
  }

  /** Goes through all inodes. */
  table(): void {
    for (let inode = 1; inode < this.layout.inodes; inode++) {
      const kind = this.inode(inode)[InodeWord.Kind];
      const marked = this.bit(this.layout.inodeBitmap, inode);
      const names = this.names.get(inode) ?? 0;
      if (kind === InodeKind.Free) {
        if (marked) this.faults.push(`inode ${inode} is marked, but free`);
        if (names > 0) this.faults.push(`inode ${inode} has ${names} names, but is free`);
        continue;
      }
      if (!marked) this.faults.push(`inode ${inode} is in use, but not marked`);
      const links = this.inode(inode)[InodeWord.Links];
      if (links !== names) this.faults.push(`inode ${inode} has ${names} names, but says ${links}`);
      if (names === 0) this.orphans.push(inode);
      this.blocksOfInode(inode);
    }
  }

  /** Compares the bitmaps and the superblock with what was found. */
  counts(freeBlocks: number, freeInodes: number): void {
    let free = 0;
    for (let block = 0; block < this.layout.blocks; block++) {
      const marked = this.bit(this.layout.blockBitmap, block);
      const user = this.users.get(block);
      if (!marked) free++;
      if (marked && user === undefined) this.faults.push(`block ${block} is marked, but nobody uses it`);
      if (!marked && user !== undefined) this.faults.push(`block ${block} is used by ${user}, but not marked`);
    }
    let unmarked = 0;
    for (let inode = 1; inode < this.layout.inodes; inode++) if (!this.bit(this.layout.inodeBitmap, inode)) unmarked++;
    if (free !== freeBlocks) this.faults.push(`${free} blocks are free, but the superblock says ${freeBlocks}`);
    if (unmarked !== freeInodes) this.faults.push(`${unmarked} inodes are free, but the superblock says ${freeInodes}`);
  }

  /** Names of a directory. */
  namesOf(directory: number): Map<string, number> {
    const names = new Map<string, number>();
    const inode = this.inode(directory);
    for (let index = 0; index < blocksOf(inode[InodeWord.Size]); index++) {
      const block = this.blockAt(inode, index);
      if (block === 0) this.faults.push(`directory ${directory} has a hole at block ${index}`);
      else this.namesIn(directory, this.read(block), names);
    }
    return names;
  }

  /** Size and words of a file. */
  content(number: number): { bytes: number; words: Int32Array } {
    const inode = this.inode(number);
    const bytes = inode[InodeWord.Size];
    const words = new Int32Array(blocksOf(bytes) * BLOCK_WORDS);
    for (let index = 0; index < blocksOf(bytes); index++) {
      const block = this.blockAt(inode, index);
      if (block !== 0) words.set(this.read(block), index * BLOCK_WORDS);
    }
    return { bytes, words };
  }

  private namesIn(directory: number, words: ArrayLike<number>, names: Map<string, number>): void {
    for (let word = 0; word < BLOCK_WORDS; word += ENTRY_WORDS) {
      if (words[word] === 0) continue;
      const name = decodeName(words, word + 1);
      if (names.has(name)) this.faults.push(`directory ${directory} has '${name}' twice`);
      if (encodeName(name)?.[0] !== words[word + 1]) this.faults.push(`directory ${directory} has '${name}' misspelt`);
      names.set(name, words[word]);
    }
  }

  private inode(number: number): ArrayLike<number> {
    const words = this.read(blockOfInode(this.layout, number));
    const at = wordOfInode(number);
    return Array.from({ length: INODE_WORDS }, (_, word) => words[at + word]);
  }

  private blockAt(inode: ArrayLike<number>, index: number): number {
    if (index < DIRECT_BLOCKS) return inode[InodeWord.Pointers + index];
    const rest = index - DIRECT_BLOCKS;
    const follow = (block: number, word: number): number => (block === 0 ? 0 : this.read(block)[word]);
    if (rest < BLOCK_WORDS) return follow(inode[InodeWord.Indirect], rest);
    const far = rest - BLOCK_WORDS;
    return follow(follow(inode[InodeWord.DoubleIndirect], Math.floor(far / BLOCK_WORDS)), far % BLOCK_WORDS);
  }

  /** Claims all blocks of an inode, and finds those behind its end. */
  private blocksOfInode(number: number): void {
    const inode = this.inode(number);
    const end = blocksOf(inode[InodeWord.Size]);
    for (let k = 0; k < DIRECT_BLOCKS; k++) this.claim(inode[InodeWord.Pointers + k], number, k, end);
    this.claimPointers(inode[InodeWord.Indirect], number, DIRECT_BLOCKS, 1, end);
    this.claimPointers(inode[InodeWord.DoubleIndirect], number, DIRECT_BLOCKS + BLOCK_WORDS, 2, end);
  }

  /** A block of pointers to blocks (level 1) or to blocks of pointers (2). */
  private claimPointers(block: number, number: number, first: number, level: number, end: number): void {
    if (block === 0 || !this.claim(block, number, first, end)) return;
    const words = this.read(block);
    for (let word = 0; word < BLOCK_WORDS; word++) {
      if (level === 1) this.claim(words[word], number, first + word, end);
      else this.claimPointers(words[word], number, first + word * BLOCK_WORDS, 1, end);
    }
  }

  private claim(block: number, number: number, index: number, end: number): boolean {
    if (block === 0) return true;
    const user = this.users.get(block);
    const me = `inode ${number}`;
    if (block < 0 || block >= this.layout.blocks) {
      this.faults.push(`${me} points at block ${block}`);
      return false;
    }
    if (user !== undefined) this.faults.push(`block ${block} is used by ${user} and by ${me}`);
    if (index >= end) this.faults.push(`${me} has ${end} blocks, but also one at ${index}`);
    this.users.set(block, me);
    return user === undefined;
  }

  private bit(bitmap: number, bit: number): boolean {
    const words = this.read(bitmap + Math.floor(bit / (BLOCK_WORDS * 32)));
    const at = bit % (BLOCK_WORDS * 32);
    return ((words[at >> 5] >>> (at & 31)) & 1) === 1;
  }
}
