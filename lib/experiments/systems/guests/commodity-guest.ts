/** The commodity kernel as a guest: boots, reads its programs, waits for the other guests, and runs its workload. */
import type { Code } from '../../../system/code.js';
import { FileServices } from '../../../guest/commodity/calls/file-services.js';
import { CommodityKernel } from '../../../guest/commodity/kernel.js';
import type { PageUse } from '../../../guest/commodity/memory/physical-pages.js';
import type { Process } from '../../../guest/commodity/processes/process.js';
import type { Profile } from '../../../guest/commodity/profile.js';
import { SERVICES } from '../../../guest/commodity/services.js';
import { NO_SWITCHES, type KernelSwitches } from '../../../guest/commodity/switches.js';
import type { Thread } from '../../../guest/commodity/processes/threads.js';
import { GuestError } from '../../../system/guest-error.js';
import { compute } from '../../../processor/operations.js';
import { MEASURE, type GuestWorkload } from '../../../workloads/guest-workload.js';
import { lockCounts, locksOf } from '../figures.js';
import { cyclesToWait, type GuestPhase, type GuestPlace, type GuestPlan, type GuestRun, type Guests } from '../plan.js';
import type { GuestResult, MemoryUse } from '../system-result.js';
import { GuestNfs, nfsParts, type NfsPart } from './guest-nfs.js';
import { warm } from './warm.js';

/** What guests with a commodity kernel are made with. */
export interface CommodityGuestsOptions {
  readonly profile: Profile;
  /** What the authors of Disco changed in the kernel; nothing unless given. A place says whether its segment is mapped. */
  readonly switches?: Partial<KernelSwitches>;
  /** At least 1. Under a monitor their root disks are equal: they share one. */
  readonly guests: readonly CommodityGuestOptions[];
}

/** What a guest is made with; see GuestPlan. */
export interface CommodityGuestOptions extends Pick<GuestPlan, 'processors' | 'memoryBytes' | 'network'> {
  readonly workload: GuestWorkload;
}

/** Guests with a commodity kernel each. */
export function commodityGuests({ profile, switches = {}, guests }: CommodityGuestsOptions): Guests {
  const parts = nfsParts(guests.map(({ network }) => network));
  return {
    system: profile.name,
    switches: Object.entries({ ...NO_SWITCHES, ...switches }).flatMap(([name, on]) => (on ? [name] : [])),
    services: SERVICES,
    plans: guests.map(({ workload, ...more }, number): GuestPlan => {
      const plan: GuestPlan = {
        workload: workload.name,
        ...more,
        disks: workload.disks,
        make: place => {
          const kernel = makeKernel(place, { profile, switches, workload });
          return new CommodityGuest(plan, { workload, place, kernel, nfs: parts[number] });
        },
      };
      return plan;
    }),
  };
}

/** IRIX ticks 100 times a second. */
const TICK_NS = 10_000_000;
/** Pages that the unmapped segment reaches: 512 MB. What a machine has beyond, the kernel does not use. */
const MOST_PAGES = 0x20000000 / 4096;

function makeKernel(
  { clockMHz, mapped, pages, processors }: GuestPlace,
  made: { readonly profile: Profile; readonly switches: Partial<KernelSwitches>; readonly workload: GuestWorkload },
): CommodityKernel {
  return new CommodityKernel({
    profile: made.profile,
    processors,
    pages: mapped ? pages : Math.min(pages, MOST_PAGES),
    countsPerTick: Math.round((clockMHz * TICK_NS) / 2000),
    tickNs: TICK_NS,
    sliceTicks: 10,
    mostProcesses: 256,
    executables: made.workload.executables,
    mapped,
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

/** No switches, processes or wake-ups. */
const NOTHING = { switches: 0, migrations: 0, wakeUps: 0 };

/** What a guest is put together from. */
interface GuestParts {
  readonly workload: GuestWorkload;
  readonly place: GuestPlace;
  readonly kernel: CommodityKernel;
  readonly nfs: NfsPart | undefined;
}

/** A guest with a commodity kernel. */
export class CommodityGuest implements GuestRun {
  readonly plan: GuestPlan;
  readonly kernel: CommodityKernel;
  readonly files: FileServices;
  /** Null for a guest that is not on the subnet. @internal */
  readonly nfs: GuestNfs | null;
  phase: GuestPhase = 'boot';
  private readonly workload: GuestWorkload;
  private readonly place: GuestPlace;
  /** Calls of `measure` so far: they begin and end the window of measurement. */
  private marks = 0;
  private locksBefore: ReturnType<typeof lockCounts> = new Map();
  private schedulerBefore = NOTHING;

  /** @internal */
  constructor(plan: GuestPlan, { workload, place, kernel, nfs }: GuestParts) {
    this.plan = plan;
    this.workload = workload;
    this.place = place;
    this.kernel = kernel;
    this.files = new FileServices(kernel, { disks: place.disks, descriptors: 64, readAheadPages: 8, flushTicks: 100 });
    this.nfs =
      nfs === undefined || place.station === null ? null : new GuestNfs(kernel, this.files, place.station, nfs);
    kernel.calls.set(MEASURE, thread => this.mark(thread));
  }

  get windowNs(): number {
    return this.workload.window?.ns ?? Infinity;
  }

  start(): void {
    this.place.start(
      this.kernel,
      this.kernel.boot(thread => this.first(thread)),
    );
  }

  begin(): void {
    this.locksBefore = lockCounts(this.kernel);
    this.schedulerBefore = { ...this.kernel.scheduler.statistics };
  }

  finished(): void {
    // A kernel waits for interrupts of its clock: a machine that stands still is a fault of the run, which reports it.
  }

  fault(): string | null {
    if (this.kernel.physical.statistics.refused === 0) return null;
    return 'memory is exhausted';
  }

  useOf(physical: number): MemoryUse {
    const { textPages, physical: pages } = this.kernel;
    return physical < textPages ? 'kernel text' : USE[pages.useOf(physical)];
  }

  result(): Omit<GuestResult, 'endedNs' | 'failure'> {
    const { place, workload, kernel, schedulerBefore } = this;
    const { switches, migrations, wakeUps } = kernel.scheduler.statistics;
    const census = kernel.physical.census();
    // Text lies at the beginning of the kernel's own pages, and what is laid out for its data is not all in use.
    const { textPages, unusedDataPages } = kernel;
    const uses = {
      ...census,
      free: census.free + unusedDataPages,
      kernel: census.kernel - textPages - unusedDataPages,
      text: textPages,
    };
    return {
      name: place.name,
      description: workload.description,
      processors: place.processors,
      memoryBytes: place.memoryBytes,
      processes: kernel.processes.statistics.made,
      locks: locksOf(kernel, this.locksBefore),
      scheduler: {
        switches: switches - schedulerBefore.switches,
        migrations: migrations - schedulerBefore.migrations,
        wakeUps: wakeUps - schedulerBefore.wakeUps,
      },
      memory: Object.fromEntries(Object.entries(uses).map(([use, pages]) => [use, pages * kernel.pageBytes])),
    };
  }

  /** What the kernel's first thread does. */
  private *first(thread: Thread): Code {
    const { kernel, workload } = this;
    const { boot, common } = this.place;
    if (boot.textBlock !== null) yield* this.loadText(thread, boot.textBlock);
    yield* this.files.start(thread);
    if (this.nfs !== null) yield* this.nfs.serve(thread);
    yield* warm(thread, workload, this.files, boot.pagesAtOnce);
    // A server exports before it reads its programs, so that it does so before its clients mount.
    if (this.nfs !== null) yield* this.nfs.mount(thread);
    if (workload.window === undefined) {
      if (this.nfs !== null) yield* this.nfs.untilMounted(thread, common.clientsReady);
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
    if (this.nfs !== null) yield* this.nfs.serveOn(thread);
  }

  /**
   * Reads the kernel's text from the root disk into the pages where it runs, as a boot loader does: so that guests which share
   * that disk share the text. Its content means nothing to the model; that it came from the disk does.
   */
  private *loadText(thread: Thread, block: number): Code {
    const [root] = this.files.drivers;
    if (root === undefined) return;
    const pages = Array.from({ length: this.kernel.textPages }, (_, page) => page);
    const error = yield* root.transfer(thread, 'read', block, pages);
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
