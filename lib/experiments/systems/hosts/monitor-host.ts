/** Disco on a machine, with a virtual machine for each guest. */
import type { KernelDisk } from '../../../guest/commodity/calls/file-services.js';
import type { KernelStation } from '../../../guest/commodity/network/station.js';
import { buildMachine, type Machine } from '../../../machine/machine.js';
import { resolve, type ResolvedSpecification } from '../../../machine/specification/specification.js';
import { CARD_BUFFERS } from '../../../monitor/devices/machine-devices.js';
import { Disco } from '../../../monitor/disco.js';
import { PMAP_ENTRY_BYTES } from '../../../monitor/memory/pmap.js';
import { SECOND_LEVEL_BYTES } from '../../../monitor/processors/second-level-tlb.js';
import type { VirtualDiskSpecification, VirtualMachine } from '../../../monitor/virtual-machine.js';
import { Activity } from '../../../processor/software.js';
import { Context } from '../../../processor/context.js';
import type { Program } from '../../../processor/operations.js';
import { firstTouch } from '../../../placement/policies/static/first-touch.js';
import { GuestError } from '../../../system/guest-error.js';
import type { Host, MappedCounts } from './host.js';
import { mappedCounts, monitorCounts, monitorWorkOf, since, type MonitorCounts } from './monitor-figures.js';
import { memoryOf } from './monitor-memory.js';
import type { CommonStart, DiscoHost, GuestPlace, GuestPlan, GuestRun, SystemOptions } from '../plan.js';
import type { MonitorResult } from '../system-result.js';
import { BOOT_BLOCK, fillDisk, withDisks, type MachineDisk } from './system-disks.js';

/** The most memory of a guest: what its mapped kernel segment reaches. */
const MOST_BYTES = 255 * 2 ** 20;
/** Pages of records, nodes of trees and special pages that the monitor gets for each guest, and for each of its processors. */
const GUEST_RECORDS = 48;
const PROCESSOR_RECORDS = 2;
/**
 * Pages of a command by which programs are read: 64 KB, as much as the kernel itself writes at once. Page by page the host
 * takes twice as long to boot a guest: every command is a thread that sleeps, a processor that idles, and an interrupt.
 */
const PAGES_AT_ONCE = 16;

/** A guest in its virtual machine. */
export interface VirtualGuest {
  readonly virtual: VirtualMachine;
  readonly guest: GuestRun;
}

/** Disco as a host. */
export class MonitorHost implements Host {
  readonly disco: Disco;
  readonly disks: readonly MachineDisk[];
  readonly virtualGuests: readonly VirtualGuest[];
  readonly layout = null;
  private readonly policy: string;
  private countsBefore: MonitorCounts;
  private mappedBefore: readonly MappedCounts[] = [];

  /** Builds all of it. Throws a GuestError for guests that cannot be, a DiscoError or SpecificationError for what else cannot. */
  constructor(options: SystemOptions, { monitor = {} }: DiscoHost, common: CommonStart) {
    const { seed, runAhead = true } = options;
    const { plans, services } = options.guests;
    checkGuests(plans);
    const specification = resolve(options.machine);
    const homes = homesOf(plans, specification);
    this.disks = disksOf(plans, specification, homes);
    // A policy that moves pages brings the settings of the counters that it uses.
    const counters = monitor.policy?.counters ?? specification.counters;
    const machine = buildMachine(withDisks(options.machine, this.disks), {
      seed,
      runAhead,
      missCauses: true,
      counters,
    });
    for (const disk of this.disks) fillDisk(machine, disk, plans[Math.max(0, disk.guest)].disks);
    this.disco = new Disco(machine, { ...monitor, services });
    this.policy = (monitor.policy ?? firstTouch()).name;
    const pages = pagesOf(this.disco, plans);
    this.virtualGuests = plans.map((plan, number) => this.make(plan, number, pages[number], homes[number], common));
    this.countsBefore = monitorCounts(this.disco);
  }

  /** The machine that the monitor runs on. */
  get machine(): Machine {
    return this.disco.machine;
  }

  /** The guests, in the order of their virtual machines. */
  get guests(): readonly GuestRun[] {
    return this.virtualGuests.map(({ guest }) => guest);
  }

  check(): void {
    const ended = this.virtualGuests.filter(({ virtual }) => virtual.failure !== null);
    if (ended.length === this.virtualGuests.length)
      throw new GuestError(
        ended.map(({ virtual }) => `${virtual.name} was ended by the monitor: ${virtual.failure}`).join('; '),
      );
    for (const server of ended) this.checkClients(server);
    for (const { virtual, guest } of this.virtualGuests) {
      const fault = virtual.failure === null ? guest.fault() : null;
      if (fault !== null)
        throw tooSmall(guest.plan, virtual, `${fault}; give the machine more memory, or run fewer guests`);
    }
  }

  /** Clients of a server that was ended would wait for it for ever. */
  private checkClients({ virtual, guest }: VirtualGuest): void {
    const address = guest.plan.network?.address;
    const clients = this.virtualGuests.filter(
      one =>
        one.guest.phase !== 'over' && one.guest.plan.network?.mounts.some(({ server }) => server === address) === true,
    );
    if (clients.length > 0)
      throw new GuestError(
        `${virtual.name}, which has the files of ${clients.map(one => one.virtual.name).join(', ')}, was ended by the monitor: ${virtual.failure}`,
      );
  }

  failureOf(guest: GuestRun): string | null {
    return this.virtualGuests.find(one => one.guest === guest)!.virtual.failure;
  }

  begin(): void {
    this.disco.statistics.reset();
    this.countsBefore = monitorCounts(this.disco);
    this.mappedBefore = this.disks.map(({ name }) => mappedCounts(name, this.virtualGuests));
    for (const guest of this.guests) guest.begin();
  }

  mapped(disk: number): MappedCounts {
    const { name } = this.disks[disk];
    const now = mappedCounts(name, this.virtualGuests);
    const before = this.mappedBefore[disk] ?? { pagesMapped: 0, sectorsCopied: 0 };
    return {
      pagesMapped: now.pagesMapped - before.pagesMapped,
      sectorsCopied: now.sectorsCopied - before.sectorsCopied,
    };
  }

  monitorResult(services: readonly string[], elapsed: number): MonitorResult {
    const { disco, countsBefore, policy } = this;
    const { secondLevelTlb, quantumNs, gang } = disco.options;
    const counts = monitorCounts(disco);
    const { requests, interrupts, entries } = counts.shootdown;
    const before = countsBefore.shootdown;
    return {
      options: { policy, secondLevelTlb, quantumNs, gang },
      work: monitorWorkOf(services, disco.machine, elapsed),
      counts: since(counts.statistics, countsBefore.statistics),
      placement: since(counts.placement, countsBefore.placement),
      shootdown: {
        requests: requests - before.requests,
        interrupts: interrupts - before.interrupts,
        entries: entries - before.entries,
      },
      memory: memoryOf(disco, this.virtualGuests),
    };
  }

  private make(
    plan: GuestPlan,
    number: number,
    pages: number,
    homes: readonly number[],
    common: CommonStart,
  ): VirtualGuest {
    const { disco } = this;
    const disks = this.disks.filter(({ guest }) => guest < 0 || guest === number);
    const virtual = disco.create({
      name: `guest ${number}`,
      processors: plan.processors,
      homes,
      memoryBytes: pages * disco.machine.map.pageBytes,
      ...(plan.network === undefined ? {} : { address: plan.network.address }),
      disks: disks.map(({ name, guest }): VirtualDiskSpecification => ({
        disk: name,
        mode: guest < 0 ? 'copy-on-write' : 'private',
      })),
    });
    try {
      return { virtual, guest: plan.make(placeOf(disco, virtual, disks, common)) };
    } catch (error) {
      throw error instanceof RangeError ? tooSmall(plan, virtual, error.message) : error;
    }
  }
}

function placeOf(
  disco: Disco,
  virtual: VirtualMachine,
  disks: readonly MachineDisk[],
  common: CommonStart,
): GuestPlace {
  const { processors, memoryBytes } = virtual.specification;
  return {
    name: virtual.name,
    processors,
    clockMHz: disco.machine.specification.processor.clockMHz,
    pages: memoryBytes / disco.machine.map.pageBytes,
    memoryBytes,
    mapped: true,
    disks: disks.map(({ mount }, device): KernelDisk => ({
      bridge: virtual.bridge,
      device,
      interruptTo: device % processors,
      mount,
    })),
    station: stationOf(virtual),
    boot: { pagesAtOnce: PAGES_AT_ONCE, textBlock: BOOT_BLOCK, together: true },
    common,
    start: (software, contexts) =>
      disco.start(
        virtual,
        software,
        contexts.map(context => context ?? new Context(nothing(), Activity.Idle)),
      ),
  };
}

/** The card of a guest with an address, which is the device after its disks. */
function stationOf({ bridge, specification }: VirtualMachine): KernelStation | null {
  const { address, disks = [] } = specification;
  if (address === undefined) return null;
  const card = { bridge, device: disks.length, mtuBytes: Infinity, buffers: CARD_BUFFERS, scatters: true };
  return { address, card, interruptTo: 0 };
}

/** For a processor without a context. */
function* nothing(): Program {}

function checkGuests(plans: readonly GuestPlan[]): void {
  const [first, ...others] = plans;
  if (first === undefined) throw new GuestError('there is no guest; give at least one');
  const root = ({ disks }: GuestPlan): string => JSON.stringify(disks[0]?.tree);
  const odd = others.findIndex(other => root(other) !== root(first));
  if (odd >= 0)
    throw new GuestError(
      `guests share their root disk, but that of guest ${odd + 1} has other files than that of guest 0; put them on other disks`,
    );
}

/** Processors that guests begin on: one guest's after the other's. */
function homesOf(plans: readonly GuestPlan[], { nodes }: ResolvedSpecification): number[][] {
  const count = nodes.reduce((sum, { processors }) => sum + processors, 0);
  let next = 0;
  return plans.map(({ processors }) => Array.from({ length: processors }, () => next++ % count));
}

/** The node of a processor. */
function nodeOf({ nodes }: ResolvedSpecification, processor: number): number {
  let first = 0;
  return nodes.findIndex(({ processors }) => processor < (first += processors));
}

/** One disk for the root of all guests, then the others of each, at the node where the guest begins. */
function disksOf(
  plans: readonly GuestPlan[],
  specification: ResolvedSpecification,
  homes: readonly (readonly number[])[],
): MachineDisk[] {
  const root = plans[0].disks.slice(0, 1).map(({ mount }) => ({ guest: -1, mount }));
  const own = plans.flatMap(({ disks }, guest) => disks.slice(1).map(({ mount }) => ({ guest, mount })));
  return [...root, ...own].map(({ guest, mount }, number) => {
    const node = nodeOf(specification, guest < 0 ? 0 : homes[guest][0]);
    return { name: `disk${number}`, guest, mount, node };
  });
}

/** Physical pages of each guest: what its plan says, or equal parts of what is left when the monitor and those have what they need. */
function pagesOf({ frames, options, machine }: Disco, plans: readonly GuestPlan[]): number[] {
  const { pageBytes } = machine.map;
  const entries = options.secondLevelTlb?.entries ?? 0;
  const perProcessor = PROCESSOR_RECORDS + Math.ceil((entries * SECOND_LEVEL_BYTES) / pageBytes);
  const records = plans.reduce((sum, { processors }) => sum + GUEST_RECORDS + processors * perProcessor, 0);
  const withPmap = (pages: number): number => Math.ceil((pages * (pageBytes + PMAP_ENTRY_BYTES)) / pageBytes);
  const given = plans.reduce((sum, { memoryBytes = 0 }) => sum + withPmap(memoryBytes / pageBytes), 0);
  const others = plans.filter(({ memoryBytes }) => memoryBytes === undefined).length;
  const share = Math.max(0, frames.allFree - records - given) / Math.max(1, others);
  const pages = Math.min(Math.floor((share * pageBytes) / (pageBytes + PMAP_ENTRY_BYTES)), MOST_BYTES / pageBytes);
  return plans.map(({ memoryBytes }) => (memoryBytes === undefined ? pages : memoryBytes / pageBytes));
}

/** A guest has too little memory for its workload. */
function tooSmall({ workload }: GuestPlan, { name, specification }: VirtualMachine, why: string): GuestError {
  return new GuestError(`${workload} in ${name} with ${megabytes(specification.memoryBytes)}: ${why}`);
}

/** Downwards, so that it is not more than there is; a tenth counts where there is little. */
function megabytes(bytes: number): string {
  const tenths = Math.floor((10 * bytes) / 2 ** 20);
  return `${tenths < 100 ? tenths / 10 : Math.floor(tenths / 10)} MB`;
}
