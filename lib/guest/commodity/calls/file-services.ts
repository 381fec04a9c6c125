/**
 * Files in the kernel: disks mounted into one tree, the page cache, descriptors of processes, and the system calls that
 * use them. Puts together what files/ has.
 */
import { list, plainObject, wholeNumbers } from '../../../engine/checks.js';
import { deviceCommand } from '../../../processor/operations.js';
import { isUserRange } from '../processes/arguments.js';
import { ErrorNumber, type Channel, type Code, type KernelThread } from '../../../system/code.js';
import { DescriptorTable } from '../files/descriptors.js';
import type { DiskFileSystem } from '../files/disk/disk-file-system.js';
import { mountDisk } from '../files/disk/mount-disk.js';
import { DiskDriver, type DiskPort } from '../files/disk/disk-driver.js';
import { FLUSH_AGE_NS, flushDaemon } from '../files/cache/flush-daemon.js';
import { MountTable } from '../files/mount.js';
import { OpenFileTable, Whence } from '../files/open-file.js';
import { PageCache } from '../files/cache/page-cache.js';
import { DEFAULT_PAGE_CACHE } from '../files/cache/page-cache-options.js';
import { PipePool } from '../files/pipe.js';
import type { CommodityKernel } from '../kernel.js';
import type { Process } from '../processes/process.js';
import { OpenFlag } from './system-calls.js';
import type { Thread } from '../processes/threads.js';
import type { FileSystem, Vnode } from '../files/vnode.js';

/** A disk that the kernel finds. */
export interface KernelDisk {
  /** Where its commands go: the bridge as a cache, and the index of the device there. */
  readonly bridge: number;
  readonly device: number;
  /** The processor that its interrupts go to. */
  readonly interruptTo: number;
  /** Where its file system is mounted: '/' for the root. */
  readonly mount: string;
}

/** How files are treated. */
export interface FileOptions {
  readonly disks: readonly KernelDisk[];
  /** Descriptors of a process. */
  readonly descriptors: number;
  /** Pages read ahead of a sequential reader. */
  readonly readAheadPages: number;
  /** Ticks between two rounds of the daemon that writes back. */
  readonly flushTicks: number;
}

/** Interrupt codes of disks begin here. */
export const DISK_INTERRUPTS = 16;
/** Names kept in memory by each file system. */
const NAMES = 512;
const DESCRIPTORS = 'descriptors';
/** Vnode numbers of pipes: pairs from here on. */
const PIPE_NUMBERS = 1 << 20;

/**
 * The files of a kernel: system calls open, close, read, write, lseek, stat, unlink, mkdir, pipe and sync. Results of failed
 * calls are ErrorNumbers; a disk that fails gives EIO. Make it before the kernel runs, and have the first thread execute `start`. */
export class FileServices {
  readonly mounts = new MountTable();
  readonly cache: PageCache;
  readonly drivers: DiskDriver[] = [];
  private readonly kernel: CommodityKernel;
  private readonly options: FileOptions;
  private readonly files: OpenFileTable;
  private readonly pipes: PipePool;
  private readonly fileSystems: DiskFileSystem[] = [];
  private readonly flush: Channel;
  private pipeNumbers = PIPE_NUMBERS;

  constructor(kernel: CommodityKernel, options: FileOptions) {
    plainObject(options, 'the options of file services');
    list(options.disks, 'file services: disks');
    for (const disk of options.disks) {
      plainObject(disk, 'file services: a disk');
      wholeNumbers(disk, ['bridge', 'device', 'interruptTo'], 'file services: a disk', 0, 2 ** 20);
    }
    wholeNumbers(options, ['descriptors'], 'file services', 1, 65536);
    wholeNumbers(options, ['readAheadPages'], 'file services', 0, 65536);
    wholeNumbers(options, ['flushTicks'], 'file services', 1);
    this.kernel = kernel;
    this.options = options;
    const { pages } = kernel.options;
    this.cache = new PageCache(kernel, { ...DEFAULT_PAGE_CACHE, dirtyLimit: Math.floor(pages / 8) });
    this.files = new OpenFileTable(kernel);
    this.pipes = new PipePool(kernel);
    this.flush = kernel.channel('flush daemon');
    options.disks.forEach((disk, number) => this.addDriver(disk, number));
    kernel.processes.parts.push({
      name: DESCRIPTORS,
      made: (thread, process, parent) => this.made(thread, process, parent),
      ended: (thread, process) => this.tableOf(process).closeAll(thread),
    });
    kernel.contents.fileOf = (thread, path) => this.mounts.lookup(thread, path);
    kernel.onTick.push(() => this.tick());
    this.addCalls();
  }

  /** Mounts the disks and starts the daemon. Throws an Error if there is no file system on a disk. */
  *start(thread: Thread): Code {
    const { kernel } = this;
    for (const [number, driver] of this.drivers.entries()) {
      const options = { names: NAMES, readAheadPages: this.options.readAheadPages };
      const mounted = yield* mountDisk(thread, kernel, this.cache, driver, driver.name, options);
      const { mount } = this.options.disks[number];
      if (typeof mounted === 'number')
        throw new Error(
          `disk ${number} cannot be mounted at ${mount}: error ${mounted}; make a file system on it first`,
        );
      this.fileSystems.push(mounted);
      this.mounts.mount(mount, mounted);
    }
    if (this.options.disks.length > 0) yield* this.startDaemon(thread, 'bdflush', t => this.flushForEver(t));
  }

  /** Mounts another file system. */
  mount(path: string, fileSystem: FileSystem): void {
    this.mounts.mount(path, fileSystem);
  }

  /** A thread of the kernel's own. */
  *startDaemon(by: Thread, name: string, code: (thread: Thread) => Code): Code {
    const thread = yield* this.kernel.processes.makeThread(by, name, null, code);
    if (thread === null) throw new Error(`there is no memory for the daemon ${name}; give the machine more memory`);
    yield* this.kernel.scheduler.start(by, thread);
  }

  private addDriver({ bridge, device, interruptTo }: KernelDisk, number: number): void {
    const interruptCode = DISK_INTERRUPTS + number;
    const port: DiskPort = {
      *start({ op, sector, sectors, pages, tag }) {
        const pieces = pages.map(frame => ({ frame, offset: 0, bytes: 4096 }));
        yield deviceCommand(bridge, device, { op, sector, sectors, pieces, tag, interruptTo, interruptCode });
      },
    };
    const driver = new DiskDriver(this.kernel, `disk ${number}`, port, { depth: 1, order: 'elevator' });
    this.drivers.push(driver);
    this.kernel.interrupts.set(interruptCode, (tag, status, thread) => driver.interrupt(thread, tag, status));
  }

  private *tick(): Code {
    if (this.kernel.tickCount % this.options.flushTicks === 0) yield* this.flush.wakeAll();
  }

  private *flushForEver(thread: Thread): Code {
    const { kernel, cache, flush } = this;
    yield* flushDaemon(
      thread,
      kernel,
      cache,
      () => this.fileSystems,
      () => flush.sleep(thread),
      FLUSH_AGE_NS,
    );
  }

  private *made(thread: KernelThread | null, process: Process, parent: Process | null): Code {
    const record = this.kernel.allocate('descriptors', 128);
    const table =
      parent === null || thread === null
        ? new DescriptorTable(this.kernel, this.files, this.options.descriptors, record)
        : yield* this.tableOf(parent).fork(thread, record);
    process.parts.set(DESCRIPTORS, table);
  }

  private tableOf(process: Process): DescriptorTable {
    return process.parts.get(DESCRIPTORS) as DescriptorTable;
  }

  private table(thread: Thread): DescriptorTable {
    return this.tableOf(this.kernel.processes.of(thread));
  }

  private addCalls(): void {
    const { calls } = this.kernel;
    calls.set('open', (thread, [path, flags]) => this.open(thread, path, flags));
    calls.set('close', (thread, [descriptor]) => this.table(thread).close(thread, integer(descriptor)));
    calls.set('read', (thread, [descriptor, address, bytes]) =>
      this.transfer(address, bytes, (to, most) => this.table(thread).read(thread, integer(descriptor), to, most)),
    );
    calls.set('write', (thread, [descriptor, address, bytes]) =>
      this.transfer(address, bytes, (from, most) => this.table(thread).write(thread, integer(descriptor), from, most)),
    );
    calls.set('lseek', (thread, [descriptor, offset]) =>
      this.table(thread).seek(thread, integer(descriptor), integer(offset), Whence.Set),
    );
    calls.set('stat', (thread, [path]) => this.stat(thread, path));
    calls.set('unlink', (thread, [path]) => this.withPath(path, known => this.mounts.remove(thread, known)));
    calls.set('mkdir', (thread, [path]) => this.mkdir(thread, path));
    calls.set('pipe', thread => this.pipe(thread));
    calls.set('sync', thread => this.mounts.sync(thread));
  }

  /** The kernel may touch its own addresses, so a user's buffer has to be the user's. */
  private *transfer(
    address: unknown,
    bytes: unknown,
    code: (address: number, bytes: number) => Code<number>,
  ): Code<number> {
    const start = integer(address);
    const most = integer(bytes);
    if (most < 0) return ErrorNumber.EINVAL;
    return isUserRange(start, most) ? yield* code(start, most) : ErrorNumber.EFAULT;
  }

  private *withPath(path: unknown, code: (path: string) => Code<number>): Code<number> {
    return typeof path === 'string' ? yield* code(path) : ErrorNumber.EFAULT;
  }

  private *open(thread: Thread, path: unknown, flags: unknown): Code<number> {
    if (typeof path !== 'string') return ErrorNumber.EFAULT;
    const how = integer(flags);
    yield* this.kernel.work('open', thread.record);
    let vnode = yield* this.mounts.lookup(thread, path);
    if (vnode === ErrorNumber.ENOENT && (how & OpenFlag.Create) !== 0)
      vnode = yield* this.mounts.create(thread, path, 'file');
    if (typeof vnode === 'number') return vnode;
    const write = (how & OpenFlag.Write) !== 0;
    if (write && vnode.kind === 'directory') {
      yield* vnode.closed(thread);
      return ErrorNumber.EISDIR;
    }
    if ((how & OpenFlag.Truncate) !== 0) yield* vnode.truncate(thread, 0);
    return yield* this.table(thread).open(thread, vnode, { read: true, write, append: (how & OpenFlag.Append) !== 0 });
  }

  private *stat(thread: Thread, path: unknown): Code<number> {
    if (typeof path !== 'string') return ErrorNumber.EFAULT;
    yield* this.kernel.work('stat', thread.record);
    const vnode = yield* this.mounts.lookup(thread, path);
    if (typeof vnode === 'number') return vnode;
    const { size } = vnode;
    yield* vnode.closed(thread);
    return size;
  }

  private *mkdir(thread: Thread, path: unknown): Code<number> {
    if (typeof path !== 'string') return ErrorNumber.EFAULT;
    const made: Vnode | number = yield* this.mounts.create(thread, path, 'directory');
    if (typeof made === 'number') return made;
    yield* made.closed(thread);
    return 0;
  }

  private *pipe(thread: Thread): Code<number> {
    const number = this.pipeNumbers;
    this.pipeNumbers += 2;
    const pipe = yield* this.pipes.make(thread, number, number + 1);
    if (typeof pipe === 'number') return pipe;
    const table = this.table(thread);
    const reading = yield* table.open(thread, pipe.readEnd, { read: true, write: false });
    const writing = yield* table.open(thread, pipe.writeEnd, { read: false, write: true });
    if (reading >= 0 && writing >= 0) return reading * 65536 + writing;
    if (reading >= 0) yield* table.close(thread, reading);
    return ErrorNumber.EMFILE;
  }
}

/** An argument that has to be a number; what is none is one that no call accepts. */
function integer(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : -1;
}
