/** Workloads that run natively, by name, and the machines and systems that they can be run on. */
import type { Profile } from '../guest/commodity/profile.js';
import { irix } from '../guest/commodity/profiles/irix.js';
import { presets, type Preset, type PresetName } from '../machine/presets.js';
import { resolve, type MachineSpecification, type ResolvedSpecification } from '../machine/specification.js';
import type { GuestWorkload } from '../workloads/guest-workload.js';
import { pmake } from '../workloads/pmake.js';
import type { GuestImages } from './guest-images.js';
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
}

/** A workload by name. */
export interface NativeChoice {
  /** The systems that it runs on. */
  readonly systems: readonly NativeSystem[];
  make(scale: NativeScale): GuestWorkload;
  /** Simulated time that it will take, roughly: for progress only. */
  expectedNs(scale: Pick<NativeScale, 'scale' | 'processors'>): number;
}

/** The workloads. */
export const nativeChoices: Readonly<Record<string, NativeChoice>> = {
  pmake: {
    systems: ['irix'],
    make: ({ scale, processors, seed, images }) =>
      pmake(images.pmake(), { scale, jobs: 2 * processors, work: '/work/', seed }),
    expectedNs: ({ scale, processors }) => 0.7e9 + (2.4e9 * scale) / processors,
  },
};

/** Their names. */
export const nativeNames: readonly string[] = Object.keys(nativeChoices);

/** A profile of the commodity kernel, or null for a system that is not there yet. */
export function profileOf(system: NativeSystem): Profile | null {
  return system === 'irix' ? irix : null;
}

/**
 * A preset with so many processors, and with `memoryBytes` over its nodes in equal parts if given. Throws a RangeError,
 * which says how many it can have, if it cannot have as many.
 */
export function nativeMachine(
  name: PresetName,
  processors: number | undefined,
  memoryBytes?: number,
): ResolvedSpecification {
  const preset: Preset = presets[name];
  const measured = name === 'disco-1997' || name === 'uma';
  const usual = measured ? preset({ nodes: processors ?? 1 }) : preset();
  const present = processorsOf(resolve(usual));
  const wanted = processors ?? present;
  const nodes = Math.ceil((resolve(usual).nodes.length * wanted) / present);
  const machine = wanted === present ? usual : preset({ nodes });
  const found = processorsOf(resolve(machine));
  if (found !== wanted) throw new RangeError(`${name} cannot have ${wanted} processors, but ${found} or ${present}`);
  return resolve(memoryBytes === undefined ? machine : withMemory(machine, memoryBytes));
}

/** Everything that a run of a workload takes. */
export function nativeOptions(
  name: string,
  machine: MachineSpecification,
  profile: Profile,
  { scale, seed, images }: Omit<NativeScale, 'processors'>,
): NativeOptions {
  const { nodes } = resolve(machine);
  const processors = processorsOf({ nodes });
  const workload = nativeChoices[name]!.make({ scale, processors, seed, images });
  // Section 5.4 of the Disco paper: the runs of IRIX had their pages dealt over the nodes.
  return { workload, machine, profile, seed, layout: nodes.length > 1 ? 'interleaved' : 'linear' };
}

/** Processors of all nodes. */
export function processorsOf({ nodes }: Pick<ResolvedSpecification, 'nodes'>): number {
  return nodes.reduce((sum, node) => sum + node.processors, 0);
}

function withMemory(machine: MachineSpecification, memoryBytes: number): MachineSpecification {
  const { nodes } = machine;
  const { pageBytes } = machine;
  const share = (count: number): number => Math.floor(memoryBytes / count / pageBytes) * pageBytes;
  if ('count' in nodes) return { ...machine, nodes: { ...nodes, memoryBytes: share(nodes.count) } };
  const equipped = nodes.filter(node => node.memoryBytes > 0).length;
  return {
    ...machine,
    nodes: nodes.map(node => ({ ...node, memoryBytes: node.memoryBytes > 0 ? share(equipped) : 0 })),
  };
}
