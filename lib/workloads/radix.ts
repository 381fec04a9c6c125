/**
 * radix: the SPLASH-2 radix sort, one process with sixteen recorded threads, as in Figure 7 of the Disco paper. All of the sort
 * is measured, beginning with the first touches of its memory: they are what the figure is about. Nothing is calibrated: the
 * recorded sort is what it is, 131072 keys, and the paper does not say how many it sorted.
 */
import type { Executable } from '../guest/commodity/processes/process.js';
import type { Program } from '../processor/operations.js';
import { guestProgram } from './guest-program.js';
import { ARENA, SharedWords, ThreadSynchronisation, withThreads } from './guest-threads.js';
import { measure, type GuestWorkload } from './guest-workload.js';
import { touchFile, touchRange } from './start-up.js';
import type { ThreadImages } from './images/user-image.js';

/** How long it is. */
export interface RadixOptions {
  /**
   * Above 0 and at most 1. 1 for the sort as recorded: the keys of the paper are unknown. Shorter runs execute the first part of
   * what lies between two operations of synchronisation. Faults on first touches then weigh more: most pages are still touched.
   */
  readonly scale: number;
}

const PAGE_BYTES = 4096;
const PATH = '/usr/bin/radix';

/** One process. Throws a RangeError for a scale out of range. */
export function radix(images: ThreadImages, { scale }: RadixOptions): GuestWorkload {
  if (!(scale > 0 && scale <= 1)) throw new RangeError(`radix has a scale above 0 and at most 1, not ${scale}`);
  const streams = images.threads;
  const words = new SharedWords(streams);

  function* main(): Program {
    const synchronisation = yield* ThreadSynchronisation.make(words, streams.length);
    yield* touchFile(images);
    yield* touchRange(ARENA / PAGE_BYTES, words.pages);
    yield* withThreads(streams.length, number => sort(synchronisation, number));
  }

  function* sort(synchronisation: ThreadSynchronisation, number: number): Program {
    yield* synchronisation.barrier.meet();
    if (number === 0) yield measure();
    yield* synchronisation.replay(streams[number], scale);
    yield* synchronisation.barrier.meet();
    if (number === 0) yield measure();
  }

  const { executable, bytes } = guestProgram(PATH, [images], main);
  const regions = [...executable.regions, { kind: 'zero', first: ARENA / PAGE_BYTES, pages: words.pages } as const];
  return {
    name: 'radix',
    description: `a sort by ${streams.length} threads`,
    executables: new Map<string, Executable>([[PATH, { ...executable, regions }]]),
    disks: [{ mount: '/', tree: { [PATH]: { bytes, content: 1 } } }],
    start: [{ path: PATH, args: [] }],
    window: { marks: 1, endMarks: 2 },
  };
}
