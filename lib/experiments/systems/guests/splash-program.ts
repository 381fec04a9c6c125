/** Programs of SPLASHOS by name, and the system that each needs. */
import { SplashOS } from '../../../guest/splash/splash-os.js';
import { scaledSort } from '../../../workloads/radix-sort.js';
import { splashRadix } from '../../../workloads/splash-radix.js';
import { recordedProgram, type ThreadedProgram } from '../../../workloads/splash-threads.js';
import { threadImages } from '../../../workloads/images/user-image.js';
import type { WorkloadScale } from '../choices.js';

/** A program with a sentence on what it does. */
export interface SplashProgram {
  readonly program: ThreadedProgram;
  readonly description: string;
}

/** Programs by name. */
const PROGRAMS: Readonly<Record<string, (how: WorkloadScale) => SplashProgram>> = {
  radix: ({ scale, processors, seed }) => {
    const options = scaledSort(scale, { threads: processors, seed });
    const program = splashRadix(options);
    return {
      program,
      description: `a sort of ${options.keys} keys by ${threads(program)} under the library operating system`,
    };
  },
  raytrace: ({ images }) => {
    const program = recordedProgram(threadImages(images.trace('raytrace-car-16')));
    return {
      program: { ...program, name: 'raytrace' },
      description: `the ${threads(program)} of raytrace-car-16 under the library operating system`,
    };
  },
};

/**
 * The program of a workload: radix with as many threads as processors, raytrace with its recorded threads, executed once at any
 * scale. Throws a RangeError for one that is no program of threads.
 */
export function splashProgram(workload: string, how: WorkloadScale): SplashProgram {
  const make = Object.hasOwn(PROGRAMS, workload) ? PROGRAMS[workload] : undefined;
  if (make === undefined)
    throw new RangeError(`splashos does not run ${workload}; it runs ${Object.keys(PROGRAMS).join(', ')}`);
  return make(how);
}

function threads(program: ThreadedProgram): string {
  return program.threads === 1 ? '1 thread' : `${program.threads} threads`;
}

/** Turns of a loop of so many cycles before a thread lets others run: the library's usual choice. */
const SCHEDULER = { spinTurns: 20, turnCycles: 6 };
/** Lines of a page. */
const LINES = 32;

/** What the system finds, and where it is linked for: see SplashOptions. */
export interface SplashPlace {
  readonly processors: number;
  readonly pages: number;
  readonly mapped: boolean;
}

/** SPLASHOS with as many threads, pages and lines as a program uses. Throws a RangeError if memory has too few pages. */
export function splashSystem(program: ThreadedProgram, place: SplashPlace): SplashOS {
  return new SplashOS({
    ...place,
    threads: program.threads,
    programPages: program.programPages,
    dataPages: Math.ceil((program.lines + program.threads + 2) / LINES),
    scheduler: SCHEDULER,
  });
}
