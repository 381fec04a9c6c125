import { describe, expect, it } from '@jest/globals';
import { ErrorNumber } from '../../../../../lib/system/code.js';
import { seededWord } from '../../../../../lib/guest/commodity/files/file-content.js';
import type { Vnode } from '../../../../../lib/guest/commodity/files/vnode.js';
import { mounted } from '../mounted.js';

const bytesOfText = (text: string): number[] => [...text].map(letter => letter.charCodeAt(0));
const pattern = (count: number, seed: number): number[] => Array.from({ length: count }, (_, k) => (k * seed) & 255);

/** Of four bytes, the most significant one first. */
const wordOf = (bytes: number[] | number): number =>
  typeof bytes === 'number' ? NaN : bytes.reduce((word, byte) => (word << 8) | byte, 0);

describe('a disk file system', () => {
  it('reads what was installed', () => {
    const { open, read } = mounted({ tree: { '/etc/motd': { content: 'hello, world' } } });
    expect(read(open('/etc/motd'), 0, 100)).toEqual(bytesOfText('hello, world'));
    expect(read(open('/etc/motd'), 7, 3)).toEqual(bytesOfText('wor'));
    expect(read(open('/etc/motd'), 12, 3)).toEqual([]);
  });

  it('reads a file that needs two levels of pointers', () => {
    const bytes = (12 + 1024 + 5) * 4096;
    const { open, call, rig } = mounted({ blocks: 2048, tree: { '/big': { bytes, content: 7 } } });
    const file = open('/big');
    expect(call(thread => file.read(thread, bytes - 8192, 0x10000000, 9000))).toBe(8192);
    for (const word of [0, 1500, 2047])
      expect(rig.read(0x10000000 + word * 4)).toBe(seededWord(7, (bytes - 8192) / 4 + word));
  });

  it('reads what was written, at any offset and of any length, before and after a sync and a new mount', () => {
    const one = mounted();
    const file = one.open('/a', 'file');
    expect(one.write(file, 0, pattern(5, 3))).toBe(5);
    expect(one.write(file, 5, pattern(8193, 7))).toBe(8193);
    const expected = [...pattern(5, 3), ...pattern(8193, 7)];
    expect(one.read(file, 0, 10000)).toEqual(expected);
    expect(one.call(thread => one.fileSystem.sync(thread))).toBe(0);
    expect(one.faults()).toEqual([]);
    const two = mounted({ image: one.disk.image });
    expect(two.read(two.open('/a'), 0, 10000)).toEqual(expected);
  });

  it('reads zeros from a hole', () => {
    const { open, read, write, faults, call, fileSystem } = mounted({ blocks: 2048 });
    const file = open('/a', 'file');
    expect(write(file, 5_000_001, [1, 2, 3])).toBe(3);
    expect(file.size).toBe(5_000_004);
    expect(read(file, 4_999_999, 5)).toEqual([0, 0, 1, 2, 3]);
    expect(read(file, 4096, 3)).toEqual([0, 0, 0]);
    expect(call(thread => fileSystem.sync(thread))).toBe(0);
    expect(faults()).toEqual([]);
  });

  it('makes a file shorter, and zeros come when it grows again', () => {
    const { open, read, write, call, fileSystem, faults } = mounted();
    const file = open('/a', 'file');
    write(file, 0, pattern(100_000, 11));
    expect(call(thread => file.truncate(thread, 4099))).toBe(0);
    expect(call(thread => file.truncate(thread, 8200))).toBe(0);
    expect(read(file, 4096, 10)).toEqual([...pattern(100_000, 11).slice(4096, 4099), 0, 0, 0, 0, 0, 0, 0]);
    expect(call(thread => fileSystem.sync(thread))).toBe(0);
    expect(faults()).toEqual([]);
  });

  it('forgets metadata with the block that held it', () => {
    const { open, write, call, cache, fileSystem } = mounted();
    const file = open('/a', 'file');
    const before = cache.size;
    write(file, 12 * 4096, [1]);
    // The page, and the block of pointers to it.
    expect(cache.size).toBe(before + 2);
    expect(call(thread => file.truncate(thread, 0))).toBe(0);
    expect(cache.size).toBe(before);
    expect(call(thread => fileSystem.sync(thread))).toBe(0);
  });

  it('keeps a removed file until its last close, and then frees its blocks', () => {
    const { open, read, write, call, fileSystem, faults } = mounted();
    const free = fileSystem.blocks.free;
    const file = open('/a', 'file');
    write(file, 0, pattern(60_000, 5));
    expect(call(thread => fileSystem.remove(thread, ['a']))).toBe(0);
    expect(call(thread => fileSystem.lookup(thread, ['a']))).toBe(ErrorNumber.ENOENT);
    expect(read(file, 59_998, 10)).toEqual(pattern(60_000, 5).slice(59_998));
    call(thread => file.closed(thread));
    // The root directory has a block now.
    expect(fileSystem.blocks.free).toBe(free - 1);
    expect(call(thread => fileSystem.sync(thread))).toBe(0);
    expect(faults()).toEqual([]);
  });

  it('fills a disk and says so, and gives everything back', () => {
    const { open, write, call, fileSystem, faults } = mounted({ blocks: 64 });
    const file = open('/a', 'file');
    const free = fileSystem.blocks.free;
    // One of the free blocks becomes a block of pointers.
    expect(write(file, 0, new Array(free * 4096).fill(1))).toBe((free - 1) * 4096);
    expect(write(file, file.size, [1])).toBe(ErrorNumber.ENOSPC);
    expect(call(thread => fileSystem.create(thread, ['b'], 'file'))).not.toBe(ErrorNumber.ENOSPC);
    expect(call(thread => fileSystem.sync(thread))).toBe(0);
    expect(faults()).toEqual([]);
    expect(call(thread => file.truncate(thread, 0))).toBe(0);
    expect(fileSystem.blocks.free).toBe(free);
  });

  it('answers what cannot be done with the numbers of the interface', () => {
    const { open, call, fileSystem } = mounted({ inodes: 2, tree: { '/d/f': { bytes: 10 }, '/e/': {} } });
    const long = 'x'.repeat(57);
    const file = open('/d/f');
    const directory = open('/d');
    const cases: [string, number, unknown][] = [
      ['lookup below a file', ErrorNumber.ENOTDIR, call(thread => fileSystem.lookup(thread, ['d', 'f', 'g']))],
      ['lookup of nothing', ErrorNumber.ENOENT, call(thread => fileSystem.lookup(thread, ['x']))],
      ['a long name', ErrorNumber.ENAMETOOLONG, call(thread => fileSystem.create(thread, [long], 'file'))],
      ['create what exists', ErrorNumber.EEXIST, call(thread => fileSystem.create(thread, ['d'], 'file'))],
      ['create the root', ErrorNumber.EEXIST, call(thread => fileSystem.create(thread, [], 'directory'))],
      ['create below a file', ErrorNumber.ENOTDIR, call(thread => fileSystem.create(thread, ['d', 'f', 'g'], 'file'))],
      ['remove nothing', ErrorNumber.ENOENT, call(thread => fileSystem.remove(thread, ['x']))],
      ['remove the root', ErrorNumber.EINVAL, call(thread => fileSystem.remove(thread, []))],
      ['remove a directory with names', ErrorNumber.EEXIST, call(thread => fileSystem.remove(thread, ['d']))],
      ['remove an empty directory', 0, call(thread => fileSystem.remove(thread, ['e']))],
      ['read a directory', ErrorNumber.EISDIR, call(thread => directory.read(thread, 0, 0x10000000, 4))],
      ['read before the start', ErrorNumber.EINVAL, call(thread => file.read(thread, -4, 0x10000000, 4))],
      ['write behind the largest', ErrorNumber.EFBIG, call(thread => file.write(thread, 2 ** 31, 0x10000000, 4))],
      ['truncate beyond the largest', ErrorNumber.EFBIG, call(thread => file.truncate(thread, 2 ** 31))],
      ['truncate below 0', ErrorNumber.EINVAL, call(thread => file.truncate(thread, -1))],
      ['a page behind the end', ErrorNumber.EFAULT, call(thread => file.page(thread, 1))],
    ];
    expect(cases.map(([what, , got]) => [what, got])).toEqual(cases.map(([what, wanted]) => [what, wanted]));
  });

  it('runs out of inodes and says so', () => {
    const { call, fileSystem } = mounted({ inodes: 32 });
    const results = Array.from({ length: 33 }, (_, k) => call(thread => fileSystem.create(thread, [`f${k}`], 'file')));
    // 32 inodes, less that of number 0 and the root.
    expect(results.findIndex(result => result === ErrorNumber.ENOSPC)).toBe(30);
  });

  it('gives a page of a file that somebody may keep and change', () => {
    const { open, read, call, rig, fileSystem, disk } = mounted({ tree: { '/a': { bytes: 4096, content: 9 } } });
    const file: Vnode = open('/a');
    const page = call(thread => file.page(thread, 0));
    if (typeof page === 'number') throw new Error(`no page: ${page}`);
    rig.write(page.address + 8, 77);
    call(thread => file.release(thread, 0, page, true));
    expect(read(file, 8, 4)).toEqual([0, 0, 0, 77]);
    call(thread => fileSystem.sync(thread));
    const again = mounted({ image: disk.image });
    expect(again.read(again.open('/a'), 8, 4)).toEqual([0, 0, 0, 77]);
  });

  it('reads ahead of whoever reads on', () => {
    const { open, read, disk } = mounted({ tree: { '/a': { bytes: 40960, content: 9 } } });
    const file = open('/a');
    const before = disk.commands.length;
    for (let k = 0; k < 10; k++) read(file, k * 4096, 4096);
    const reads = disk.commands.slice(before).map(command => command.pages.length);
    // The first page and four ahead; whenever the third next is missing, what is missing of the next four.
    expect(reads).toEqual([1, 4, 2, 2, 1]);
  });

  it('reads pages that somebody will want in one go, those that are not there, and nobody waits but for the pages', () => {
    const bytes = 10 * 4096;
    const { open, read, call, disk, cache, fileSystem } = mounted({ tree: { '/a': { bytes, content: 9 }, '/d/': {} } });
    const file = open('/a');
    read(file, 4096, 4);
    const before = disk.commands.length;
    const since = (): number[] => disk.commands.slice(before).map(({ pages }) => pages.length);
    const wants = (index: number, pages: number): number => {
      call(thread => file.prefetch!(thread, index, pages));
      return cache.size;
    };
    const size = cache.size;
    // The second page is there, from the third on the rest of five; nothing is; what is behind the end is not read.
    expect([wants(1, 5) - size, wants(1, 5) - size, wants(8, 5) - size, wants(10, 5) - size]).toEqual([4, 4, 6, 6]);
    expect(since()).toEqual([4, 2]);
    const words = Array.from({ length: 10 }, (_, k) => wordOf(read(file, 4096 * k, 4)));
    expect(words).toEqual(words.map((_, k) => seededWord(9, 1024 * k)));
    expect(since().reduce((sum, pages) => sum + pages, 0)).toBe(9);
    const directory = open('/d');
    call(thread => directory.prefetch!(thread, 0, 4));
    expect(call(thread => fileSystem.sync(thread))).toBe(0);
  });
});
