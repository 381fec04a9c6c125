/**
 * pmake: a parallel make that compiles the sources of GNU chess, two at a time, as in the Disco paper (section 5.2).
 * The processes of a compilation - driver, preprocessor, compiler, assembler - and their system calls follow the counts
 * that Table 2 implies: for each of some 25 compilations 4 execve, 64 opens, 148 writes, 76 reads. Their user references
 * are those of a recorded gcc.
 */
import { numberAbove, plainObject, wholeNumbers } from '../engine/checks.js';
import { randomStream } from '../engine/random.js';
import type { Program } from '../processor/operations.js';
import {
  close,
  execve,
  exit,
  fork,
  open,
  OpenFlag,
  read,
  stat,
  unlink,
  waitForChild,
  write,
} from '../guest/commodity/calls/system-calls.js';
import type { FileDescription } from '../guest/commodity/files/disk/make-file-system.js';
import type { Executable } from '../guest/commodity/processes/process.js';
import { BUFFER, guestProgram, UserWork, type GuestProgram } from './guest-program.js';
import type { GuestWorkload } from './guest-workload.js';
import type { UserImage } from './images/user-image.js';
import type { Code } from '../system/code.js';

/** Images of the programs, as userImages makes them from the traces named. */
export interface PmakeImages {
  /** pmake-2cpu-start: make itself, and the gcc driver. */
  readonly make: UserImage;
  readonly driver: UserImage;
  /** pmake-2cpu-compile: cc1 compiling, twice. */
  readonly compile: readonly UserImage[];
  /** pmake-1cpu-compile: cc1 in its large optimising passes, which go through much text. */
  readonly optimise: UserImage;
}

/** How long it is. */
export interface PmakeOptions {
  /** 1 for the length of the paper: 25 files, of several makes 9 each; shorter runs compile fewer files, and the same way. */
  readonly scale: number;
  /** Makes that run side by side, this one among them, in whatever systems. */
  readonly makes: number;
  /** Compilations at a time. */
  readonly jobs: number;
  /** Where sources, objects and temporary files are: the mount point of a disk, with a slash at its end. */
  readonly work: string;
  readonly seed: string;
}

/*
 * CALIBRATED on bare-machine figures only: instructions and bytes below so that uniprocessor pmake has the counts of services that
 * Table 2 implies and the user share of Figure 5; the number of headers, each a read of the disk, so that it has its idle share.
 */

/** Files that are compiled at full length. */
const FILES = 25;
/**
 * Files of each make where several run side by side: the paper scales its multiprocessor workloads otherwise (Table 1) and does not
 * say how. With 25 a run on eight processors takes 8 s, twice the uniprocessor's, and what all wait for in the beginning hardly counts;
 * the paper's idles 15 % (Figure 7). With 9 it takes 2.8 s and idles 16 %.
 */
const FILES_OF_SEVERAL = 9;
/** Headers in all, and those that a file includes; each is looked for in two places. */
const HEADERS = 54;
const INCLUDED = 28;

/** Instructions of the processes of one compilation, in millions of user instructions: 22.8 in all. */
const WORK = { driver: 0.6, preprocess: 4, compile: 19.2, assemble: 3.3 } as const;
/** Pages of the heap that the assembler uses: fewer than the compiler whose recording stands for it. */
const ASSEMBLER_HEAP = 175;
/** Instructions of make for each file that it looks at. */
const MAKE_WORK = 0.2;

/** Bytes. */
const SOURCE = 40 * 1024;
const HEADER = 2560;
const PREPROCESSED = 58 * 1024;
const ASSEMBLY = 70 * 1024;
const OBJECT = 20 * 1024;
/** What programs read at a time, and what they write at a time. */
const READ_BYTES = 4096;
const WRITE_BYTES = 1024;

const MILLION = 1e6;

/** One make, with its files on two disks: the root with the programs and headers, and `work`. */
export function pmake(images: PmakeImages, options: PmakeOptions): GuestWorkload {
  plainObject(images, 'pmake: images');
  plainObject(options, 'pmake');
  numberAbove(options.scale, 'pmake: scale', 0, 10_000);
  wholeNumbers(options, ['jobs', 'makes'], 'pmake', 1, 8192);
  const { work, jobs, makes, scale } = options;
  const files = Math.max(1, Math.round((makes > 1 ? FILES_OF_SEVERAL : FILES) * scale));
  const programs = programsOf(images, options, files, jobs);
  const root: Record<string, FileDescription> = {};
  for (const [path, { bytes }] of programs) root[path] = { bytes, content: 1 };
  for (let header = 0; header < HEADERS; header++)
    root[`/usr/include/h${header}.h`] = { bytes: HEADER, content: header };
  const sources: Record<string, FileDescription> = { '/Makefile': { bytes: 6000, content: 3 } };
  for (let file = 0; file < files; file++) sources[`/f${file}.c`] = { bytes: SOURCE, content: 100 + file };
  return {
    name: 'pmake',
    description: `make -J${jobs} of ${files} ${files === 1 ? 'file' : 'files'}`,
    executables: new Map<string, Executable>([...programs].map(([path, { executable }]) => [path, executable])),
    disks: [
      { mount: '/', tree: root },
      { mount: work, tree: sources },
    ],
    start: [{ path: '/usr/bin/make', args: [] }],
  };
}

function programsOf(
  images: PmakeImages,
  { work, seed }: PmakeOptions,
  files: number,
  jobs: number,
): Map<string, GuestProgram> {
  const at = (name: string): string => `${work}${name}`;
  const compileImage = (file: string): UserImage => images.compile[Number(file) % images.compile.length];
  const random = (what: string, file: string) => randomStream(seed, `pmake ${what} ${file}`);

  function* make(): Program {
    const think = new UserWork(images.make);
    yield* readAll(at('Makefile'), think, 0.5);
    for (let file = 0; file < files; file++) {
      yield stat(at(`f${file}.c`));
      yield stat(at(`f${file}.o`));
      yield* think.run(MAKE_WORK * MILLION);
    }
    let running = 0;
    for (let file = 0; file < files; file++) {
      if (running === jobs) {
        yield waitForChild();
        running--;
      }
      yield fork(function* () {
        yield execve('/usr/bin/cc', String(file));
        yield exit(1);
      });
      running++;
    }
    for (; running > 0; running--) yield waitForChild();
  }

  function* driver([file]: readonly string[]): Program {
    const think = new UserWork(images.driver);
    for (const stage of ['/usr/lib/cpp', '/usr/lib/cc1', '/usr/bin/as']) {
      yield* think.run((WORK.driver * MILLION) / 3);
      yield fork(function* () {
        yield execve(stage, file);
        yield exit(1);
      });
      yield waitForChild();
    }
    yield unlink(at(`t${file}.i`));
    yield unlink(at(`t${file}.s`));
  }

  function* preprocess([file]: readonly string[]): Program {
    const think = new UserWork(compileImage(file), random('cpp', file));
    const out = yield open(at(`t${file}.i`), OpenFlag.Write | OpenFlag.Create | OpenFlag.Truncate);
    const share = (WORK.preprocess * MILLION) / (INCLUDED + 1);
    const choose = random('headers', file);
    const perFile = PREPROCESSED / (INCLUDED + 1);
    yield* readAll(at(`f${file}.c`), think, share / MILLION);
    yield* writeAll(out, perFile, think, 0);
    for (let header = 0; header < INCLUDED; header++) {
      const name = `h${choose.below(HEADERS)}.h`;
      yield open(at(name));
      yield* readAll(`/usr/include/${name}`, think, share / MILLION);
      yield* writeAll(out, perFile, think, 0);
    }
    yield close(out);
  }

  function* compile([file]: readonly string[]): Program {
    const think = new UserWork(compileImage(file), random('cc1', file));
    yield* readAll(at(`t${file}.i`), think, WORK.compile * 0.4);
    const out = yield open(at(`t${file}.s`), OpenFlag.Write | OpenFlag.Create | OpenFlag.Truncate);
    yield* writeAll(out, ASSEMBLY, think, WORK.compile * 0.6);
    yield close(out);
  }

  function* assemble([file]: readonly string[]): Program {
    const think = new UserWork(images.optimise, random('as', file), { heapPages: ASSEMBLER_HEAP });
    yield* readAll(at(`t${file}.s`), think, WORK.assemble * 0.7);
    const out = yield open(at(`f${file}.o`), OpenFlag.Write | OpenFlag.Create | OpenFlag.Truncate);
    yield* writeAll(out, OBJECT, think, WORK.assemble * 0.3);
    yield close(out);
  }

  return new Map(
    [
      guestProgram('/usr/bin/make', [images.make], make),
      guestProgram('/usr/bin/cc', [images.driver], driver),
      guestProgram('/usr/lib/cpp', images.compile, preprocess),
      guestProgram('/usr/lib/cc1', images.compile, compile),
      guestProgram('/usr/bin/as', [images.optimise], assemble),
    ].map(program => [program.executable.path!, program]),
  );
}

/** Opens a file and reads it to its end, computing `millions` of instructions on the way. */
function* readAll(path: string, think: UserWork, millions: number): Code {
  const descriptor = yield open(path);
  if (descriptor < 0) throw new Error(`${path} cannot be opened: error ${descriptor}`);
  const share = Math.max(1, Math.round((millions * MILLION) / Math.max(1, expectedReads(path))));
  let left = millions * MILLION;
  for (;;) {
    const bytes = yield read(descriptor, BUFFER, READ_BYTES);
    if (bytes <= 0) break;
    const now = Math.min(left, share);
    if (now > 0) yield* think.run(now);
    left -= now;
    if (bytes < READ_BYTES) break;
  }
  if (left > 0) yield* think.run(left);
  yield close(descriptor);
}

function expectedReads(path: string): number {
  const bytes = path.endsWith('.h')
    ? HEADER
    : path.endsWith('.c')
      ? SOURCE
      : path.endsWith('.i')
        ? PREPROCESSED
        : ASSEMBLY;
  return Math.ceil(bytes / READ_BYTES);
}

/** Writes so many bytes, computing `millions` of instructions on the way. */
function* writeAll(descriptor: number, bytes: number, think: UserWork, millions: number): Code {
  const pieces = Math.ceil(bytes / WRITE_BYTES);
  for (let piece = 0; piece < pieces; piece++) {
    if (millions > 0) yield* think.run(Math.round((millions * MILLION) / pieces));
    yield write(descriptor, BUFFER, Math.min(WRITE_BYTES, Math.ceil(bytes - piece * WRITE_BYTES)));
  }
}
