/** The recorded programs that come with the package, as images for guests. Each trace is read once for each loader. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { readNtr } from '../../../traces/ntr/ntr.js';
import type { EngineeringImages } from '../../../workloads/engineering.js';
import { packImage, packThreads } from '../../../workloads/images/pack-pages.js';
import type { PmakeImages } from '../../../workloads/pmake.js';
import type { RecordedTrace } from '../../../traces/trace.js';
import { threadImages, userImages, type ThreadImages, type UserImage } from '../../../workloads/images/user-image.js';

const TRACES = new URL('../../../../traces/', import.meta.url);
/** Instructions of a segment: what a guest executes between two looks at the world. */
const SEGMENT = 20_000;
/** Lines that are fetched as a whole: those of the R10000's first level. */
const FETCH_BYTES = 64;

/** Loads traces and images, each once. */
export class GuestImages {
  private readonly traces = new Map<string, RecordedTrace>();
  private readonly images = new Map<string, readonly UserImage[]>();
  private readonly threaded = new Map<string, ThreadImages>();

  /** A trace of the package by name, with its system calls as marks. */
  trace(name: string): RecordedTrace {
    let trace = this.traces.get(name);
    if (trace === undefined) {
      const bytes = gunzipSync(readFileSync(new URL(`${name}.ntr.gz`, TRACES)));
      trace = readNtr(bytes, { name, fetchLineBytes: FETCH_BYTES, systemCalls: true });
      this.traces.set(name, trace);
    }
    return trace;
  }

  /** The programs of a system trace, longest first. */
  programs(name: string): readonly UserImage[] {
    let images = this.images.get(name);
    if (images === undefined)
      this.images.set(name, (images = userImages(this.trace(name), { segmentInstructions: SEGMENT })));
    return images;
  }

  /** What pmake runs. */
  pmake(): PmakeImages {
    const compile = this.programs('pmake-2cpu-compile');
    const start = this.programs('pmake-2cpu-start');
    const optimise = this.programs('pmake-1cpu-compile');
    return {
      optimise: named(optimise, 'task 3'),
      make: named(start, 'processor 0, task 5'),
      driver: named(start, 'processor 1, task 10, program 2'),
      compile: [named(compile, 'processor 0, task 1'), named(compile, 'processor 0, task 3')],
    };
  }

  /** What engineering runs. */
  engineering(): EngineeringImages {
    const images = this.programs('verilog-2cpu');
    return {
      verilog: packImage(named(images, 'processor 0, task 1')),
      memory: ['processor 1, task 3', 'processor 1, task 2'].map(part => packImage(named(images, part))),
    };
  }

  /** What database runs: the longest of four sessions. */
  database(): UserImage {
    return packImage(named(this.programs('database-2cpu'), 'processor 0, task 1'));
  }

  /** The threads of the ray tracer. */
  raytrace(): ThreadImages {
    return this.threads('raytrace-car-16');
  }

  private threads(name: string): ThreadImages {
    let images = this.threaded.get(name);
    if (images === undefined) this.threaded.set(name, (images = packThreads(threadImages(this.trace(name)))));
    return images;
  }
}

function named(images: readonly UserImage[], part: string): UserImage {
  const found = images.find(({ name }) => name.includes(part));
  if (found === undefined)
    throw new Error(
      `no program of the trace is called ${part}; there are ${images.map(({ name }) => name).join('; ')}`,
    );
  return found;
}
