/**
 * Users of a file system beside their models. Each has files of its own, in directories that all share, and knows after
 * every operation what they hold, also after one that failed.
 */
import { ErrorNumber } from '../../../../lib/system/code.js';
import type { Code, KernelThread } from '../../../../lib/system/code.js';
import type { Vnode } from '../../../../lib/guest/commodity/files/vnode.js';
import { userBuffer } from './mounted.js';
import type { Mounted } from './mounted.js';

/** What a user does; numbers are taken modulo what there is. */
export type Action =
  | {
      readonly do: 'create' | 'remove' | 'open' | 'close' | 'make directory' | 'remove directory';
      readonly name: number;
    }
  | { readonly do: 'write' | 'read'; readonly name: number; readonly offset: number; readonly bytes: number }
  | { readonly do: 'truncate'; readonly name: number; readonly bytes: number }
  | { readonly do: 'page'; readonly name: number; readonly offset: number }
  | { readonly do: 'sync' };

interface ModelFile {
  content: Uint8Array;
  vnode: Vnode | null;
}

/** Errors that an operation may end with because of the disk or of memory. */
const EXCUSES: readonly number[] = [ErrorNumber.EIO, ErrorNumber.ENOSPC, ErrorNumber.ENOMEM];

/** One user. Throws an Error if something is not as the model has it. */
export class Player {
  readonly files = new Map<string, ModelFile>();
  /** Files that were removed and are open. */
  private readonly removed: ModelFile[] = [];
  private readonly at: Mounted;
  private readonly number: number;
  private readonly names: number;
  private counter = 0;
  private excuses = 0;

  constructor(at: Mounted, number: number, names: number) {
    this.at = at;
    this.number = number;
    this.names = names;
  }

  /** Errors that there was an excuse for. */
  get failed(): number {
    return this.excuses;
  }

  *play(thread: KernelThread, actions: readonly Action[]): Code {
    for (const action of actions) yield* this.act(thread, action);
    for (const file of [...this.files.values(), ...this.removed]) yield* this.close(thread, file);
  }

  private *act(thread: KernelThread, action: Action): Code {
    if (action.do === 'sync') {
      this.check('sync', yield* this.at.fileSystem.sync(thread), [0]);
      return;
    }
    const name = `u${this.number}-${action.name % this.names}`;
    const file = this.files.get(name);
    if (action.do === 'create') yield* this.create(thread, name);
    else if (action.do === 'make directory') yield* this.makeDirectory(thread, action.name % 2);
    else if (action.do === 'remove directory') yield* this.removeDirectory(thread, action.name % 2);
    else if (action.do === 'remove') yield* this.remove(thread, name);
    else if (action.do === 'open') yield* this.reopen(thread, name);
    else if (file === undefined) return;
    else if (action.do === 'close') yield* this.close(thread, file);
    else if (file.vnode === null) return;
    else if (action.do === 'write') yield* this.write(thread, name, file, action.offset, action.bytes);
    else if (action.do === 'read') yield* this.read(thread, name, file, action.offset, action.bytes);
    else if (action.do === 'page') yield* this.page(thread, name, file, action.offset);
    else if (action.do === 'truncate') yield* this.truncate(thread, name, file, action.bytes);
  }

  private *create(thread: KernelThread, name: string): Code {
    const vnode = yield* this.at.fileSystem.create(thread, ['shared', name], 'file');
    const expected = this.files.has(name) ? [ErrorNumber.EEXIST] : [];
    if (typeof vnode === 'number') this.check(`create ${name}`, vnode, expected);
    else if (this.files.has(name)) throw new Error(`${name} was created twice`);
    else this.files.set(name, { content: new Uint8Array(0), vnode });
  }

  /** Directories that everybody makes and removes: only the errors are known. */
  private *makeDirectory(thread: KernelThread, which: number): Code {
    const made = yield* this.at.fileSystem.create(thread, ['shared', `d${which}`], 'directory');
    if (typeof made === 'number') this.check('make directory', made, [ErrorNumber.EEXIST]);
    else yield* made.closed(thread);
    const path = ['shared', `d${which}`, `t${this.number}`];
    const inside = yield* this.at.fileSystem.create(thread, path, 'file');
    if (typeof inside === 'number') this.check('create in it', inside, [ErrorNumber.ENOENT, ErrorNumber.EEXIST]);
    else yield* inside.closed(thread);
    this.check('remove from it', yield* this.at.fileSystem.remove(thread, path), [0, ErrorNumber.ENOENT]);
  }

  private *removeDirectory(thread: KernelThread, which: number): Code {
    const result = yield* this.at.fileSystem.remove(thread, ['shared', `d${which}`]);
    this.check('remove directory', result, [0, ErrorNumber.ENOENT, ErrorNumber.EEXIST]);
  }

  private *remove(thread: KernelThread, name: string): Code {
    const result = yield* this.at.fileSystem.remove(thread, ['shared', name]);
    const file = this.files.get(name);
    if (!this.check(`remove ${name}`, result, [file === undefined ? ErrorNumber.ENOENT : 0]) || result !== 0) return;
    this.files.delete(name);
    if (file!.vnode !== null) this.removed.push(file!);
  }

  private *reopen(thread: KernelThread, name: string): Code {
    const vnode = yield* this.at.fileSystem.lookup(thread, ['shared', name]);
    const file = this.files.get(name);
    if (typeof vnode === 'number') this.check(`lookup ${name}`, vnode, file === undefined ? [ErrorNumber.ENOENT] : []);
    else if (file === undefined) throw new Error(`${name} was found, but is not there`);
    else {
      if (vnode.size !== file.content.length)
        throw new Error(`${name}: ${vnode.size} bytes, not ${file.content.length}`);
      yield* this.close(thread, file);
      file.vnode = vnode;
    }
  }

  private *close(thread: KernelThread, file: ModelFile): Code {
    const { vnode } = file;
    file.vnode = null;
    if (vnode !== null) yield* vnode.closed(thread);
  }

  private *write(thread: KernelThread, name: string, file: ModelFile, offset: number, bytes: number): Code {
    const data = Array.from({ length: bytes }, (_, k) => (this.counter * 31 + k * 7 + (k >> 8)) & 255);
    this.counter++;
    const buffer = userBuffer(this.number);
    this.at.rig.putBytes(buffer, data);
    const count = yield* file.vnode!.write(thread, offset, buffer, bytes);
    if (count < 0) this.check(`write ${name}`, count, []);
    else if (count > 0) {
      const content = new Uint8Array(Math.max(file.content.length, offset + count));
      content.set(file.content);
      content.set(data.slice(0, count), offset);
      file.content = content;
    }
    this.checkSize(name, file);
  }

  private *read(thread: KernelThread, name: string, file: ModelFile, offset: number, bytes: number): Code {
    const buffer = userBuffer(this.number) + 0x100000;
    const count = yield* file.vnode!.read(thread, offset, buffer, bytes);
    const expected = Math.max(Math.min(bytes, file.content.length - offset), 0);
    if (count < 0) this.check(`read ${name}`, count, []);
    else if (count > expected || (count < expected && this.at.disk.reliable))
      throw new Error(`${name}: ${count} bytes were read, not ${expected}`);
    else this.compare(name, file, offset, this.at.rig.bytes(buffer, count));
  }

  /** Changes a word of a page in memory, as somebody does who has mapped the file. */
  private *page(thread: KernelThread, name: string, file: ModelFile, offset: number): Code {
    const at = (offset % Math.max(file.content.length, 1)) & ~3;
    if (at + 4 > file.content.length) return;
    const page = yield* file.vnode!.page(thread, at >> 12);
    if (typeof page === 'number') {
      this.check(`page of ${name}`, page, []);
      return;
    }
    this.compare(name, file, at, this.at.rig.bytes(page.address + (at & 4095), 4));
    const change = at % 8 === 0 && (page as { place?: number }).place! >= 0;
    if (change) {
      this.at.rig.write(page.address + (at & 4095), 0x01020304);
      file.content.set([1, 2, 3, 4], at);
    }
    yield* file.vnode!.release(thread, at >> 12, page, change);
  }

  private *truncate(thread: KernelThread, name: string, file: ModelFile, bytes: number): Code {
    const result = yield* file.vnode!.truncate(thread, bytes);
    const good = this.check(`truncate ${name}`, result, [0]);
    // One that failed may have come some of the way.
    const { size } = file.vnode!;
    const [least, most] = [Math.min(bytes, file.content.length), Math.max(bytes, file.content.length)];
    if (size < least || size > most || (good && result === 0 && size !== bytes))
      throw new Error(`${name} was to have ${bytes} bytes after ${file.content.length}, and has ${size}`);
    const content = new Uint8Array(size);
    content.set(file.content.subarray(0, size));
    file.content = content;
  }

  private compare(name: string, file: ModelFile, offset: number, got: readonly number[]): void {
    const wrong = got.findIndex((byte, k) => byte !== file.content[offset + k]);
    if (wrong >= 0)
      throw new Error(`${name}: byte ${offset + wrong} is ${got[wrong]}, not ${file.content[offset + wrong]}`);
  }

  private checkSize(name: string, file: ModelFile): void {
    if (file.vnode!.size !== file.content.length)
      throw new Error(`${name} has ${file.vnode!.size} bytes, not ${file.content.length}`);
  }

  /** False if there was an excuse. */
  private check(what: string, result: number, expected: readonly number[]): boolean {
    if (expected.includes(result)) return true;
    if (!EXCUSES.includes(result)) throw new Error(`${what}: ${result}, not ${expected.join(' or ')}`);
    if (result === ErrorNumber.EIO && this.at.disk.reliable) throw new Error(`${what}: EIO of a disk that never fails`);
    this.excuses++;
    return false;
  }
}
