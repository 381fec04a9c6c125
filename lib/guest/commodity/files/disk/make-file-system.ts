/** Makes the content of a disk with a file system on it, before there is time: what `mkfs` and an installation do. */
import { plainObject, wholeNumbers } from '../../../../engine/checks.js';
import {
  BLOCK_BYTES,
  BLOCK_WORDS,
  DIRECT_BLOCKS,
  ENTRY_WORDS,
  INODES_PER_BLOCK,
  InodeKind,
  InodeWord,
  LONGEST_FILE,
  ROOT_INODE,
  SECTORS_PER_BLOCK,
  blocksOf,
  encodeName,
  encodeSuperblock,
  layoutOf,
  wordOfInode,
} from './disk-layout.js';
import type { DiskLayout } from './disk-layout.js';
import { bytesOf, contentWord } from '../file-content.js';
import type { FileContent } from '../file-content.js';

/** A file of a new file system: `bytes` bytes, those of its content if it is not said. */
export interface FileDescription {
  readonly bytes?: number;
  readonly content?: FileContent;
}

/** Files by path from the root; a path that ends in a slash is an empty directory. Directories on the way are made. */
export type TreeDescription = Readonly<Record<string, FileDescription>>;

/** How large a new file system is. */
export interface FileSystemSize {
  /** Blocks of 4096 bytes. */
  readonly blocks: number;
  /** Inodes: files and directories, with one that is not used. */
  readonly inodes: number;
}

interface Node {
  readonly inode: number;
  readonly names: Map<string, Node> | null;
  readonly content: FileContent;
  readonly bytes: number;
}

/**
 * Yields what to put on a disk: a sector, and the words from there on, whole blocks. Blocks that are all zeros are left
 * out. Files lie one behind the other, each contiguous. Throws a RangeError if something does not fit.
 */
export function* makeFileSystem(size: FileSystemSize, tree: TreeDescription): Generator<[number, Int32Array]> {
  plainObject(size, 'the size of a file system');
  wholeNumbers(size, ['blocks', 'inodes'], 'a file system', 1, 2 ** 24);
  plainObject(tree, 'the tree of a file system');
  const layout = layoutOf(size.blocks, size.inodes);
  const nodes = nodesOf(tree);
  if (nodes.length >= layout.inodes)
    throw new RangeError(`${nodes.length} files and directories do not fit ${layout.inodes - 1} inodes`);
  const writer = new Writer(layout);
  const inodes = new Int32Array((layout.data - layout.inodeTable) * BLOCK_WORDS);
  for (const node of nodes) {
    const at = Math.floor(node.inode / INODES_PER_BLOCK) * BLOCK_WORDS + wordOfInode(node.inode);
    yield* node.names === null
      ? writer.put(inodes, at, InodeKind.File, node.bytes, word => contentWord(node.content, node.bytes, word))
      : writer.putDirectory(inodes, at, node.names);
  }
  yield* writer.table(layout.inodeTable, inodes);
  yield* writer.table(
    layout.inodeBitmap,
    bitmap(nodes.length + 1, layout.inodes, layout.inodeTable - layout.inodeBitmap),
  );
  yield* writer.table(1, bitmap(writer.next, layout.blocks, layout.inodeBitmap - 1));
  yield [0, encodeSuperblock(layout, layout.blocks - writer.next, layout.inodes - nodes.length - 1)];
}

/** All files and directories, the root first, inodes in that order. */
function nodesOf(tree: TreeDescription): Node[] {
  const nodes: Node[] = [];
  const add = (names: Map<string, Node> | null, content: FileContent, bytes: number): Node => {
    const node = { inode: ROOT_INODE + nodes.length, names, content, bytes };
    nodes.push(node);
    return node;
  };
  const root = add(new Map(), 0, 0);
  for (const [path, file] of Object.entries(tree)) {
    const parts = path.split('/').filter(part => part !== '');
    const name = path.endsWith('/') ? undefined : parts.pop();
    let at = root;
    for (const part of parts) {
      if (at.names === null) throw new RangeError(`${path}: a file on the way is no directory`);
      const next: Node = at.names.get(part) ?? add(new Map(), 0, 0);
      at.names.set(part, next);
      at = next;
    }
    if (name === undefined) continue;
    if (at.names === null || at.names.has(name)) throw new RangeError(`${path} is there twice, or below a file`);
    const content = file.content ?? 0;
    at.names.set(name, add(null, content, file.bytes ?? bytesOf(content)));
  }
  return nodes;
}

/** Hands out blocks in order. */
class Writer {
  private readonly layout: DiskLayout;
  /** The next free block. */
  next: number;

  constructor(layout: DiskLayout) {
    this.layout = layout;
    this.next = layout.data;
  }

  /** A table from a block on. */
  *table(block: number, words: Int32Array): Generator<[number, Int32Array]> {
    for (let k = 0; k * BLOCK_WORDS < words.length; k++) {
      const part = words.slice(k * BLOCK_WORDS, (k + 1) * BLOCK_WORDS);
      if (part.some(word => word !== 0)) yield [(block + k) * SECTORS_PER_BLOCK, part];
    }
  }

  *putDirectory(inodes: Int32Array, at: number, names: Map<string, Node>): Generator<[number, Int32Array]> {
    const bytes = blocksOf(names.size * ENTRY_WORDS * 4) * BLOCK_BYTES;
    const words = new Int32Array(bytes / 4);
    let entry = 0;
    for (const [name, node] of names) {
      const encoded = encodeName(name);
      if (encoded === null) throw new RangeError(`'${name}' is no name for a file`);
      words[entry] = node.inode;
      words.set(encoded, entry + 1);
      entry += ENTRY_WORDS;
    }
    yield* this.put(inodes, at, InodeKind.Directory, bytes, word => words[word]);
  }

  /** A file or directory: its inode goes to `at` in the table, its blocks are yielded. */
  *put(
    inodes: Int32Array,
    at: number,
    kind: number,
    bytes: number,
    wordAt: (word: number) => number,
  ): Generator<[number, Int32Array]> {
    if (bytes > LONGEST_FILE) throw new RangeError(`a file has up to ${LONGEST_FILE} bytes, not ${bytes}`);
    const blocks = blocksOf(bytes);
    const first = this.claim(blocks);
    inodes[at + InodeWord.Kind] = kind;
    inodes[at + InodeWord.Links] = 1;
    inodes[at + InodeWord.Size] = bytes;
    for (let k = 0; k < blocks; k++) {
      const words = new Int32Array(BLOCK_WORDS);
      for (let word = 0; word < BLOCK_WORDS; word++) words[word] = wordAt(k * BLOCK_WORDS + word);
      yield [(first + k) * SECTORS_PER_BLOCK, words];
    }
    for (let k = 0; k < Math.min(blocks, DIRECT_BLOCKS); k++) inodes[at + InodeWord.Pointers + k] = first + k;
    if (blocks > DIRECT_BLOCKS) yield* this.putPointers(inodes, at, first, blocks);
  }

  private *putPointers(inodes: Int32Array, at: number, first: number, blocks: number): Generator<[number, Int32Array]> {
    const leaves: number[] = [];
    for (let from = DIRECT_BLOCKS; from < blocks; from += BLOCK_WORDS) {
      const count = Math.min(blocks - from, BLOCK_WORDS);
      leaves.push(yield* this.pointers(k => (k < count ? first + from + k : 0)));
    }
    inodes[at + InodeWord.Indirect] = leaves.shift()!;
    if (leaves.length > 0) inodes[at + InodeWord.DoubleIndirect] = yield* this.pointers(k => leaves[k] ?? 0);
  }

  /** A block of pointers. */
  private *pointers(pointer: (k: number) => number): Generator<[number, Int32Array], number> {
    const block = this.claim(1);
    yield [block * SECTORS_PER_BLOCK, Int32Array.from({ length: BLOCK_WORDS }, (_, k) => pointer(k))];
    return block;
  }

  private claim(blocks: number): number {
    const first = this.next;
    if (first + blocks > this.layout.blocks)
      throw new RangeError(`the files do not fit ${this.layout.blocks} blocks; make the file system larger`);
    this.next += blocks;
    return first;
  }
}

/** A bitmap with the first `used` of `count` bits set, and those behind the end. */
function bitmap(used: number, count: number, blocks: number): Int32Array {
  const words = new Int32Array(blocks * BLOCK_WORDS);
  for (let bit = 0; bit < used; bit++) words[bit >> 5] |= 1 << (bit & 31);
  for (let bit = count; bit < words.length * 32; bit++) words[bit >> 5] |= 1 << (bit & 31);
  return words;
}
