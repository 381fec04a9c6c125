/** Workloads by name, and the operating systems that run them. */
import { numberAbove, plainObject, wholeNumbers } from '../../engine/checks.js';
import type { Profile } from '../../guest/commodity/profile.js';
import { irix } from '../../guest/commodity/profiles/irix.js';
import { linuxMips } from '../../guest/commodity/profiles/linux-mips.js';
import type { GuestWorkload } from '../../workloads/guest-workload.js';
import { database } from '../../workloads/database.js';
import { engineering } from '../../workloads/engineering.js';
import { pmake } from '../../workloads/pmake.js';
import { radix } from '../../workloads/radix.js';
import { raytrace } from '../../workloads/raytrace.js';
import { scaledSort } from '../../workloads/radix-sort.js';
import type { GuestImages } from './guests/guest-images.js';
import { instancesOf } from './guests/instances.js';

/** The operating systems. */
export const SYSTEM_NAMES = ['irix', 'linux-mips', 'splashos'] as const;
/** See SYSTEM_NAMES. */
export type SystemName = (typeof SYSTEM_NAMES)[number];

/** How a workload is to be. */
export interface WorkloadScale {
  /** 1 for the length of the paper; above 0. */
  readonly scale: number;
  readonly processors: number;
  readonly seed: string;
  readonly images: GuestImages;
  /** Where several systems run the workload side by side: which of the processors of all are this one's. All unless given. */
  readonly part?: { readonly first: number; readonly all: number };
}

/** A workload by name. */
export interface WorkloadChoice {
  /** The systems that it runs on. */
  readonly systems: readonly SystemName[];
  /** Makes it, its programs and files included. */
  make(scale: WorkloadScale): GuestWorkload;
  /** Simulated time that it will take, roughly: for progress only. */
  expectedNs(scale: Pick<WorkloadScale, 'scale' | 'processors'>): number;
}

/** The workloads. */
export const workloadChoices: Readonly<Record<string, WorkloadChoice>> = {
  pmake: {
    systems: ['irix', 'linux-mips'],
    // Figures 6 and 7 of the Disco paper: on eight processors, eight instances of the basic pmake.
    make: ({ scale, processors, seed, images, part: { first, all } = { first: 0, all: processors } }) =>
      instancesOf(processors, number => {
        const own = { work: `/work${number}/`, seed: `${seed} ${first + number}` };
        return pmake(images.pmake(), { scale, makes: all, jobs: 2, ...own });
      }),
    expectedNs: ({ scale }) => 0.7e9 + 2.4e9 * scale,
  },
  engineering: {
    systems: ['irix', 'linux-mips'],
    // Figure 8: six simulations of each kind on eight processors. One of each on one is ours.
    make: ({ scale, processors, seed, images }) => {
      const each = Math.max(1, Math.round(0.75 * processors));
      return engineering(images.engineering(), { scale, verilog: each, memory: each, seed });
    },
    expectedNs: ({ scale }) => 3.5e9 * scale,
  },
  database: {
    systems: ['irix', 'linux-mips'],
    make: ({ scale, seed, images }) => database(images.database(), { scale, seed }),
    expectedNs: ({ scale }) => 2e9 * scale,
  },
  raytrace: {
    systems: ['irix', 'linux-mips', 'splashos'],
    make: ({ scale, processors, seed, images }) =>
      raytrace(images.raytrace(), { scale, threads: Math.min(processors, 16), seed }),
    expectedNs: ({ scale, processors }) => (12.9e9 * scale) / Math.min(processors, 16),
  },
  radix: {
    systems: ['irix', 'linux-mips', 'splashos'],
    make: ({ scale, processors, seed }) => radix(scaledSort(scale, { threads: processors, seed })),
    expectedNs: ({ scale, processors }) => (1.2e9 * scale) / processors,
  },
};

/** Their names. */
export const workloadNames: readonly string[] = Object.keys(workloadChoices);

/** Makes a workload by name. Throws a RangeError for a name that there is not, and for a scale that is not above 0. */
export function makeWorkload(name: string, how: WorkloadScale): GuestWorkload {
  const choice = Object.hasOwn(workloadChoices, name) ? workloadChoices[name] : undefined;
  if (choice === undefined) throw new RangeError(`there is no workload ${name}; there are ${workloadNames.join(', ')}`);
  plainObject(how, 'how to make a workload');
  numberAbove(how.scale, 'scale, 1 for the length of the paper,', 0, 10_000);
  wholeNumbers(how, ['processors'], 'a workload', 1, 8192);
  return choice.make(how);
}

/** A profile of the commodity kernel, or null for SPLASHOS, which has none. Throws a RangeError for a name that there is not. */
export function profileOf(system: SystemName): Profile | null {
  if (!SYSTEM_NAMES.includes(system))
    throw new RangeError(`there is no system ${String(system)}; there are ${SYSTEM_NAMES.join(', ')}`);
  return system === 'irix' ? irix : system === 'linux-mips' ? linuxMips : null;
}
