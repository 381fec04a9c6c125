import { describe, expect, it } from '@jest/globals';
import {
  ENTRY_WORDS,
  INODE_WORDS,
  InodeWord,
  layoutOf,
} from '../../../../../lib/guest/commodity/files/disk/disk-layout.js';
import { contentWord, seededWord } from '../../../../../lib/guest/commodity/files/file-content.js';
import { checkFileSystem, readFileOf } from '../../../../../lib/guest/commodity/files/disk/fsck.js';
import { makeFileSystem } from '../../../../../lib/guest/commodity/files/disk/make-file-system.js';
import type { TreeDescription } from '../../../../../lib/guest/commodity/files/disk/make-file-system.js';
import { imageOf, readerOf } from '../stub-disk.js';

const SIZE = { blocks: 2048, inodes: 64 };
const TREE: TreeDescription = {
  '/usr/bin/cc': { bytes: 812_001, content: 3 },
  '/usr/lib/big': { bytes: (12 + 1024 + 3) * 4096, content: 4 },
  '/etc/motd': { content: 'hello' },
  '/etc/table': { content: new Int32Array([1, 2, 3]) },
  '/tmp/': {},
};
const SMALL: TreeDescription = {
  '/usr/bin/cc': { bytes: 10_000, content: 3 },
  '/usr/lib/': {},
  '/var/': {},
  '/etc/motd': { content: 'hello' },
  '/etc/table': { content: 'table' },
};
const make = () => imageOf(makeFileSystem(SIZE, TREE));
const makeSmall = () => imageOf(makeFileSystem({ blocks: 64, inodes: 64 }, SMALL));

describe('a new file system', () => {
  it('is whole', () => {
    expect(checkFileSystem(readerOf(make()))).toEqual({ faults: [], orphans: [] });
  });

  it('has the files that were described', () => {
    const read = readerOf(make());
    const big = readFileOf(read, ['usr', 'lib', 'big'])!;
    expect(big.bytes).toBe(1039 * 4096);
    for (const word of [0, 12 * 1024, 1038 * 1024 + 1023]) expect(big.words[word]).toBe(seededWord(4, word));
    expect(readFileOf(read, ['etc', 'motd'])!.words.slice(0, 2)).toEqual(Int32Array.of(0x68656c6c, 0x6f000000));
    expect(readFileOf(read, ['etc', 'table'])!.words.slice(0, 4)).toEqual(Int32Array.of(1, 2, 3, 0));
    expect(readFileOf(read, ['tmp'])!.bytes).toBe(0);
    expect(readFileOf(read, ['nothing'])).toBeNull();
    const compiler = readFileOf(read, ['usr', 'bin', 'cc'])!;
    expect(compiler.words[203000]).toBe(contentWord(3, 812_001, 203000));
    // 812001 bytes are 203000 words and a byte; the bytes behind are zeros.
    expect(compiler.words[203000] & 0xffffff).toBe(0);
  });

  it.each<[string, TreeDescription, string]>([
    ['too large', { '/a': { bytes: 9_000_000 } }, 'do not fit 2048 blocks'],
    ['below a file', { '/a': { bytes: 1 }, '/a/b': { bytes: 1 } }, 'is there twice, or below a file'],
    ['below one below a file', { '/a': { bytes: 1 }, '/a/b/c': { bytes: 1 } }, 'a file on the way is no directory'],
    ['there twice', { '/a': { bytes: 1 }, '//a': { bytes: 1 } }, 'is there twice'],
    ['of no name', { ['/' + 'x'.repeat(57)]: { bytes: 1 } }, 'is no name'],
    ['too many', Object.fromEntries(Array.from({ length: 64 }, (_, k) => [`/f${k}`, {}])), 'do not fit 63 inodes'],
  ])('is refused if a file is %s', (_, tree, message) => {
    expect(() => imageOf(makeFileSystem(SIZE, tree))).toThrow(message);
  });

  it('is refused without room for data', () => {
    expect(() => layoutOf(7, 2)).toThrow('8 to 2^24 blocks');
    expect(() => layoutOf(8, 1000)).toThrow('no room for data');
  });
});

describe('the checker', () => {
  // Inodes in order of the description: 1 root, 2 usr, 3 bin, 4 cc, 5 lib, 6 var, 7 etc, 8 motd, 9 table.
  const layout = layoutOf(64, 64);
  const MOTD = 8 * INODE_WORDS;
  const cases: [string, (image: ReturnType<typeof make>) => void, string][] = [
    [
      'a block of two files',
      i => {
        const t = i.get(layout.inodeTable)!;
        t[MOTD + 4] = t[9 * INODE_WORDS + 4]!;
      },
      'is used by inode 8 and by inode 9',
    ],
    [
      'a block that nobody uses',
      i => {
        i.get(layout.inodeTable)![MOTD + 4] = 0;
      },
      'is marked, but nobody uses it',
    ],
    [
      'a block that is not marked',
      i => {
        i.get(1)![0] &= ~(1 << layout.data);
      },
      'is used by inode 1, but not marked',
    ],
    [
      'a wrong number of names',
      i => {
        i.get(layout.inodeTable)![MOTD + InodeWord.Links] = 2;
      },
      'inode 8 has 1 names, but says 2',
    ],
    [
      'a name for nothing',
      i => {
        i.get(layout.inodeTable)![MOTD] = 0;
      },
      'inode 8 has 1 names, but is free',
    ],
    [
      'an inode that is not marked',
      i => {
        i.get(layout.inodeBitmap)![0] &= ~(1 << 8);
      },
      'inode 8 is in use, but not marked',
    ],
    [
      'an inode that is marked',
      i => {
        i.get(layout.inodeBitmap)![0] |= 1 << 20;
      },
      'inode 20 is marked, but free',
    ],
    [
      'a block behind the end',
      i => {
        i.get(layout.inodeTable)![MOTD + InodeWord.Size] = 0;
      },
      'inode 8 has 0 blocks, but also one at 0',
    ],
    [
      'a pointer to nowhere',
      i => {
        i.get(layout.inodeTable)![MOTD + 4] = 5000;
      },
      'inode 8 points at block 5000',
    ],
    [
      'a wrong count of blocks',
      i => {
        i.get(0)![3]++;
      },
      'blocks are free, but the superblock says',
    ],
    [
      'a wrong count of inodes',
      i => {
        i.get(0)![4]++;
      },
      'inodes are free, but the superblock says',
    ],
    [
      'a name twice',
      i => {
        const d = i.get(layout.data)!;
        d.copyWithin(ENTRY_WORDS, 0, ENTRY_WORDS);
      },
      "directory 1 has 'usr' twice",
    ],
    [
      'a name that is misspelt',
      i => {
        i.get(layout.data)![2] ^= 1 << 24;
      },
      'misspelt',
    ],
    [
      'a root that is a file',
      i => {
        i.get(layout.inodeTable)![INODE_WORDS] = 1;
      },
      'the root is no directory',
    ],
    [
      'no superblock',
      i => {
        i.get(0)![0] = 0;
      },
      'there is no superblock',
    ],
  ];
  it.each(cases)('finds %s', (_, spoil, fault) => {
    const image = makeSmall();
    spoil(image);
    expect(checkFileSystem(readerOf(image)).faults.join('\n')).toContain(fault);
  });
});
