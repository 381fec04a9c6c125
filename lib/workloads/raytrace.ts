/**
 * raytrace: the SPLASH-2 ray tracer on its car scene, one process whose threads share all, as in the Disco paper. The threads are
 * those that were recorded: sixteen of them from the barrier before rendering. With fewer threads each does the work of several.
 */
import { randomStream } from '../engine/random.js';
import type { Executable } from '../guest/commodity/processes/process.js';
import type { Program } from '../processor/operations.js';
import { guestProgram } from './guest-program.js';
import { ARENA, busiestLock, SharedWords, ThreadSynchronisation, withThreads } from './guest-threads.js';
import { measure, type GuestWorkload } from './guest-workload.js';
import { spreadPages } from './images/spread-pages.js';
import { touchScattered, touchRange } from './start-up.js';
import type { ThreadImages } from './images/user-image.js';
import type { RecordedStream } from '../traces/trace.js';

/** How long it is, and how many threads there are. */
export interface RaytraceOptions {
  /**
   * 1 for the length of the paper, 12.9 s by one thread; with more threads as much less. A shorter window measures the same mix
   * once it is longer than a pass through the recorded work, 5 to 10 ms of a thread.
   */
  readonly scale: number;
  /** From 1 up to the recorded threads. */
  readonly threads: number;
  /** Of the order in which the scene is built. */
  readonly seed: string;
}

/** The length that Table 1 gives. */
const WINDOW_NS = 12.9e9;
/** Instructions that no processor of the paper's machine executes in a nanosecond, and what is left for starting up. */
const MOST_PER_NS = 0.4;
const START_UP_NS = 1e9;

/**
 * CALIBRATED on bare-machine figures only: Figure 8 of the paper, whose UMA bar has 0.18 times as much memory stall as
 * execution. Each ray takes a number under a lock that all threads share; the recorded scene is small, and so are its rays:
 * 6900 instructions. Rays of the largest scene of SPLASH-2, which Figure 8 is about, take longer.
 */
export const RAYS_PER_NUMBER = 16;

/**
 * CALIBRATED on the same bar, and on the bar of IRIX on ccNUMA: 1.4 times as much stall as execution. The car scene is small. What rendering only reads is the scene. Its
 * pages wander over so many pages, from `first` on, each after so many references. The scene of the paper is a little smaller than
 * 1 MB, since it fits into a second-level cache of that size, and does not fit into a quarter of it.
 */
export const SCENE = { first: 0x20, pages: 240, references: 360 } as const;

const PAGE_BYTES = 4096;
const PATH = '/usr/bin/raytrace';

/** One process. Throws a RangeError for a number of threads out of range. */
export function raytrace(images: ThreadImages, { scale, threads, seed }: RaytraceOptions): GuestWorkload {
  const recorded = images.threads;
  if (!Number.isSafeInteger(threads) || threads < 1 || threads > recorded.length)
    throw new RangeError(`raytrace has from 1 to ${recorded.length} threads, not ${threads}`);
  const windowNs = Math.round((WINDOW_NS * scale) / threads);
  const instructions = (windowNs + START_UP_NS) * MOST_PER_NS;
  const words = new SharedWords(recorded);
  const streams = recorded.map((stream, number) => inScene(images, stream, `${seed} ${number}`));
  const rendering = withoutScene(images);

  function* main(): Program {
    const synchronisation = yield* ThreadSynchronisation.make(words, threads);
    yield* touchScattered(rendering, randomStream(seed, 'raytrace scene'));
    yield* touchRange(SCENE.first, SCENE.pages);
    yield* touchRange(ARENA / PAGE_BYTES, words.pages);
    yield* withThreads(threads, number => render(synchronisation, number));
  }

  const rayLock = { lock: busiestLock(streams), every: RAYS_PER_NUMBER };

  /** A thread is measured from its second pass on, when its caches are warm. */
  function* render(synchronisation: ThreadSynchronisation, number: number): Program {
    yield* synchronisation.barrier.meet();
    for (let done = 0, pass = 0; done < instructions; pass++) {
      if (pass === 1) yield measure();
      for (let stream = number; stream < streams.length; stream += threads) {
        yield* synchronisation.replay(streams[stream], 1, rayLock);
        done += streams[stream].counts.instructions;
      }
    }
  }

  const { executable, bytes } = guestProgram(PATH, [rendering], main);
  const regions = [
    ...executable.regions,
    { kind: 'zero', first: SCENE.first, pages: SCENE.pages } as const,
    { kind: 'zero', first: ARENA / PAGE_BYTES, pages: words.pages } as const,
  ];
  return {
    name: 'raytrace',
    description: `the recorded work of ${streams.length} threads by ${threads} for ${windowNs / 1e6} ms`,
    executables: new Map<string, Executable>([[PATH, { ...executable, regions }]]),
    disks: [{ mount: '/', tree: { [PATH]: { bytes, content: 1 } } }],
    start: [{ path: PATH, args: [] }],
    window: { marks: threads, ns: windowNs },
  };
}

/** What rendering only reads is the scene, which was built in the heap before. */
function withoutScene({ pages, ...images }: ThreadImages): ThreadImages {
  return { ...images, pages: pages.filter(({ kind }) => kind !== 'constants') };
}

function inScene({ regions }: ThreadImages, stream: RecordedStream, seed: string): RecordedStream {
  const references = spreadPages(stream, {
    from: regions.filter(({ kind }) => kind === 'constants'),
    to: { firstPage: SCENE.first, pages: SCENE.pages },
    references: SCENE.references,
    random: randomStream(seed, 'raytrace scene of a thread'),
  });
  return { ...stream, ...references };
}
