/** A bare machine with one guest: it has all processors, all memory, and the devices themselves. */
import type { KernelDisk } from '../../../guest/commodity/calls/file-services.js';
import { buildMachine, type Machine } from '../../../machine/machine.js';
import type { MachineSpecification } from '../../../machine/specification/specification.js';
import { GuestError } from '../../../system/guest-error.js';
import type { Host } from './host.js';
import type { BareHost, CommonStart, GuestPlace, GuestPlan, GuestRun, SystemOptions } from '../plan.js';
import { fillDisk, withDisks, type MachineDisk } from './system-disks.js';

/** Builds all of it. Throws a GuestError if the machine has too little memory, a SpecificationError if it is not valid. */
export function bareHost(options: SystemOptions, { layout }: BareHost, common: CommonStart): Host {
  const { seed, runAhead = true, guests } = options;
  const [plan, ...others] = guests.plans;
  if (plan === undefined || others.length > 0)
    throw new GuestError(`a bare machine has one guest, not ${guests.plans.length}; use a monitor for several`);
  if (plan.network !== undefined || plan.memoryBytes !== undefined)
    throw new GuestError(
      'a guest on a bare machine has all of its memory, and no subnet; leave out network and memoryBytes, or use a monitor',
    );
  const disks = disksOf(plan, options.machine);
  const machine = buildMachine(withDisks(options.machine, disks), { seed, layout, runAhead, missCauses: true });
  for (const disk of disks) fillDisk(machine, disk, plan.disks);
  const place = placeOf(machine, disks, common);
  if (plan.processors !== place.processors)
    throw new GuestError(
      `a guest on a bare machine has all of its processors: ${place.processors} on ${place.name}, not ${plan.processors}`,
    );
  const guest = makeGuest(plan, place);
  return {
    machine,
    guests: [guest],
    disks,
    layout,
    check() {
      const fault = guest.fault();
      if (fault !== null) throw tooSmall(plan, place, `${fault}; give the machine more memory`);
    },
    failureOf: () => null,
    begin: () => guest.begin(),
    mapped: () => ({ pagesMapped: 0, sectorsCopied: 0 }),
    monitorResult: () => null,
  };
}

function disksOf({ disks }: GuestPlan, machine: MachineSpecification): MachineDisk[] {
  const nodes = Array.isArray(machine.nodes) ? machine.nodes.length : (machine.nodes as { count: number }).count;
  return disks.map(({ mount }, number) => ({ name: `disk${number}`, guest: 0, mount, node: number % nodes }));
}

function placeOf(machine: Machine, disks: readonly MachineDisk[], common: CommonStart): GuestPlace {
  const { map, processors, specification } = machine;
  return {
    name: specification.name,
    processors: processors.length,
    clockMHz: specification.processor.clockMHz,
    pages: map.frames,
    memoryBytes: map.frames * map.pageBytes,
    mapped: false,
    disks: disks.map(({ name, mount }, number): KernelDisk => {
      const { bridge, index } = machine.devices.get(name)!;
      return { bridge, device: index, interruptTo: number % processors.length, mount };
    }),
    station: null,
    boot: { pagesAtOnce: 1, textBlock: null, together: false },
    common,
    start: (software, contexts) => machine.load(software, contexts),
  };
}

function makeGuest(plan: GuestPlan, place: GuestPlace): GuestRun {
  try {
    return plan.make(place);
  } catch (error) {
    throw error instanceof RangeError ? tooSmall(plan, place, error.message) : error;
  }
}

function tooSmall({ workload }: GuestPlan, { name, memoryBytes }: GuestPlace, why: string): GuestError {
  return new GuestError(`${workload} on ${name} with ${memoryBytes / 2 ** 20} MB: ${why}`);
}
