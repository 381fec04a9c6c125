/**
 * engineering: a Verilog simulation and a simulator of a memory system, side by side, as in the Disco paper (Table 1: Chronologics
 * VCS and a machine simulator; Figure 8: six of each). Long-running, large address spaces, hardly a system call. The references
 * are those of a recorded Icarus Verilog. The memory-system simulator was never recorded: two other recorded simulations,
 * of the same program at another place of its loop with heaps of their own, stand for it.
 */
import { randomStream } from '../engine/random.js';
import type { Executable } from '../guest/commodity/processes/process.js';
import type { Program } from '../processor/operations.js';
import type { References } from '../processor/references.js';
import { guestProgram, UserWork, type GuestProgram } from './guest-program.js';
import type { GuestWorkload } from './guest-workload.js';
import { spreadPages } from './images/spread-pages.js';
import { started, touchPages, touchRange } from './start-up.js';
import type { UserImage } from './images/user-image.js';

/** Images of the programs, as userImages makes them from verilog-2cpu. */
export interface EngineeringImages {
  readonly verilog: UserImage;
  /** What stands for the memory-system simulator: processes take them in turn. */
  readonly memory: readonly UserImage[];
}

/** How long it is, and how many processes there are. */
export interface EngineeringOptions {
  /**
   * 1 for the length of the paper, 3.5 s. A shorter window measures the same mix: only the few switches between processes,
   * 100 ms apart, become a coarser sample.
   */
  readonly scale: number;
  /** Verilog simulations. The uniprocessor's mix is unknown: one of each is ours. */
  readonly verilog: number;
  /** Simulations of a memory system. */
  readonly memory: number;
  readonly seed: string;
}

/** The length that Table 1 gives; that of the multiprocessor's version is unknown, and taken to be the same. */
const WINDOW_NS = 3.5e9;
/** Instructions that no processor of the paper's machine executes in a nanosecond, and what is left for starting up. */
const MOST_PER_NS = 0.4;
const START_UP_NS = 2e9;

/**
 * CALIBRATED on bare-machine figures only: the recorded design is small, those of the paper had large address spaces. Pages of the
 * heap wander over so many pages, from `first` on, each after so many references. Source: Figure 8 of the paper, whose bars of IRIX
 * have 2.2 times as much memory stall as execution on ccNUMA, and 0.54 times on UMA: ours lie between, and have more misses with
 * less contention. Checked against Figure 5, user 94.07 and kernel 5.93 of IRIX.
 */
export const WANDER = { first: 0x20, pages: 960, references: 46 } as const;

/** The processes of both kinds, in turn. */
export function engineering(images: EngineeringImages, options: EngineeringOptions): GuestWorkload {
  const { scale, verilog, memory, seed } = options;
  const windowNs = Math.round(WINDOW_NS * scale);
  const instructions = Math.round((windowNs + START_UP_NS) * MOST_PER_NS);

  const wandering = new Map([images.verilog, ...images.memory].map(image => [image, wander(image, seed)]));

  function* simulate(name: string, image: UserImage, number: string): Program {
    yield* touchPages(image);
    yield* touchRange(WANDER.first, WANDER.pages);
    yield* started();
    const random = randomStream(seed, `engineering ${name} ${number}`);
    yield* new UserWork(image, random, { variants: [wandering.get(image)!] }).run(instructions);
  }

  const programs = [
    program('/usr/bin/vcs', [images.verilog], ([number]) => simulate('verilog', images.verilog, number)),
    program('/usr/bin/memsim', images.memory, ([number]) =>
      simulate('memory', images.memory[Number(number) % images.memory.length], number),
    ),
  ];
  const start: { path: string; args: string[] }[] = [];
  for (let number = 0; number < Math.max(verilog, memory); number++) {
    if (number < verilog) start.push({ path: '/usr/bin/vcs', args: [String(number)] });
    if (number < memory) start.push({ path: '/usr/bin/memsim', args: [String(number)] });
  }
  return {
    name: 'engineering',
    description: `${verilog} Verilog and ${memory} memory-system simulations for ${windowNs / 1e6} ms`,
    executables: new Map<string, Executable>(programs.map(({ executable }) => [executable.path!, executable])),
    disks: [
      {
        mount: '/',
        tree: Object.fromEntries(programs.map(({ executable, bytes }) => [executable.path!, { bytes, content: 1 }])),
      },
    ],
    start,
    window: { marks: start.length, ns: windowNs },
  };
}

function wander(image: UserImage, seed: string): References {
  return spreadPages(image.stream, {
    from: image.regions.filter(({ kind }) => kind === 'heap'),
    to: { firstPage: WANDER.first, pages: WANDER.pages },
    references: WANDER.references,
    random: randomStream(seed, `engineering heap of ${image.name}`),
  });
}

/** A program with the pages of its images, and those that its heap wanders over. */
function program(path: string, images: readonly UserImage[], steps: Executable['program']): GuestProgram {
  const { executable, bytes } = guestProgram(path, images, steps);
  const regions = [...executable.regions, { kind: 'zero', first: WANDER.first, pages: WANDER.pages } as const];
  return { executable: { ...executable, regions }, bytes };
}
