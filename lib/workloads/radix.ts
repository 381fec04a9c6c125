/**
 * radix: the SPLASH-2 radix sort, one process whose threads share all, as in Figure 7 of the Disco paper. The sort is made, not
 * recorded: radix-sort.ts has the algorithm, radix-loops.ts its references. All of it is measured, the drawing of the keys
 * included, beginning with the first touches of its memory: they are what the figure is about. Nothing is calibrated.
 */
import { semaphore } from '../guest/commodity/calls/system-calls.js';
import type { Executable, ProgramRegion } from '../guest/commodity/processes/process.js';
import { load, type Program } from '../processor/operations.js';
import type { Code } from '../system/code.js';
import { ARENA, withThreads } from './guest-threads.js';
import { measure, type GuestWorkload } from './guest-workload.js';
import { DATA_PAGES, RadixMemory, TEXT_PAGES } from './radix-memory.js';
import { radixSort, type RadixOptions } from './radix-sort.js';
import { sortingThread, type SortSynchronisation } from './radix-threads.js';
import { touchRange } from './start-up.js';
import { LOCK_BYTES, UserBarrier, UserSemaphore } from './user-locks.js';

const PAGE_BYTES = 4096;
const PATH = '/usr/bin/radix';
/** Where programs of IRIX begin. */
const FIRST_PAGE = 0x400;

/** One process. Throws a RangeError for options out of range. */
export function radix(options: RadixOptions): GuestWorkload {
  const { threads, keys } = options;
  const sort = radixSort(options);
  const memory = new RadixMemory(FIRST_PAGE * PAGE_BYTES, sort);
  const arenaPages = Math.ceil((UserBarrier.bytes + threads * LOCK_BYTES) / PAGE_BYTES);

  function* main(): Program {
    const synchronisation = yield* userSynchronisation(threads);
    yield load(memory.textLine(0));
    yield load(memory.limits);
    yield* touchRange(ARENA / PAGE_BYTES, arenaPages);
    yield* withThreads(threads, thread => measured(thread, synchronisation));
  }

  function* measured(thread: number, synchronisation: SortSynchronisation): Program {
    yield* synchronisation.meet(thread);
    if (thread === 0) yield measure();
    yield* sortingThread(thread, sort, memory, synchronisation);
    yield* synchronisation.meet(thread);
    if (thread === 0) yield measure();
  }

  const file = TEXT_PAGES + DATA_PAGES;
  const regions: ProgramRegion[] = [
    { kind: 'text', first: FIRST_PAGE, pages: TEXT_PAGES, filePage: 0 },
    { kind: 'data', first: FIRST_PAGE + TEXT_PAGES, pages: DATA_PAGES, filePage: TEXT_PAGES },
    { kind: 'zero', first: FIRST_PAGE + file, pages: memory.pages - file },
    { kind: 'zero', first: ARENA / PAGE_BYTES, pages: arenaPages },
  ];
  return {
    name: 'radix',
    description: `a sort of ${keys} keys by ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    executables: new Map<string, Executable>([[PATH, { path: PATH, regions, program: main }]]),
    disks: [{ mount: '/', tree: { [PATH]: { bytes: file * PAGE_BYTES, content: 1 } } }],
    start: [{ path: PATH, args: [] }],
    window: { marks: 1, endMarks: 2 },
  };
}

/** Locks of user level. Made by the first thread, before there are others. */
function* userSynchronisation(threads: number): Code<SortSynchronisation> {
  const barrier = new UserBarrier(ARENA, threads, [yield semaphore(0), yield semaphore(0)]);
  const nodes: UserSemaphore[] = [];
  for (let thread = 0; thread < threads; thread++) {
    const address = ARENA + UserBarrier.bytes + thread * LOCK_BYTES;
    nodes.push(new UserSemaphore(address, yield semaphore(0)));
  }
  return {
    meet: () => barrier.meet(),
    post: thread => nodes[thread].post(),
    wait: (_, other) => nodes[other].wait(),
  };
}
