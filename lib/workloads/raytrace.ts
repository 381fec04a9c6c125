/**
 * raytrace: the SPLASH-2 ray tracer on its car scene, one process whose threads share all, as in the Disco paper. The threads are
 * those that were recorded: sixteen of them from the barrier before rendering. With fewer threads each does the work of several.
 */
import type { Executable } from '../guest/commodity/process.js';
import type { Program } from '../processor/operations.js';
import { guestProgram } from './guest-program.js';
import { ARENA, SharedWords, ThreadSynchronisation, withThreads } from './guest-threads.js';
import { measure, type GuestWorkload } from './guest-workload.js';
import { touchPages, touchRange } from './start-up.js';
import type { ThreadImages } from './user-image.js';

/** How long it is, and how many threads there are. */
export interface RaytraceOptions {
  /**
   * 1 for the length of the paper, 12.9 s on one processor, which the recorded work fills `ROUNDS` times. Shorter runs repeat
   * it less often, at least once: the mix stays, while the start of each thread and the wait for the last weigh more.
   */
  readonly scale: number;
  /** From 1 up to the recorded threads. */
  readonly threads: number;
}

/** Times that one processor does the recorded work of all threads, 22.9 million instructions, in 12.9 s. */
export const ROUNDS = 170;
const PAGE_BYTES = 4096;
const PATH = '/usr/bin/raytrace';

/** One process. Throws a RangeError for a number of threads out of range. */
export function raytrace(images: ThreadImages, { scale, threads }: RaytraceOptions): GuestWorkload {
  const streams = images.threads;
  if (!Number.isSafeInteger(threads) || threads < 1 || threads > streams.length)
    throw new RangeError(`raytrace has from 1 to ${streams.length} threads, not ${threads}`);
  const rounds = Math.max(1, Math.round(ROUNDS * scale));
  const words = new SharedWords(streams);

  function* main(): Program {
    const synchronisation = yield* ThreadSynchronisation.make(words, threads);
    yield* touchPages(images);
    yield* touchRange(ARENA / PAGE_BYTES, words.pages);
    yield* withThreads(threads, number => render(synchronisation, number));
  }

  function* render(synchronisation: ThreadSynchronisation, number: number): Program {
    yield* synchronisation.barrier.meet();
    if (number === 0) yield measure();
    for (let round = 0; round < rounds; round++)
      for (let stream = number; stream < streams.length; stream += threads)
        yield* synchronisation.replay(streams[stream]!, 1);
  }

  const { executable, bytes } = guestProgram(PATH, [images], main);
  const regions = [...executable.regions, { kind: 'zero', first: ARENA / PAGE_BYTES, pages: words.pages } as const];
  return {
    name: 'raytrace',
    description: `${rounds} times the recorded work of ${streams.length} threads by ${threads}`,
    executables: new Map<string, Executable>([[PATH, { ...executable, regions }]]),
    disks: [{ mount: '/', tree: { [PATH]: { bytes, content: 1 } } }],
    start: [{ path: PATH, args: [] }],
    window: { marks: 1 },
  };
}
