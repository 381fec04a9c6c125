import { describe, expect, it } from '@jest/globals';
import { ErrorNumber } from '../../../../lib/system/code.js';
import type { Code, KernelThread } from '../../../../lib/system/code.js';
import { mountDisk } from '../../../../lib/guest/commodity/files/disk/mount-disk.js';
import { makeFileSystem } from '../../../../lib/guest/commodity/files/disk/make-file-system.js';
import { MountTable } from '../../../../lib/guest/commodity/files/mount.js';
import type { Vnode } from '../../../../lib/guest/commodity/files/vnode.js';
import { mounted } from './mounted.js';
import { StubDisk, imageOf } from './stub-disk.js';

function setUp() {
  const at = mounted({ tree: { '/etc/motd': { bytes: 4 }, '/home/': {} } });
  const size = { blocks: 64, inodes: 32 };
  const second = new StubDisk(at.rig, imageOf(makeFileSystem(size, { '/src/a.c': { bytes: 100 } })));
  const options = { names: 8, readAheadPages: 0 };
  const work = at.call(thread => mountDisk(thread, at.rig, at.cache, second.driver, 'work', options));
  if (typeof work === 'number') throw new Error(`mounting failed: ${work}`);
  const table = new MountTable();
  table.mount('/', at.fileSystem);
  table.mount('/home', work);
  const sizeOf = (make: (thread: KernelThread) => Code<Vnode | number>): number => {
    const found = at.call(make);
    return typeof found === 'number' ? found : found.size;
  };
  return { ...at, table, sizeOf, second };
}

describe('a tree over several file systems', () => {
  it('finds files by the deepest mount on the way', () => {
    const { table, sizeOf } = setUp();
    expect(sizeOf(thread => table.lookup(thread, '/etc/motd'))).toBe(4);
    expect(sizeOf(thread => table.lookup(thread, '/home/src/a.c'))).toBe(100);
    expect(sizeOf(thread => table.lookup(thread, '/home/motd'))).toBe(ErrorNumber.ENOENT);
  });

  it('starts from the directory of the process, and understands dots', () => {
    const { table, sizeOf } = setUp();
    const src = table.resolve('/home/src');
    expect(sizeOf(thread => table.lookup(thread, 'a.c', src))).toBe(100);
    expect(sizeOf(thread => table.lookup(thread, '../../etc/./motd', src))).toBe(4);
    expect(sizeOf(thread => table.lookup(thread, '/../etc//motd', src))).toBe(4);
    expect(table.resolve('..', src)).toEqual(['home']);
  });

  it('creates, removes and syncs where the path leads', () => {
    const { table, call, sizeOf, second } = setUp();
    expect(sizeOf(thread => table.create(thread, '/home/b', 'file'))).toBe(0);
    expect(call(thread => table.remove(thread, '/home/src/a.c'))).toBe(0);
    expect(call(thread => table.sync(thread))).toBe(0);
    expect(second.commands.some(command => command.op === 'write')).toBe(true);
    expect(call(thread => table.remove(thread, '/home'))).toBe(ErrorNumber.EINVAL);
  });

  it('refuses paths that are empty, too long, or nowhere', () => {
    const { table, sizeOf, fileSystem } = setUp();
    expect(sizeOf(thread => table.lookup(thread, ''))).toBe(ErrorNumber.ENOENT);
    expect(sizeOf(thread => table.lookup(thread, '/x'.repeat(600)))).toBe(ErrorNumber.ENAMETOOLONG);
    expect(sizeOf(thread => new MountTable().lookup(thread, '/'))).toBe(ErrorNumber.ENOENT);
    expect(() => table.mount('/home/', fileSystem)).toThrow('/home/ is mounted already');
  });
});
