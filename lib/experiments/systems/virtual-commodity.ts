/** The commodity kernel as a guest of a virtual run: boots, reads its programs, waits for the others, and runs its workload. */
import type { Code } from '../../system/code.js';
import { FileServices, type KernelDisk } from '../../guest/commodity/file-services.js';
import { CommodityKernel } from '../../guest/commodity/kernel.js';
import type { PageUse } from '../../guest/commodity/memory/physical-pages.js';
import type { Process } from '../../guest/commodity/process.js';
import type { Profile } from '../../guest/commodity/profile.js';
import { SERVICES } from '../../guest/commodity/services.js';
import { NO_SWITCHES, type KernelSwitches } from '../../guest/commodity/switches.js';
import type { Thread } from '../../guest/commodity/threads.js';
import { GuestError } from '../../system/guest-error.js';
import type { Disco } from '../../monitor/disco.js';
import type { VirtualMachine } from '../../monitor/virtual-machine.js';
import { compute } from '../../processor/operations.js';
import { MEASURE, type GuestWorkload } from '../../workloads/guest-workload.js';
import { lockCounts, locksOf } from './native-figures.js';
import {
  cyclesToWait,
  type CommonStart,
  type GuestPhase,
  type GuestPlace,
  type GuestPlan,
  type GuestRun,
  type VirtualGuests,
} from './virtual-guest.js';
import type { MemoryUse, VirtualGuestResult } from './virtual-result.js';
import { BOOT_BLOCK } from './virtual-system.js';
import { warm } from './warm.js';

/** What guests with a commodity kernel are made with. */
export interface CommodityGuestsOptions {
  readonly profile: Profile;
  /** What the authors of Disco changed in the kernel; nothing unless given. The mapped segment is always there. */
  readonly switches?: Partial<KernelSwitches>;
  /** Workload and virtual processors of each, at least 1. Their root disks are equal: they share one. */
  readonly guests: readonly { readonly workload: GuestWorkload; readonly processors: number }[];
}

/** Guests of a virtual run with a commodity kernel each. */
export function commodityGuests({ profile, switches = {}, guests }: CommodityGuestsOptions): VirtualGuests {
  return {
    system: profile.name,
    switches: Object.entries({ ...NO_SWITCHES, ...switches }).flatMap(([name, on]) => (on ? [name] : [])),
    services: SERVICES,
    plans: guests.map(({ workload, processors }): GuestPlan => {
      const plan: GuestPlan = {
        ...{ workload: workload.name, processors, disks: workload.disks },
        make: place => new CommodityGuest(plan, workload, place, makeKernel(place, { profile, switches, workload })),
      };
      return plan;
    }),
  };
}

/** IRIX ticks 100 times a second. */
const TICK_NS = 10_000_000;
/**
 * Pages of a command by which the programs are read: 64 KB, as much as the kernel itself writes at once. Page by page the host
 * takes twice as long to boot a guest: every command is a thread that sleeps, a processor that idles, and an interrupt.
 */
const PAGES_AT_ONCE = 16;

function makeKernel(
  { disco, virtual, pages }: GuestPlace,
  made: { readonly profile: Profile; readonly switches: Partial<KernelSwitches>; readonly workload: GuestWorkload },
): CommodityKernel {
  const { clockMHz } = disco.machine.specification.processor;
  return new CommodityKernel({
    profile: made.profile,
    processors: virtual.specification.processors,
    pages,
    countsPerTick: (clockMHz * TICK_NS) / 2000,
    tickNs: TICK_NS,
    sliceTicks: 10,
    mostProcesses: 256,
    executables: made.workload.executables,
    mapped: true,
    switches: made.switches,
  });
}

const USE: Readonly<Record<PageUse, MemoryUse>> = {
  free: 'free in guest',
  kernel: 'kernel data',
  stack: 'kernel data',
  table: 'kernel data',
  network: 'kernel data',
  user: 'processes',
  file: 'buffer cache',
};

export class CommodityGuest implements GuestRun {
  readonly plan: GuestPlan;
  readonly virtual: VirtualMachine;
  phase: GuestPhase = 'boot';
  private readonly workload: GuestWorkload;
  readonly kernel: CommodityKernel;
  readonly files: FileServices;
  private readonly common: CommonStart;
  /** Calls of `measure` so far. */
  private marks = 0;
  private locksBefore: ReturnType<typeof lockCounts> = new Map();

  constructor(plan: GuestPlan, workload: GuestWorkload, place: GuestPlace, kernel: CommodityKernel) {
    const { virtual, disks, common } = place;
    this.plan = plan;
    this.workload = workload;
    this.virtual = virtual;
    this.kernel = kernel;
    this.common = common;
    const found = disks.map(({ mount }, device): KernelDisk => ({
      ...{ bridge: virtual.bridge, device, mount },
      interruptTo: device % plan.processors,
    }));
    this.files = new FileServices(kernel, { disks: found, descriptors: 64, readAheadPages: 8, flushTicks: 100 });
    kernel.calls.set(MEASURE, thread => this.mark(thread));
  }

  get windowNs(): number {
    return this.workload.window?.ns ?? Infinity;
  }

  start(disco: Disco): void {
    const { virtual, kernel } = this;
    disco.start(
      virtual,
      kernel,
      kernel.boot(thread => this.first(thread)),
    );
  }

  begin(): void {
    this.locksBefore = lockCounts(this.kernel);
  }

  fault(): string | null {
    if (this.kernel.physical.statistics.refused === 0) return null;
    return 'memory is exhausted; give the machine more memory, or run fewer guests';
  }

  useOf(physical: number): MemoryUse {
    const { textPages, physical: pages } = this.kernel;
    return physical < textPages ? 'kernel text' : USE[pages.useOf(physical)];
  }

  result(): Omit<VirtualGuestResult, 'endedNs'> {
    const { virtual, workload, kernel } = this;
    return {
      name: virtual.name,
      description: workload.description,
      processors: virtual.specification.processors,
      memoryBytes: virtual.specification.memoryBytes,
      processes: kernel.processes.statistics.made,
      locks: locksOf(kernel, this.locksBefore),
    };
  }

  /** What the kernel's first thread does. */
  private *first(thread: Thread): Code {
    const { kernel, workload, common } = this;
    yield* this.loadText(thread);
    yield* this.files.start(thread);
    yield* warm(thread, workload, this.files, PAGES_AT_ONCE);
    if (workload.window === undefined) {
      this.phase = 'ready';
      // Nothing of the workload is to come before what is measured.
      while (!common.go()) yield compute(cyclesToWait(common));
    } else this.phase = 'start';
    const running: Process[] = [];
    for (const { path, args } of workload.start) {
      const process = yield* kernel.processes.spawn(thread, path, args);
      if (typeof process === 'number') throw new GuestError(`${path} cannot be started: error ${process}`);
      running.push(process);
    }
    while (running.some(process => !process.ended)) yield* kernel.firstEnded.sleep(thread);
    const failed = running.find(({ status }) => status !== 0);
    if (failed !== undefined) throw new GuestError(`${failed.name} ended with status ${failed.status}, not 0`);
    if (this.marks < (workload.window?.marks ?? 0))
      throw new GuestError(`${workload.name} ended before what is to be measured began`);
    this.phase = 'over';
  }

  /**
   * Reads the kernel's text from the root disk into the pages where it runs, as a boot loader does: so that guests which share
   * that disk share the text. Its content means nothing to the model; that it came from the disk does.
   */
  private *loadText(thread: Thread): Code {
    const [root] = this.files.drivers;
    if (root === undefined) return;
    const pages = Array.from({ length: this.kernel.textPages }, (_, page) => page);
    const error = yield* root.transfer(thread, 'read', BOOT_BLOCK, pages);
    if (error !== 0) throw new GuestError(`the kernel cannot be read from the root disk: error ${error}`);
  }

  /** A program says that it is where what is measured begins or ends. */
  private *mark(thread: Thread): Code<number> {
    const { window } = this.workload;
    this.marks++;
    if (this.marks === window?.marks) this.phase = 'ready';
    if (this.marks === window?.endMarks) this.phase = 'over';
    yield* this.kernel.work('system call', thread.record);
    return 0;
  }
}
