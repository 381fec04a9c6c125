/**
 * What a disk file system looks like on its disk, in words of 32 bits. In order: the superblock, the bitmap of blocks,
 * the bitmap of inodes, the table of inodes, data. A set bit is something in use. Inode and block 0 do not exist, so 0
 * stands for none; a data block that is none reads as zeros. In the manner of the Berkeley fast file system, without
 * fragments and cylinder groups.
 */

/** Bytes of a block: a page. */
export const BLOCK_BYTES = 4096;
/** Words of a block. */
export const BLOCK_WORDS = BLOCK_BYTES / 4;
/** Bytes of a sector of the disk. */
export const SECTOR_BYTES = 512;
/** Sectors of a block. */
export const SECTORS_PER_BLOCK = BLOCK_BYTES / SECTOR_BYTES;
/** Words of an inode. */
export const INODE_WORDS = 32;
/** Inodes of a block. */
export const INODES_PER_BLOCK = BLOCK_WORDS / INODE_WORDS;
/** Bits of a block of a bitmap. */
export const BITS_PER_BLOCK = BLOCK_BYTES * 8;
/** Words of a name in a directory: inode, length and hash of the name, and up to 56 bytes of it. */
export const ENTRY_WORDS = 16;
/** Bytes of the longest name. */
export const LONGEST_NAME = (ENTRY_WORDS - 2) * 4;
/** Blocks that an inode points at itself. */
export const DIRECT_BLOCKS = 12;
/** Bytes of the longest file. */
export const LONGEST_FILE = 2 ** 31 - 1;
/** The inode of the root directory. */
export const ROOT_INODE = 1;

/** Words of an inode. Behind the direct pointers: one to a block of pointers, one to a block of such blocks. */
export const InodeWord = { Kind: 0, Links: 1, Size: 2, Pointers: 4, Indirect: 16, DoubleIndirect: 17 } as const;

/** What an inode is. */
export const InodeKind = { Free: 0, File: 1, Directory: 2 } as const;

/** Words of the superblock. */
export const SuperWord = { Magic: 0, Blocks: 1, Inodes: 2, FreeBlocks: 3, FreeInodes: 4 } as const;

const MAGIC = 0x44495346;

/** Where things are on a disk. All in blocks, but `inodes`. */
export interface DiskLayout {
  /** Blocks of the file system, and inodes, with that of number 0, which is not used. */
  readonly blocks: number;
  readonly inodes: number;
  readonly blockBitmap: number;
  readonly inodeBitmap: number;
  readonly inodeTable: number;
  readonly data: number;
}

/** A layout with at least so many inodes. Throws a RangeError if the sizes leave no room for data. */
export function layoutOf(blocks: number, inodes: number): DiskLayout {
  if (!Number.isSafeInteger(blocks) || blocks < 8 || blocks > 2 ** 24)
    throw new RangeError(`a file system has 8 to 2^24 blocks, not ${blocks}`);
  if (!Number.isSafeInteger(inodes) || inodes < 2) throw new RangeError(`a file system has inodes, not ${inodes}`);
  const rounded = Math.ceil(inodes / INODES_PER_BLOCK) * INODES_PER_BLOCK;
  const inodeBitmap = 1 + Math.ceil(blocks / BITS_PER_BLOCK);
  const inodeTable = inodeBitmap + Math.ceil(rounded / BITS_PER_BLOCK);
  const data = inodeTable + rounded / INODES_PER_BLOCK;
  if (data >= blocks) throw new RangeError(`${blocks} blocks have no room for data behind ${rounded} inodes`);
  return { blocks, inodes: rounded, blockBitmap: 1, inodeBitmap, inodeTable, data };
}

/** The words of a superblock. */
export function encodeSuperblock(layout: DiskLayout, freeBlocks: number, freeInodes: number): Int32Array {
  const words = new Int32Array(BLOCK_WORDS);
  words[SuperWord.Magic] = MAGIC;
  words[SuperWord.Blocks] = layout.blocks;
  words[SuperWord.Inodes] = layout.inodes;
  words[SuperWord.FreeBlocks] = freeBlocks;
  words[SuperWord.FreeInodes] = freeInodes;
  return words;
}

/** What the first five words of a superblock say, or null if it is none. */
export function decodeSuperblock(
  words: ArrayLike<number>,
): { layout: DiskLayout; freeBlocks: number; freeInodes: number } | null {
  if (words[SuperWord.Magic] !== MAGIC) return null;
  const layout = layoutOf(words[SuperWord.Blocks], words[SuperWord.Inodes]);
  return { layout, freeBlocks: words[SuperWord.FreeBlocks], freeInodes: words[SuperWord.FreeInodes] };
}

/** The block of the table that has an inode. */
export function blockOfInode(layout: DiskLayout, inode: number): number {
  return layout.inodeTable + Math.floor(inode / INODES_PER_BLOCK);
}

/** Where in its block an inode begins, in words. */
export function wordOfInode(inode: number): number {
  return (inode % INODES_PER_BLOCK) * INODE_WORDS;
}

/** Blocks that hold a file of so many bytes. */
export function blocksOf(bytes: number): number {
  return Math.ceil(bytes / BLOCK_BYTES);
}

/** The words of a name in a directory behind its inode, or null if it is too long, empty or not of bytes. */
export function encodeName(name: string): Int32Array | null {
  if (name.length === 0 || name.length > LONGEST_NAME) return null;
  const words = new Int32Array(ENTRY_WORDS - 1);
  let hash = 0x811c9dc5 | 0;
  for (let k = 0; k < name.length; k++) {
    const byte = name.charCodeAt(k);
    if (byte > 255) return null;
    words[1 + (k >> 2)] |= byte << (24 - (k & 3) * 8);
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  words[0] = (hash << 8) | name.length;
  return words;
}

/** The name that `encodeName` made these words of, from `at` on. */
export function decodeName(words: ArrayLike<number>, at: number): string {
  const length = words[at] & 255;
  let name = '';
  for (let k = 0; k < length; k++) name += String.fromCharCode((words[at + 1 + (k >> 2)] >>> (24 - (k & 3) * 8)) & 255);
  return name;
}
