/**
 * raytrace: the SPLASH-2 ray tracer on its car scene, one process whose threads share all, as in the Disco paper. The threads are
 * those that were recorded: sixteen of them from the barrier before rendering. With fewer threads each does the work of several.
 */
import { randomStream } from '../engine/random.js';
import type { Executable } from '../guest/commodity/process.js';
import type { Program } from '../processor/operations.js';
import { guestProgram } from './guest-program.js';
import { ARENA, busiestLock, SharedWords, ThreadSynchronisation, withThreads } from './guest-threads.js';
import { measure, type GuestWorkload } from './guest-workload.js';
import { touchScattered, touchRange } from './start-up.js';
import type { ThreadImages } from './user-image.js';

/** How long it is, and how many threads there are. */
export interface RaytraceOptions {
  /**
   * 1 for the length of the paper, 12.9 s on one processor, which the recorded work fills `ROUNDS` times. Shorter runs repeat
   * it less often, at least once: the mix stays, while cold caches and the wait for the last thread weigh more.
   */
  readonly scale: number;
  /** From 1 up to the recorded threads. */
  readonly threads: number;
  /** Of the order in which the scene is built. */
  readonly seed: string;
}

/** Times that one processor does the recorded work of all threads, 22.9 million instructions, in 12.9 s. */
export const ROUNDS = 170;
/**
 * CALIBRATED on bare-machine figures only. Each ray takes a number under a lock that all threads share; the recorded scene is
 * small, and so are its rays, 6900 instructions. Those of the largest scene of SPLASH-2 take longer.
 */
export const RAYS_PER_NUMBER = 8;

const PAGE_BYTES = 4096;
const PATH = '/usr/bin/raytrace';

/** One process. Throws a RangeError for a number of threads out of range. */
export function raytrace(images: ThreadImages, { scale, threads, seed }: RaytraceOptions): GuestWorkload {
  const streams = images.threads;
  if (!Number.isSafeInteger(threads) || threads < 1 || threads > streams.length)
    throw new RangeError(`raytrace has from 1 to ${streams.length} threads, not ${threads}`);
  const rounds = Math.max(1, Math.round(ROUNDS * scale));
  const words = new SharedWords(streams);

  function* main(): Program {
    const synchronisation = yield* ThreadSynchronisation.make(words, threads);
    yield* touchScattered(images, randomStream(seed, 'raytrace scene'));
    yield* touchRange(ARENA / PAGE_BYTES, words.pages);
    yield* withThreads(threads, number => render(synchronisation, number));
  }

  const rayLock = { lock: busiestLock(streams), every: RAYS_PER_NUMBER };

  function* render(synchronisation: ThreadSynchronisation, number: number): Program {
    yield* synchronisation.barrier.meet();
    if (number === 0) yield measure();
    for (let round = 0; round < rounds; round++)
      for (let stream = number; stream < streams.length; stream += threads)
        yield* synchronisation.replay(streams[stream], 1, rayLock);
    yield* synchronisation.barrier.meet();
    if (number === 0) yield measure();
  }

  const { executable, bytes } = guestProgram(PATH, [images], main);
  const regions = [...executable.regions, { kind: 'zero', first: ARENA / PAGE_BYTES, pages: words.pages } as const];
  return {
    name: 'raytrace',
    description: `${rounds} times the recorded work of ${streams.length} threads by ${threads}`,
    executables: new Map<string, Executable>([[PATH, { ...executable, regions }]]),
    disks: [{ mount: '/', tree: { [PATH]: { bytes, content: 1 } } }],
    start: [{ path: PATH, args: [] }],
    window: { marks: 1, endMarks: 2 },
  };
}
