/** The system calls about processes, for programs that may ask for anything. */
import { areStrings, isInteger, isProgramMaker } from './arguments.js';
import { ErrorNumber, type Code } from './code.js';
import type { Processes } from './processes.js';
import type { Thread } from './threads.js';

/** Serves a system call: a result from 0 up, or an ErrorNumber. Arguments are whatever the program has given. */
export type CallHandler = (thread: Thread, args: readonly unknown[]) => Code<number>;

/** Pages of the user's segment. */
const USER_PAGES = 0x80000;

/** Adds fork, sproc, execve, exit, wait, brk and getpid. */
export function addProcessCalls(calls: Map<string, CallHandler>, processes: Processes): void {
  calls.set('getpid', function* (thread) {
    return processes.of(thread).id;
  });
  calls.set('fork', (thread, [program]) => (isProgramMaker(program) ? processes.fork(thread, program) : invalid()));
  calls.set('sproc', (thread, [program]) => (isProgramMaker(program) ? processes.sproc(thread, program) : invalid()));
  calls.set('execve', (thread, [path, args]) =>
    typeof path === 'string' && areStrings(args) ? processes.execve(thread, path, args) : invalid(),
  );
  calls.set('exit', function* (thread, [status]) {
    yield* processes.exit(thread, isInteger(status) ? status & 255 : 0);
    return 0;
  });
  calls.set('wait', thread => processes.wait(thread));
  calls.set('brk', (thread, [page]) => (isInteger(page, 0, USER_PAGES) ? processes.brk(thread, page) : invalid()));
}

function* invalid(): Code<number> {
  return ErrorNumber.EINVAL;
}
