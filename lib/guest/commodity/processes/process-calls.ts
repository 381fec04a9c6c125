/** The system calls about processes, for programs that may ask for anything. */
import { areStrings, isInteger, isProgramMaker } from './arguments.js';
import { ErrorNumber, type Code } from '../../../system/code.js';
import type { Processes } from './processes.js';
import type { StepBlocks } from '../step-blocks.js';
import type { Thread } from './threads.js';

/** Serves a system call: a result from 0 up, or an ErrorNumber. Arguments are whatever the program has given. */
export type CallHandler = (thread: Thread, args: readonly unknown[]) => Code<number>;

const { EINVAL } = ErrorNumber;
/** Pages of the user's segment. */
const USER_PAGES = 0x80000;

/** Adds fork, sproc, execve, exit, wait, brk and getpid. */
export function addProcessCalls(calls: Map<string, CallHandler>, processes: Processes, blocks: StepBlocks): void {
  calls.set('fork', function* (thread, [program]) {
    return isProgramMaker(program) ? yield* processes.fork(thread, program) : EINVAL;
  });
  calls.set('sproc', function* (thread, [program]) {
    return isProgramMaker(program) ? yield* processes.sproc(thread, program) : EINVAL;
  });
  calls.set('execve', function* (thread, [path, args]) {
    return typeof path === 'string' && areStrings(args) ? yield* processes.execve(thread, path, args) : EINVAL;
  });
  calls.set('exit', function* (thread, [status]) {
    yield* processes.exit(thread, isInteger(status) ? status & 255 : 0);
    return 0;
  });
  calls.set('wait', thread => processes.wait(thread));
  calls.set('brk', function* (thread, [page]) {
    return isInteger(page, 0, USER_PAGES) ? yield* processes.brk(thread, page) : EINVAL;
  });
  calls.set('getpid', function* (thread) {
    yield* blocks.work('getpid');
    return processes.of(thread).id;
  });
}
