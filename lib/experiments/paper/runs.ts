/** The runs behind the tables and figures of the Disco paper, as data. Experiments share runs: each is made once. */
import type { PresetName } from '../../machine/presets/presets.js';
import type { SystemName } from '../systems/choices.js';

/** How long runs are: of `full` the figures stand beside the paper's, `usual` shows their shape, `quick` that everything works. */
export const PAPER_LENGTHS = ['full', 'usual', 'quick'] as const;
/** See PAPER_LENGTHS. */
export type PaperLength = (typeof PAPER_LENGTHS)[number];

/** A run. Plain data. */
export interface PaperRun {
  readonly workload: string;
  readonly system: SystemName;
  readonly machine: PresetName;
  readonly processors: number;
  /** Virtual machines; 0 for the bare machine. */
  readonly guests: number;
  /** The first guest serves the files of all. */
  readonly nfs?: boolean;
  /** Page placement of the monitor. */
  readonly policy?: 'first-touch' | 'migrate-replicate';
  /** Kilobytes of the second-level cache, if it is not the machine's own. */
  readonly l2KB?: number;
  /** Part of the workload's length in the paper, by length of the run. */
  readonly scale: Readonly<Record<PaperLength, number>>;
  /** Simulated milliseconds before what is measured, by length of the run; none unless given. */
  readonly warmUpMs?: Readonly<Record<PaperLength, number>>;
}

/** A batch job; what there is to do is in proportion to its length. */
const PMAKE = { workload: 'pmake', system: 'irix', machine: 'disco-1997' } as const;
/** Section 5.5: Raytrace of Figure 8 has a second-level cache of 256 KB. */
const SMALL_L2 = { l2KB: 256 } as const;

const uniprocessor = { full: 1, usual: 0.1, quick: 0.02 } as const;
const multiprocessor = { full: 1, usual: 0.04, quick: 0.02 } as const;
/** Workloads that go on in the same way all the time: a part of the paper's length is enough, and more of it only costs time. */
const steady = { full: 0.1, usual: 0.005, quick: 0.001 } as const;
/** Of Figure 8 the windows are 100 ms at full length: 3.5 s of engineering, 12.9 s of raytrace on sixteen processors. */
const PLACED = {
  engineering: { full: 0.0286, usual: 0.0029, quick: 0.0006 },
  raytrace: { full: 0.124, usual: 0.0124, quick: 0.0025 },
} as const;
/** Pages are placed before what is measured: the paper's runs were warmed up for many times as long as they were measured (section 5.1). */
const WARM_UP = { full: 500, usual: 25, quick: 0 } as const;
const whole = { full: 1, usual: 1, quick: 1 } as const;

function onOne(workload: string): { readonly IRIX: PaperRun; readonly Disco: PaperRun } {
  const scale = workload === 'pmake' ? uniprocessor : steady;
  const common = { workload, system: 'irix', machine: 'disco-1997', processors: 1, scale } as const;
  return { IRIX: { ...common, guests: 0 }, Disco: { ...common, guests: 1 } };
}

function pmakeOnEight(guests: number): PaperRun {
  return { ...PMAKE, processors: 8, guests, scale: multiprocessor };
}

function placed(workload: keyof typeof PLACED, processors: number, size: { readonly l2KB?: number }) {
  const common = { workload, system: 'irix', processors, scale: PLACED[workload], ...size } as const;
  return {
    IRIX: { ...common, machine: 'disco-1997', guests: 0 },
    Disco: { ...common, machine: 'disco-1997', guests: 1, policy: 'migrate-replicate', warmUpMs: WARM_UP },
    UMA: { ...common, machine: 'uma', guests: 0 },
  } as const satisfies Record<string, PaperRun>;
}

/** All runs by name: workload, processors, configuration. */
export const PAPER_RUNS = {
  'pmake-1 IRIX': onOne('pmake').IRIX,
  'pmake-1 Disco': onOne('pmake').Disco,
  'engineering-1 IRIX': onOne('engineering').IRIX,
  'engineering-1 Disco': onOne('engineering').Disco,
  'raytrace-1 IRIX': onOne('raytrace').IRIX,
  'raytrace-1 Disco': onOne('raytrace').Disco,
  'database-1 IRIX': onOne('database').IRIX,
  'database-1 Disco': onOne('database').Disco,
  'pmake-8 IRIX': pmakeOnEight(0),
  'pmake-8 1VM': pmakeOnEight(1),
  'pmake-8 2VM': pmakeOnEight(2),
  'pmake-8 4VM': pmakeOnEight(4),
  'pmake-8 8VM': pmakeOnEight(8),
  'pmake-8 8VM/nfs': { ...pmakeOnEight(8), nfs: true },
  'radix-8 IRIX': { workload: 'radix', system: 'irix', machine: 'disco-1997', processors: 8, guests: 0, scale: whole },
  'radix-8 SPLASHOS': {
    workload: 'radix',
    system: 'splashos',
    machine: 'disco-1997',
    processors: 8,
    guests: 1,
    scale: whole,
  },
  'engineering-8 IRIX': placed('engineering', 8, {}).IRIX,
  'engineering-8 Disco': placed('engineering', 8, {}).Disco,
  'engineering-8 UMA': placed('engineering', 8, {}).UMA,
  'raytrace-16 IRIX': placed('raytrace', 16, SMALL_L2).IRIX,
  'raytrace-16 Disco': placed('raytrace', 16, SMALL_L2).Disco,
  'raytrace-16 UMA': placed('raytrace', 16, SMALL_L2).UMA,
} as const satisfies Record<string, PaperRun>;

/** The name of a run. */
export type PaperRunName = keyof typeof PAPER_RUNS;
/** All names. */
export const paperRunNames = Object.keys(PAPER_RUNS) as readonly PaperRunName[];
