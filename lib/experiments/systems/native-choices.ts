/** Workloads that run natively, by name, and the machines and systems that they can be run on. */
import { numberAbove, plainObject, wholeNumber, wholeNumbers } from '../../engine/checks.js';
import type { Profile } from '../../guest/commodity/profile.js';
import { irix } from '../../guest/commodity/profiles/irix.js';
import { linuxMips } from '../../guest/commodity/profiles/linux-mips.js';
import { presets, type Preset, type PresetName } from '../../machine/presets/presets.js';
import {
  resolve,
  type MachineSpecification,
  type ResolvedSpecification,
} from '../../machine/specification/specification.js';
import type { GuestWorkload } from '../../workloads/guest-workload.js';
import { database } from '../../workloads/database.js';
import { engineering } from '../../workloads/engineering.js';
import { pmake } from '../../workloads/pmake.js';
import { radix } from '../../workloads/radix.js';
import { raytrace } from '../../workloads/raytrace.js';
import type { GuestImages } from './guest-images.js';
import { instancesOf } from './instances.js';
import { nativeLayout } from './native-layout.js';
import type { NativeOptions } from './native.js';

/** The operating systems. */
export const NATIVE_SYSTEMS = ['irix', 'linux-mips', 'splashos'] as const;
/** See NATIVE_SYSTEMS. */
export type NativeSystem = (typeof NATIVE_SYSTEMS)[number];

/** How a workload is to be. */
export interface NativeScale {
  /** 1 for the length of the paper; above 0. */
  readonly scale: number;
  readonly processors: number;
  readonly seed: string;
  readonly images: GuestImages;
  /** Where several systems run the workload side by side: which of the processors of all are this one's. All unless given. */
  readonly part?: { readonly first: number; readonly all: number };
}

/** A workload by name. */
export interface NativeChoice {
  /** The systems that it runs on. */
  readonly systems: readonly NativeSystem[];
  /** Makes it, its programs and files included. */
  make(scale: NativeScale): GuestWorkload;
  /** Simulated time that it will take, roughly: for progress only. */
  expectedNs(scale: Pick<NativeScale, 'scale' | 'processors'>): number;
}

/** The workloads. */
export const nativeChoices: Readonly<Record<string, NativeChoice>> = {
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
    // The whole sort takes a tenth of a second, and a part of it another course.
    make: ({ images }) => radix(images.radix(), { scale: 1 }),
    expectedNs: () => 0.1e9,
  },
};

/** Their names. */
export const nativeNames: readonly string[] = Object.keys(nativeChoices);

/** Makes a workload by name. Throws a RangeError for a name that there is not, and for a scale that is not above 0. */
export function makeWorkload(name: string, how: NativeScale): GuestWorkload {
  const choice = Object.hasOwn(nativeChoices, name) ? nativeChoices[name] : undefined;
  if (choice === undefined) throw new RangeError(`there is no workload ${name}; there are ${nativeNames.join(', ')}`);
  plainObject(how, 'how to make a workload');
  numberAbove(how.scale, 'scale, 1 for the length of the paper,', 0, 10_000);
  wholeNumbers(how, ['processors'], 'a workload', 1, 8192);
  return choice.make(how);
}

/** A profile of the commodity kernel, or null for SPLASHOS, which has none. Throws a RangeError for a name that there is not. */
export function profileOf(system: NativeSystem): Profile | null {
  if (!NATIVE_SYSTEMS.includes(system))
    throw new RangeError(`there is no system ${String(system)}; there are ${NATIVE_SYSTEMS.join(', ')}`);
  return system === 'irix' ? irix : system === 'linux-mips' ? linuxMips : null;
}

/** What of a preset is to be otherwise. */
export interface NativeMachineOptions {
  readonly processors?: number | undefined;
  /** Of the whole machine; spread over its nodes in equal parts. */
  readonly memoryBytes?: number | undefined;
  /** Of the second-level cache. */
  readonly l2Bytes?: number | undefined;
}

/**
 * A preset with so many processors, so much memory, such a cache. Throws a RangeError, which says how many it can have, if
 * it cannot have as many processors; and for a name that there is not.
 */
export function nativeMachine(name: PresetName, options: NativeMachineOptions = {}): ResolvedSpecification {
  plainObject(options, 'the options of nativeMachine');
  const { processors, memoryBytes, l2Bytes } = options;
  if (processors !== undefined) wholeNumber(processors, 'processors', 1, 8192);
  if (memoryBytes !== undefined) wholeNumber(memoryBytes, 'memoryBytes', 4096, 2 ** 50);
  if (l2Bytes !== undefined) wholeNumber(l2Bytes, 'l2Bytes', 4, 2 ** 28);
  if (!Object.hasOwn(presets, name))
    throw new RangeError(`there is no preset ${String(name)}; there are ${Object.keys(presets).join(', ')}`);
  const preset: Preset = presets[name];
  const cache = l2Bytes === undefined ? {} : { l2Bytes };
  const measured = name === 'disco-1997' || name === 'uma';
  const usual = resolve(preset(measured ? { ...cache, nodes: processors ?? 1 } : cache));
  const present = processorsOf(usual);
  const wanted = processors ?? present;
  const nodes = Math.ceil((usual.nodes.length * wanted) / present);
  const machine = wanted === present ? usual : resolve(preset({ ...cache, nodes }));
  const found = processorsOf(machine);
  if (found !== wanted) throw new RangeError(`${name} cannot have ${wanted} processors, but ${found} or ${present}`);
  return memoryBytes === undefined ? machine : resolve(withMemory(machine, memoryBytes));
}

/** Everything that a run of a workload takes. */
export function nativeOptions(
  name: string,
  machine: MachineSpecification,
  profile: Profile,
  { scale, seed, images }: Omit<NativeScale, 'processors'>,
): NativeOptions {
  const resolved = resolve(machine);
  const processors = processorsOf(resolved);
  const workload = makeWorkload(name, { scale, processors, seed, images });
  return { workload, machine, profile, seed, layout: nativeLayout(name, resolved) };
}

/** Processors of all nodes. */
export function processorsOf({ nodes }: Pick<ResolvedSpecification, 'nodes'>): number {
  return nodes.reduce((sum, node) => sum + node.processors, 0);
}

function withMemory(machine: ResolvedSpecification, memoryBytes: number): ResolvedSpecification {
  const { nodes, pageBytes } = machine;
  const equipped = nodes.filter(node => node.memoryBytes > 0).length;
  const share = Math.floor(memoryBytes / equipped / pageBytes) * pageBytes;
  return { ...machine, nodes: nodes.map(node => ({ ...node, memoryBytes: node.memoryBytes > 0 ? share : 0 })) };
}
