import { describe, expect, it } from '@jest/globals';
import { ErrorNumber } from '../../../../lib/system/code.js';
import { DescriptorTable } from '../../../../lib/guest/commodity/files/descriptors.js';
import { OpenFileTable, Whence } from '../../../../lib/guest/commodity/files/open-file.js';
import { PipePool } from '../../../../lib/guest/commodity/files/pipe.js';
import { mounted, userBuffer } from './mounted.js';
import type { Mounted } from './mounted.js';

function setUp(limit = 8): Mounted & { files: OpenFileTable; table: DescriptorTable } {
  const at = mounted({ tree: { '/a': { content: 'abcdefghijklmnop' } } });
  const files = new OpenFileTable(at.rig);
  return { ...at, files, table: new DescriptorTable(at.rig, files, limit, at.rig.allocate('descriptors', 128)) };
}

const BOTH = { read: true, write: true };

describe('descriptors', () => {
  it('read on from where they were', () => {
    const { table, open, call, rig } = setUp();
    const file = open('/a');
    const fd = call(thread => table.open(thread, file, BOTH));
    expect(fd).toBe(0);
    expect(call(thread => table.read(thread, fd, userBuffer(0), 3))).toBe(3);
    expect(call(thread => table.read(thread, fd, userBuffer(0), 2))).toBe(2);
    expect(String.fromCharCode(...rig.bytes(userBuffer(0), 2))).toBe('de');
  });

  it('share their offset with those of a child, and with duplicates', () => {
    const { table, open, call, rig } = setUp();
    const file = open('/a');
    const fd = call(thread => table.open(thread, file, BOTH));
    const child = call(thread => table.fork(thread, rig.allocate('descriptors', 128)));
    const duplicate = call(thread => table.duplicate(thread, fd));
    expect(duplicate).toBe(1);
    call(thread => child.read(thread, fd, userBuffer(0), 5));
    call(thread => table.read(thread, duplicate, userBuffer(0), 1));
    call(thread => table.read(thread, fd, userBuffer(0), 4));
    expect(String.fromCharCode(...rig.bytes(userBuffer(0), 4))).toBe('ghij');
    expect(child.count).toBe(1);
  });

  it('do not share it with who opens the file as well', () => {
    const { table, open, call } = setUp();
    const [one, two] = [open('/a'), open('/a')];
    call(thread => table.open(thread, one, BOTH));
    call(thread => table.open(thread, two, BOTH));
    call(thread => table.read(thread, 0, userBuffer(0), 5));
    expect(call(thread => table.seek(thread, 1, 0, Whence.Current))).toBe(0);
  });

  it('of parent and child write one behind the other, whatever the schedule', () => {
    for (let seed = 0; seed < 20; seed++) {
      const at = mounted({ seed: String(seed) });
      const files = new OpenFileTable(at.rig);
      const parent = new DescriptorTable(at.rig, files, 8, at.rig.allocate('descriptors', 128));
      const file = at.open('/log', 'file');
      const fd = at.call(thread => parent.open(thread, file, BOTH));
      const child = at.call(thread => parent.fork(thread, 0));
      [parent, child].forEach((table, user) =>
        at.rig.start(`user ${user}`, function* (thread) {
          at.rig.putBytes(userBuffer(user), new Array<number>(1000).fill(user + 1));
          for (let k = 0; k < 5; k++) yield* table.write(thread, fd, userBuffer(user), 1000);
        }),
      );
      at.rig.run();
      const bytes = at.read(file, 0, 20_000) as number[];
      expect(bytes.length).toBe(10_000);
      expect(bytes.every((byte, k) => k % 1000 === 0 || byte === bytes[k - 1])).toBe(true);
      expect(bytes.filter(byte => byte === 1).length).toBe(5000);
    }
  });

  it('close a file when the last of them is gone', () => {
    const { table, open, call, rig, fileSystem } = setUp();
    const file = open('/a');
    const fd = call(thread => table.open(thread, file, BOTH));
    const child = call(thread => table.fork(thread, 0));
    const free = fileSystem.blocks.free;
    call(thread => fileSystem.remove(thread, ['a']));
    call(thread => table.close(thread, fd));
    expect(fileSystem.blocks.free).toBe(free);
    call(thread => child.closeAll(thread));
    expect(fileSystem.blocks.free).toBe(free + 1);
    expect(rig.pagesInUse).toBeGreaterThan(0);
  });

  it('append at the end, wherever that is', () => {
    const { table, open, call, read } = setUp();
    const file = open('/a');
    call(thread => file.opened(thread));
    call(thread => table.open(thread, file, { read: false, write: true, append: true }));
    call(thread => file.truncate(thread, 2));
    call(thread => table.write(thread, 0, userBuffer(0), 1));
    expect((read(file, 0, 9) as number[]).length).toBe(3);
  });

  it('are limited in number, and answer what cannot be done', () => {
    const { table, open, call, rig } = setUp(2);
    const file = open('/a');
    for (const expected of [0, 1, ErrorNumber.EMFILE]) {
      call(thread => file.opened(thread));
      expect(call(thread => table.open(thread, file, { read: true, write: false }))).toBe(expected);
    }
    expect(call(thread => table.duplicate(thread, 0))).toBe(ErrorNumber.EMFILE);
    expect(call(thread => table.write(thread, 0, userBuffer(0), 4))).toBe(ErrorNumber.EBADF);
    expect(call(thread => table.read(thread, 7, userBuffer(0), 4))).toBe(ErrorNumber.EBADF);
    expect(call(thread => table.close(thread, -1))).toBe(ErrorNumber.EBADF);
    expect(call(thread => table.seek(thread, 0, -1, Whence.Set))).toBe(ErrorNumber.EINVAL);
    expect(call(thread => table.seek(thread, 0, 3, Whence.End))).toBe(19);
    expect(call(thread => table.close(thread, 0))).toBe(0);
    const pipe = call(thread => new PipePool(rig).make(thread, 100, 101));
    if (typeof pipe === 'number') throw new Error('no pipe');
    expect(call(thread => table.open(thread, pipe.readEnd, BOTH))).toBe(0);
    expect(call(thread => table.seek(thread, 0, 0, Whence.Set))).toBe(ErrorNumber.ESPIPE);
  });
});
