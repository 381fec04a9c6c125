/** A file system on a stub disk, mounted on a rig, and ways to use it from outside. */
import type { Code, KernelThread } from '../../../../lib/system/code.js';
import { mountDisk } from '../../../../lib/guest/commodity/files/disk/mount-disk.js';
import type { DiskFileSystem } from '../../../../lib/guest/commodity/files/disk/disk-file-system.js';
import { checkFileSystem } from '../../../../lib/guest/commodity/files/disk/fsck.js';
import { makeFileSystem } from '../../../../lib/guest/commodity/files/disk/make-file-system.js';
import type { TreeDescription } from '../../../../lib/guest/commodity/files/disk/make-file-system.js';
import { PageCache } from '../../../../lib/guest/commodity/files/cache/page-cache.js';
import type { Vnode } from '../../../../lib/guest/commodity/files/vnode.js';
import { Rig } from './rig.js';
import { StubDisk, imageOf, readerOf } from './stub-disk.js';
import type { Image } from './stub-disk.js';

/** What a spec may choose. */
export interface MountedOptions {
  readonly seed?: string;
  readonly pages?: number;
  readonly blocks?: number;
  readonly inodes?: number;
  readonly tree?: TreeDescription;
  readonly image?: Image;
  readonly locks?: number;
  readonly dirtyLimit?: number;
  readonly readAheadPages?: number;
  readonly names?: number;
}

/** A buffer of each user, far from the others'. */
export const userBuffer = (user: number): number => 0x10000000 + user * 0x1000000;

export interface Mounted {
  readonly rig: Rig;
  readonly disk: StubDisk;
  readonly cache: PageCache;
  readonly fileSystem: DiskFileSystem;
  /** Faults of the disk's content. */
  faults(): readonly string[];
  /** Executes code. */
  call<T>(make: (thread: KernelThread) => Code<T>): T;
  /** Creates a file or opens it. */
  open(path: string, create?: 'file' | 'directory'): Vnode;
  /** Writes bytes at an offset; the result. */
  write(file: Vnode, offset: number, bytes: readonly number[]): number;
  /** Reads bytes; an ErrorNumber if it fails. */
  read(file: Vnode, offset: number, bytes: number): number[] | number;
}

/** Makes and mounts a file system. */
export function mounted(options: MountedOptions = {}): Mounted {
  const rig = new Rig(options.seed ?? '1', options.pages ?? 64);
  const size = { blocks: options.blocks ?? 256, inodes: options.inodes ?? 64 };
  const disk = new StubDisk(rig, options.image ?? imageOf(makeFileSystem(size, options.tree ?? {})));
  const cache = new PageCache(rig, {
    locks: options.locks ?? 1,
    buckets: 64,
    dirtyLimit: options.dirtyLimit ?? 32,
    clusterPages: 4,
  });
  const names = options.names ?? 16;
  const result = rig.call(thread =>
    mountDisk(thread, rig, cache, disk.driver, 'root', { names, readAheadPages: options.readAheadPages ?? 4 }),
  );
  if (typeof result === 'number') throw new Error(`mounting failed: ${result}`);
  const fileSystem = result;
  const parts = (path: string): string[] => path.split('/').filter(part => part !== '');
  return {
    rig,
    disk,
    cache,
    fileSystem,
    faults: () => checkFileSystem(readerOf(disk.image)).faults,
    call: make => rig.call(make),
    open(path, create) {
      const file = rig.call(thread =>
        create === undefined ? fileSystem.lookup(thread, parts(path)) : fileSystem.create(thread, parts(path), create),
      );
      if (typeof file === 'number') throw new Error(`${path}: ${file}`);
      return file;
    },
    write(file, offset, bytes) {
      rig.putBytes(userBuffer(0), bytes);
      return rig.call(thread => file.write(thread, offset, userBuffer(0), bytes.length));
    },
    read(file, offset, bytes) {
      const count = rig.call(thread => file.read(thread, offset, userBuffer(0), bytes));
      return count < 0 ? count : rig.bytes(userBuffer(0), count);
    },
  };
}
