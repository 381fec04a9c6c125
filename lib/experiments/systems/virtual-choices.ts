/** Virtual runs by name: guests, a workload, and what the monitor and kernels are to be like. */
import { plainObject, wholeNumber } from '../../engine/checks.js';
import { NO_SWITCHES, type KernelSwitches } from '../../guest/commodity/switches.js';
import type { MachineSpecification } from '../../machine/specification/specification.js';
import { resolve } from '../../machine/specification/specification.js';
import type { DiscoOptions } from '../../monitor/options.js';
import type { GuestImages } from './guest-images.js';
import { makeWorkload, processorsOf, profileOf, type NativeSystem } from './native-choices.js';
import { policies } from '../policies.js';
import { splashProgram } from './splash-system.js';
import { commodityGuests } from './virtual-commodity.js';
import type { VirtualGuests } from './virtual-guest.js';
import { splashGuests } from './virtual-splash.js';
import type { VirtualOptions } from './virtual-system.js';

/** Names of the switches of the kernel. */
export const SWITCH_NAMES = Object.keys(NO_SWITCHES) as readonly (keyof KernelSwitches)[];

/** What a virtual run by name is made with. */
export interface NamedVirtualOptions {
  readonly workload: string;
  readonly system: NativeSystem;
  readonly machine: MachineSpecification;
  /** Guests, 1 or more; each runs the workload on its part of the processors, at least one. */
  readonly guests: number;
  /** Switches that are on; none for a system without a kernel that has them. */
  readonly switches: readonly (keyof KernelSwitches)[];
  /** Name of a placement policy. */
  readonly policy: string;
  readonly monitor?: Omit<DiscoOptions, 'services' | 'policy'>;
  readonly scale: number;
  readonly seed: string;
  readonly images: GuestImages;
}

/**
 * Everything that such a run takes. pmake has an instance for each virtual processor, as Figures 6 and 7 of the Disco paper: eight
 * in all on eight processors, however many guests there are up to that. Throws a RangeError for a name that there is not, for a
 * scale that is not above 0, and for what the system does not run or does not have.
 */
export function virtualOptions(options: NamedVirtualOptions): VirtualOptions {
  plainObject(options, 'the options of a virtual run');
  const { machine, policy, monitor = {}, seed } = options;
  const makePolicy = Object.hasOwn(policies, policy) ? policies[policy] : undefined;
  if (makePolicy === undefined)
    throw new RangeError(`there is no policy ${policy}; there are ${Object.keys(policies).join(', ')}`);
  return { guests: guestsOf(options), machine, seed, monitor: { ...monitor, policy: makePolicy() } };
}

function guestsOf(options: NamedVirtualOptions): VirtualGuests {
  const { workload, system, machine, switches, scale, seed, images } = options;
  const shares = sharesOf(processorsOf(resolve(machine)), options.guests);
  const profile = profileOf(system);
  if (profile === null) {
    if (switches.length > 0)
      throw new RangeError(`${system} has no switches, but ${switches.join(', ')} would be on; give none`);
    const program = splashProgram(workload, images);
    return splashGuests({ guests: shares.map(processors => ({ ...program, processors })) });
  }
  const all = shares.reduce((sum, processors) => sum + processors, 0);
  let first = 0;
  return commodityGuests({
    profile,
    switches: Object.fromEntries(switches.map(name => [name, true])),
    guests: shares.map(processors => {
      const made = makeWorkload(workload, { scale, processors, seed, images, part: { first, all } });
      first += processors;
      return { workload: made, processors };
    }),
  });
}

/** Processors for each guest: as equal as can be, at least one. Throws a RangeError for no guests. */
export function sharesOf(processors: number, guests: number): number[] {
  wholeNumber(processors, 'processors', 1, 8192);
  wholeNumber(guests, 'guests', 1, 8192);
  const [least, more] = [Math.floor(processors / guests), processors % guests];
  return Array.from({ length: guests }, (_, guest) => Math.max(1, least + (guest < more ? 1 : 0)));
}
