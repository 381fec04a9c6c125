/** System calls as a user's program makes them: each is an operation whose result is a number, below 0 an ErrorNumber. */
import { call, type Operation, type Program } from '../../../processor/operations.js';

/** What a system call asks for. */
export interface SystemCall {
  readonly call: string;
  readonly args: readonly unknown[];
}

/** A system call by name. */
export const systemCall = (name: string, ...args: readonly unknown[]): Operation =>
  call({ call: name, args } satisfies SystemCall);

/** Flags of `open`. */
export const OpenFlag = { Read: 0, Write: 1, Create: 2, Truncate: 4, Append: 8 } as const;

/** Makes a child that executes `child` in a copy of this address space. The number of the child. */
export const fork = (child: () => Program): Operation => systemCall('fork', child);
/** Makes a thread that executes `thread` in this address space. Its number. */
export const sproc = (thread: () => Program): Operation => systemCall('sproc', thread);
/** Replaces the program by another one. Returns only if that fails. */
export const execve = (path: string, ...args: readonly string[]): Operation => systemCall('execve', path, args);
/** Ends the process with a status from 0 to 255. */
export const exit = (status = 0): Operation => systemCall('exit', status);
/** Waits until a child ends: its number times 256 plus its status. */
export const waitForChild = (): Operation => systemCall('wait');
/** The number of the process. */
export const getpid = (): Operation => systemCall('getpid');
/** Lets others run. */
export const sginap = (): Operation => systemCall('sginap');
/** Moves the end of the heap, to a virtual page. */
export const brk = (page: number): Operation => systemCall('brk', page);
/** Opens a file: its descriptor. */
export const open = (path: string, flags = 0): Operation => systemCall('open', path, flags);
/** Closes a descriptor. */
export const close = (descriptor: number): Operation => systemCall('close', descriptor);
/** Reads into memory, from where the descriptor stands. Bytes read, 0 at the end. */
export const read = (descriptor: number, address: number, bytes: number): Operation =>
  systemCall('read', descriptor, address, bytes);
/** Writes from memory. Bytes written. */
export const write = (descriptor: number, address: number, bytes: number): Operation =>
  systemCall('write', descriptor, address, bytes);
/** Moves where a descriptor stands. */
export const lseek = (descriptor: number, offset: number): Operation => systemCall('lseek', descriptor, offset);
/** Bytes of a file. */
export const stat = (path: string): Operation => systemCall('stat', path);
/** Removes a name. */
export const unlink = (path: string): Operation => systemCall('unlink', path);
/** Makes a directory. */
export const mkdir = (path: string): Operation => systemCall('mkdir', path);
/** Makes a pipe: the descriptor of its reading end times 65536 plus that of its writing end. */
export const pipe = (): Operation => systemCall('pipe');
/** Writes back what is dirty, and waits for it. */
export const sync = (): Operation => systemCall('sync');
/** Makes a semaphore of a value: its number. Shared by all processes. */
export const semaphore = (value: number): Operation => systemCall('semaphore', 'make', value);
/** Takes one from a semaphore, or waits until it can. */
export const semaphoreWait = (number: number): Operation => systemCall('semaphore', 'wait', number);
/** Adds `count` to a semaphore. */
export const semaphorePost = (number: number, count = 1): Operation => systemCall('semaphore', 'post', number, count);
/** Writes a text of up to 1024 characters to the console: how many. EINVAL without a console. */
export const print = (text: string): Operation => systemCall('console', text);
