/**
 * engineering: a Verilog simulation and a simulator of a memory system, side by side, as in the Disco paper (Table 1: Chronologics
 * VCS and a machine simulator; Figure 8: six of each). Long-running, large address spaces, hardly a system call. The references
 * are those of a recorded Icarus Verilog, over a larger design. The memory-system simulator was never recorded: two other recorded simulations,
 * of the same program at another place of its loop with heaps of their own, stand for it.
 */
import { randomStream } from '../engine/random.js';
import type { Executable, ProgramRegion } from '../guest/commodity/processes/process.js';
import { load, type Program } from '../processor/operations.js';
import type { References } from '../processor/references.js';
import { guestProgram, UserWork, type GuestProgram } from './guest-program.js';
import type { GuestWorkload } from './guest-workload.js';
import { multiplyPages } from './images/multiply-pages.js';
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

const PAGE_BYTES = 4096;
/** The length that Table 1 gives; that of the multiprocessor's version is unknown, and taken to be the same. */
const WINDOW_NS = 3.5e9;
/** Instructions that no processor of the paper's machine executes in a nanosecond, and what is left for starting up. */
const MOST_PER_NS = 0.4;
const START_UP_NS = 2e9;

/**
 * The design of the paper is larger than the recorded one: each page of the recorded heap stands for so many, from `first` on, and
 * is one of them for so many references. Copies and references are FITTED on bare-machine figures only: Figure 8, whose bars of IRIX
 * have 2.2 times as much memory stall as execution on ccNUMA, and 0.54 times on UMA; ours, in windows of 70 ms, 1.78 and 0.59.
 * Which pages are used how much is as recorded.
 */
export const DESIGN = { first: 0x800, copies: 4, references: 12 } as const;

/** The processes of both kinds, in turn. */
export function engineering(images: EngineeringImages, options: EngineeringOptions): GuestWorkload {
  const { scale, verilog, memory, seed } = options;
  const windowNs = Math.round(WINDOW_NS * scale);
  const instructions = Math.round((windowNs + START_UP_NS) * MOST_PER_NS);

  const compiled = new Design(images.verilog, { compiled: true, seed });
  const others = images.memory.map(image => new Design(image, { compiled: false, seed }));

  function* simulate(name: string, design: Design, number: string): Program {
    const { image } = design;
    yield* touchPages(image);
    for (let page = 0; page < design.codePages; page++) yield load((DESIGN.first + page) * PAGE_BYTES);
    yield* touchRange(DESIGN.first + design.codePages, design.dataPages);
    yield* started();
    const random = randomStream(seed, `engineering ${name} ${number}`);
    yield* new UserWork(image, random, { variants: [design.references] }).run(instructions);
  }

  const programs = [
    program('/usr/bin/vcs', [compiled], ([number]) => simulate('verilog', compiled, number)),
    program('/usr/bin/memsim', others, ([number]) =>
      simulate('memory', others[Number(number) % others.length], number),
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

/**
 * The design that a program simulates. What of the recorded heap is only read is the structure of the design, which an interpreter
 * such as the recorded one keeps in its heap; a compiled simulator, as the paper's was, has it in its text. So it comes from the file of
 * the program, and all processes of the program share it. What is written is each process's own.
 */
class Design {
  /** Pages of the file, and cleared pages behind them. */
  readonly codePages: number;
  readonly dataPages: number;
  readonly references: References;
  readonly image: UserImage;

  constructor(image: UserImage, { compiled, seed }: { readonly compiled: boolean; readonly seed: string }) {
    const { name, pages, stream } = image;
    this.image = image;
    const heap = pages.filter(({ kind }) => kind === 'heap').toSorted((a, b) => a.page - b.page);
    const code = heap.filter(({ stores }) => compiled && stores === 0);
    const data = heap.filter(page => !code.includes(page));
    this.codePages = code.length * DESIGN.copies;
    this.dataPages = data.length * DESIGN.copies;
    this.references = multiplyPages(stream, {
      from: [...code, ...data].map(({ page }) => page),
      firstPage: DESIGN.first,
      copies: DESIGN.copies,
      references: DESIGN.references,
      random: randomStream(seed, `engineering heap of ${name}`),
    });
  }
}

/** A program with the pages of its images and of their designs. */
function program(path: string, designs: readonly Design[], steps: Executable['program']): GuestProgram {
  const { executable, bytes } = guestProgram(
    path,
    designs.map(({ image }) => image),
    steps,
  );
  const [codePages, dataPages] = (['codePages', 'dataPages'] as const).map(of =>
    Math.max(...designs.map(one => one[of])),
  );
  const regions: ProgramRegion[] = [...executable.regions];
  if (codePages > 0)
    regions.push({ kind: 'text', first: DESIGN.first, pages: codePages, filePage: bytes / PAGE_BYTES });
  regions.push({ kind: 'zero', first: DESIGN.first + codePages, pages: dataPages });
  return { executable: { ...executable, regions }, bytes: bytes + codePages * PAGE_BYTES };
}
