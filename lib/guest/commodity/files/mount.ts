/** One tree of names over several file systems. Names are resolved as they are written: there are no symbolic links. */
import { ErrorNumber } from '../../../system/code.js';
import type { Code, KernelThread } from '../../../system/code.js';
import type { FileSystem, Vnode } from './vnode.js';

/** Bytes of the longest path. */
export const LONGEST_PATH = 1024;

interface Mount {
  readonly at: readonly string[];
  readonly fileSystem: FileSystem;
}

/** Which file system is where. Changed at set-up only. */
export class MountTable {
  /** The deepest first. Grows before the kernel runs. */
  private readonly mounts: Mount[] = [];

  /** Puts a file system at a path, '/' for the root. Throws an Error if there is one already. */
  mount(path: string, fileSystem: FileSystem): void {
    const at = partsOf(path, []);
    if (this.mounts.some(mount => mount.at.join('/') === at.join('/'))) throw new Error(`${path} is mounted already`);
    this.mounts.push({ at, fileSystem });
    this.mounts.sort((a, b) => b.at.length - a.at.length);
  }

  /** The file system that is mounted at a path, exactly there. */
  at(path: string): FileSystem | undefined {
    const at = partsOf(path, []).join('/');
    return this.mounts.find(mount => mount.at.join('/') === at)?.fileSystem;
  }

  /** The file systems, each once. */
  get fileSystems(): FileSystem[] {
    return [...new Set(this.mounts.map(mount => mount.fileSystem))];
  }

  /** The file at a path, opened once by the caller, who must close it. `directory`: what a path without a slash starts from. */
  *lookup(thread: KernelThread, path: string, directory: readonly string[] = []): Code<Vnode | number> {
    const place = this.place(path, directory);
    return typeof place === 'number' ? place : yield* place.fileSystem.lookup(thread, place.rest);
  }

  /** Makes a file or directory, opened once by the caller. */
  *create(
    thread: KernelThread,
    path: string,
    kind: 'file' | 'directory',
    directory: readonly string[] = [],
  ): Code<Vnode | number> {
    const place = this.place(path, directory);
    return typeof place === 'number' ? place : yield* place.fileSystem.create(thread, place.rest, kind);
  }

  /** Removes a name. EINVAL for the root of a file system. */
  *remove(thread: KernelThread, path: string, directory: readonly string[] = []): Code<number> {
    const place = this.place(path, directory);
    return typeof place === 'number' ? place : yield* place.fileSystem.remove(thread, place.rest);
  }

  /** Writes back what is dirty everywhere: 0, or the last error. */
  *sync(thread: KernelThread): Code<number> {
    let result = 0;
    for (const fileSystem of this.fileSystems) {
      const error = yield* fileSystem.sync(thread);
      if (error < 0) result = error;
    }
    return result;
  }

  /** The names of a path from the root, for a process to keep as its directory. */
  resolve(path: string, directory: readonly string[] = []): readonly string[] {
    return partsOf(path, directory);
  }

  private place(path: string, directory: readonly string[]): { fileSystem: FileSystem; rest: string[] } | number {
    if (path === '') return ErrorNumber.ENOENT;
    if (path.length > LONGEST_PATH) return ErrorNumber.ENAMETOOLONG;
    const parts = partsOf(path, directory);
    const mount = this.mounts.find(({ at }) => at.length <= parts.length && at.every((name, k) => name === parts[k]));
    if (mount === undefined) return ErrorNumber.ENOENT;
    return { fileSystem: mount.fileSystem, rest: parts.slice(mount.at.length) };
  }
}

/** The names of a path, without '.', '..' and empty ones. */
function partsOf(path: string, directory: readonly string[]): string[] {
  const parts = path.startsWith('/') ? [] : [...directory];
  for (const name of path.split('/')) {
    if (name === '..') parts.pop();
    else if (name !== '' && name !== '.') parts.push(name);
  }
  return parts;
}
