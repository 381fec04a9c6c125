/** The radix sort as a program of SPLASHOS: the same sort as under a kernel (radix.ts), with the library's barrier and semaphores. */
import { RadixMemory } from './radix-memory.js';
import { radixSort, type RadixOptions } from './radix-sort.js';
import { sortingThread, type SortSynchronisation } from './radix-threads.js';
import type { ThreadedProgram } from './splash-threads.js';

const PAGE_BYTES = 4096;

/** Makes the program. Throws a RangeError for options out of range. */
export function splashRadix(options: RadixOptions): ThreadedProgram {
  const sort = radixSort(options);
  const { threads } = options;
  const { pages } = new RadixMemory(0, sort);
  return {
    name: 'radix',
    threads,
    programPages: pages,
    lines: threads + 2,
    link: os => {
      const memory = new RadixMemory(os.allocate(pages * PAGE_BYTES), sort);
      const barrier = os.barrier();
      const nodes = os.threads.map(() => os.semaphore(0));
      const synchronisation: SortSynchronisation = {
        meet: thread => barrier.meet(os.threads[thread]),
        post: thread => nodes[thread].post(os.threads[thread]),
        wait: (thread, other) => nodes[other].wait(os.threads[thread]),
      };
      return ({ number }) => sortingThread(number, sort, memory, synchronisation);
    },
  };
}
