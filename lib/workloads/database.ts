/**
 * database: one memory-hungry process with decision-support queries, as in the Disco paper (Table 1: Sybase). The references are
 * those of a session of a recorded SQLite, whose mapped database was small; in its place stands a pool of buffers that
 * is filled from a file at the start. Few system calls: now and then it reads more of the file.
 */
import { randomStream } from '../engine/random.js';
import type { Executable } from '../guest/commodity/processes/process.js';
import { lseek, open, read } from '../guest/commodity/calls/system-calls.js';
import type { Program } from '../processor/operations.js';
import { guestProgram, UserWork } from './guest-program.js';
import type { GuestWorkload } from './guest-workload.js';
import { spreadPages } from './images/spread-pages.js';
import { started, touchPages, touchRange } from './start-up.js';
import type { ImageRegion, PageKind } from './images/image-pages.js';
import type { UserImage } from './images/user-image.js';
import type { Code } from '../system/code.js';

/** How long it is. */
export interface DatabaseOptions {
  /** 1 for the length of the paper, 2.0 s. A shorter window measures the same mix: no rate depends on it. */
  readonly scale: number;
  readonly seed: string;
}

/** The length that Table 1 gives. */
const WINDOW_NS = 2e9;
/** Instructions that no processor of the paper's machine executes in a nanosecond, and what is left for starting up. */
const MOST_PER_NS = 0.4;
const START_UP_NS = 4e9;

/**
 * CALIBRATED on bare-machine figures only: Figure 5 of the paper, user 86.39 and kernel 13.61 of IRIX. The recorded database is
 * read at random over a window of the pool: a recorded page stands for another page of it after so many references. Each
 * time that the recording begins anew the next window is read. 8 MB in all; the size of the paper's database is unknown.
 */
export const POOL = { first: 0x800, windows: 6, pages: 290, references: 2 } as const;
const POOL_PAGES = POOL.windows * POOL.pages;
/**
 * Recorded pages that are the database, and what is sorted: those of these kinds that are used alike, some 2000 times or 1000. What
 * is used more belongs to the session and its libraries.
 */
const DATABASE: ReadonlySet<string> = new Set<PageKind>(['constants', 'heap']);
const MOST_USES = 2500;

/** The file, and how much of it is read how often: a choice of ours. */
const FILE = '/database';
const FILE_BYTES = 2 ** 20;
const READ_BYTES = 16 * 1024;
const READ_EVERY = 2e6;

const PAGE_BYTES = 4096;
const PATH = '/usr/bin/dataserver';

/** One process. */
export function database(image: UserImage, { scale, seed }: DatabaseOptions): GuestWorkload {
  const windowNs = Math.round(WINDOW_NS * scale);
  const instructions = Math.round((windowNs + START_UP_NS) * MOST_PER_NS);
  const tables = image.pages
    .filter(({ kind, loads, stores }) => DATABASE.has(kind) && loads + stores <= MOST_USES)
    .map(({ kind, page }): ImageRegion => ({ kind, firstPage: page, pages: 1, touched: 1 }));
  const variants = Array.from({ length: POOL.windows }, (_, window) =>
    spreadPages(image.stream, {
      from: tables,
      to: { firstPage: POOL.first + window * POOL.pages, pages: POOL.pages },
      references: POOL.references,
      random: randomStream(seed, `database window ${window}`),
    }),
  );

  function* serve(): Program {
    yield* touchPages(image);
    yield* touchRange(POOL.first, POOL_PAGES);
    const file = yield open(FILE);
    for (let bytes = 0; bytes < FILE_BYTES; bytes += READ_BYTES) yield* fill(file, bytes);
    yield* started();
    const work = new UserWork(image, undefined, { variants });
    for (let done = 0; done < instructions; done += READ_EVERY) {
      yield* work.run(READ_EVERY);
      yield* fill(file, ((done / READ_EVERY) * READ_BYTES) % FILE_BYTES);
    }
  }

  const { executable, bytes } = guestProgram(PATH, [image], serve);
  const regions = [...executable.regions, { kind: 'zero', first: POOL.first, pages: POOL_PAGES } as const];
  return {
    name: 'database',
    description: `one process over ${Math.round((POOL_PAGES * PAGE_BYTES) / 2 ** 20)} MB for ${windowNs / 1e6} ms`,
    executables: new Map<string, Executable>([[PATH, { ...executable, regions }]]),
    disks: [{ mount: '/', tree: { [PATH]: { bytes, content: 1 }, [FILE]: { bytes: FILE_BYTES, content: 2 } } }],
    start: [{ path: PATH, args: [] }],
    window: { marks: 1, ns: windowNs },
  };
}

/** Reads a part of the file into the place of the pool that it belongs to. */
function* fill(file: number, offset: number): Code {
  yield lseek(file, offset);
  const bytes = yield read(file, POOL.first * PAGE_BYTES + offset, READ_BYTES);
  if (bytes !== READ_BYTES) throw new Error(`${FILE} cannot be read at byte ${offset}: ${bytes}`);
}
