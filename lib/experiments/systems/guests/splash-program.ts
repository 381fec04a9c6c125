/** SPLASHOS with a recorded program, and those programs by name. */
import { SplashOS } from '../../../guest/splash/splash-os.js';
import { recordedProgram, type RecordedProgram } from '../../../workloads/splash-threads.js';
import { threadImages } from '../../../workloads/images/user-image.js';
import type { GuestImages } from './guest-images.js';

/** A program with a sentence on what it does. */
export interface SplashProgram {
  readonly program: RecordedProgram;
  readonly description: string;
}

/** The traces whose threads run under SPLASHOS. */
const THREADS: Readonly<Record<string, string>> = { radix: 'radix-16', raytrace: 'raytrace-car-16' };

/** The program of a workload: its recorded threads, executed once. Throws a RangeError for one that is no program of threads. */
export function splashProgram(workload: string, images: GuestImages): SplashProgram {
  const trace = Object.hasOwn(THREADS, workload) ? THREADS[workload] : undefined;
  if (trace === undefined)
    throw new RangeError(`splashos does not run ${workload}; it runs ${Object.keys(THREADS).join(', ')}`);
  const program = recordedProgram(threadImages(images.trace(trace)));
  return {
    program: { ...program, name: workload },
    description: `the ${program.threads} threads of ${trace} under the library operating system`,
  };
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
export function splashSystem(program: RecordedProgram, place: SplashPlace): SplashOS {
  return new SplashOS({
    ...place,
    threads: program.threads,
    programPages: program.programPages,
    dataPages: Math.ceil((program.lines + program.threads + 2) / LINES),
    scheduler: SCHEDULER,
  });
}
