/** Runs by name: a workload and a system, on a bare machine or in guests of the monitor. */
import { plainObject, wholeNumber } from '../../engine/checks.js';
import { NO_SWITCHES, type KernelSwitches } from '../../guest/commodity/switches.js';
import {
  resolve,
  type MachineSpecification,
  type ResolvedSpecification,
} from '../../machine/specification/specification.js';
import type { DiscoOptions } from '../../monitor/options.js';
import { madePolicy, type PolicyMaker } from '../policies.js';
import { makeWorkload, profileOf, type SystemName } from './choices.js';
import { commodityGuests, type CommodityGuestOptions } from './guests/commodity-guest.js';
import type { GuestImages } from './guests/guest-images.js';
import { withNfsServer } from './guests/nfs-guests.js';
import { pageLayout } from './hosts/layouts.js';
import { processorsOf } from './machine-size.js';
import type { BareHost, DiscoHost, Guests, SystemOptions } from './plan.js';
import { splashGuests } from './guests/splash-guest.js';
import { splashProgram } from './guests/splash-program.js';

/** Names of the switches of the kernel. */
export const SWITCH_NAMES = Object.keys(NO_SWITCHES) as readonly (keyof KernelSwitches)[];

/** What a run by name is made with. */
export interface NamedRunOptions {
  readonly workload: string;
  readonly system: SystemName;
  readonly machine: MachineSpecification;
  /** Guests of the monitor; null for one system on the bare machine. */
  readonly monitor: NamedMonitorOptions | null;
  /** Length of the workload: above 0, 1 is the length of the paper. The raytrace of SPLASHOS executes its recorded threads once at any scale. */
  readonly scale: number;
  /** See SystemOptions. */
  readonly warmUpNs?: number;
  readonly seed: string;
  readonly images: GuestImages;
}

/** The monitor and its guests. */
export interface NamedMonitorOptions {
  /** Guests, 1 or more; each runs the workload on its part of the processors, at least one. */
  readonly guests: number;
  /** Switches that are on; none for a system without a kernel that has them. */
  readonly switches: readonly (keyof KernelSwitches)[];
  /** Name of a placement policy, or what makes one. */
  readonly policy: string | PolicyMaker;
  /**
   * The first guest serves the files of all by NFS: they have their part of the machine's memory each, and it has three times as much,
   * which is more than there is together. Not unless given; needs two guests, and a workload with files beside the root.
   */
  readonly nfs?: boolean;
  readonly options?: Omit<DiscoOptions, 'services' | 'policy'>;
}

/**
 * What a `SystemRun` takes. pmake has an instance for each processor of a guest, as in Figures 6 and 7 of the Disco paper: eight
 * in all on eight processors, with any number of guests up to that. Throws a RangeError for an unknown name, for a scale
 * that is not above 0, and for a workload or switches that the system does not have.
 */
export function systemOptions(options: NamedRunOptions): SystemOptions {
  plainObject(options, 'the options of a run by name');
  const { machine, monitor, seed, warmUpNs = 0 } = options;
  if (monitor !== null) plainObject(monitor, 'the monitor of a run by name');
  const host = monitor === null ? bareHostFor(options) : discoHostFor(monitor);
  return { host, guests: guestsFor(options), machine, seed, warmUpNs };
}

function bareHostFor({ workload, system, machine }: NamedRunOptions): BareHost {
  const resolved = resolve(machine);
  if (profileOf(system) !== null) return { kind: 'bare', layout: pageLayout(workload, resolved) };
  return { kind: 'bare', layout: resolved.nodes.length > 1 ? 'interleaved' : 'linear' };
}

function discoHostFor({ policy, options = {} }: NamedMonitorOptions): DiscoHost {
  return { kind: 'disco', monitor: { ...options, policy: madePolicy(policy) } };
}

function guestsFor({ workload, system, machine, monitor, scale, seed, images }: NamedRunOptions): Guests {
  const { guests, switches, nfs = false } = monitor ?? { guests: 1, switches: [] };
  const shares = sharesOf(processorsOf(resolve(machine)), guests);
  const profile = profileOf(system);
  if (profile === null) {
    if (nfs) throw new RangeError(`${system} cannot serve files by NFS; use another system`);
    if (switches.length > 0)
      throw new RangeError(`${system} has no switches, but ${switches.join(', ')} would be on; give none`);
    const programs = shares.map(processors => splashProgram(workload, { scale, processors, seed, images }));
    return splashGuests({ guests: programs.map((program, guest) => ({ ...program, processors: shares[guest] })) });
  }
  const all = shares.reduce((sum, processors) => sum + processors, 0);
  let first = 0;
  const own = shares.map((processors): CommodityGuestOptions => {
    const made = makeWorkload(workload, { scale, processors, seed, images, part: { first, all } });
    first += processors;
    return { workload: made, processors };
  });
  return commodityGuests({
    profile,
    switches: Object.fromEntries(switches.map(name => [name, true])),
    guests: nfs ? withNfsServer(own, partOfMemory(resolve(machine), guests)) : own,
  });
}

/** Bytes of an equal part of the machine's memory, in whole pages. */
function partOfMemory({ nodes, pageBytes }: ResolvedSpecification, parts: number): number {
  const all = nodes.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
  return Math.floor(all / parts / pageBytes) * pageBytes;
}

/** Processors for each guest: equal parts as far as they divide, at least one. Throws a RangeError for no guests. */
export function sharesOf(processors: number, guests: number): number[] {
  wholeNumber(processors, 'processors', 1, 8192);
  wholeNumber(guests, 'guests', 1, 8192);
  const [least, more] = [Math.floor(processors / guests), processors % guests];
  return Array.from({ length: guests }, (_, guest) => Math.max(1, least + (guest < more ? 1 : 0)));
}
