/** Reads the figures of a run off its processors, kernels and disks. */
import type { Disk } from '../../devices/disk.js';
import type { CommodityKernel } from '../../guest/commodity/kernel.js';
import type { LockStatistics } from '../../guest/commodity/locks/spinlock.js';
import type { Machine } from '../../machine/machine.js';
import type { Processor } from '../../processor/processor.js';
import { ACTIVITIES, Activity } from '../../processor/software.js';
import type { Host } from './hosts/host.js';
import type {
  DiskResult,
  LockResult,
  MissCauses,
  ProcessorResult,
  ServiceResult,
  SystemResult,
  SystemTime,
} from './system-result.js';

/** Activities of the kernel's code. */
const KERNEL = [Activity.Kernel, Activity.TlbRefill, Activity.PageFault, Activity.PageMoving, Activity.Interrupt];

const NO_COUNTS: Readonly<LockStatistics> = { acquisitions: 0, contended: 0, waitedNs: 0 };

/** Counts of locks at some time, by name: locks of one name count as one. */
type LockCounts = ReadonlyMap<string, Readonly<LockStatistics>>;

/** Adds up a figure of processors. */
export function sumOf(processors: readonly Processor[], figure: (processor: Processor) => number): number {
  return processors.reduce((sum, processor) => sum + figure(processor), 0);
}

/** Time of processors together, `elapsed` ticks each, in percent. They must be settled. */
export function timeOf(processors: readonly Processor[], elapsed: number): SystemTime {
  const whole = elapsed * processors.length;
  const percent = (ticks: number): number => (whole === 0 ? 0 : (100 * ticks) / whole);
  const activity = (index: number): number => sumOf(processors, ({ account }) => account.ticks[index]);
  const stalls = (side: 0 | 1): number =>
    sumOf(processors, ({ systemStalls }) => KERNEL.reduce((sum, index) => sum + systemStalls[2 * index + side], 0));
  const kernel = KERNEL.reduce((sum, index) => sum + activity(index), 0);
  const monitorStall = (side: 0 | 1): number =>
    sumOf(processors, ({ systemStalls }) => systemStalls[2 * Activity.Monitor + side]);
  return {
    user: percent(activity(Activity.User)),
    userCache: percent(activity(Activity.Cache)),
    userLocalStall: percent(activity(Activity.LocalStall)),
    userRemoteStall: percent(activity(Activity.RemoteStall)),
    kernel: percent(kernel - stalls(0) - stalls(1)),
    kernelLocalStall: percent(stalls(0)),
    kernelRemoteStall: percent(stalls(1)),
    synchronisation: percent(activity(Activity.Synchronisation)),
    monitor: percent(activity(Activity.Monitor) - monitorStall(0) - monitorStall(1)),
    monitorLocalStall: percent(monitorStall(0)),
    monitorRemoteStall: percent(monitorStall(1)),
    idle: percent(activity(Activity.Idle)),
  };
}

/** Percent of the time by activity. */
export function activitiesOf(processors: readonly Processor[], elapsed: number): Record<string, number> {
  const whole = elapsed * processors.length;
  return Object.fromEntries(
    ACTIVITIES.map((name, index) => {
      const ticks = sumOf(processors, ({ account }) => account.ticks[index]);
      return [name, whole === 0 ? 0 : (100 * ticks) / whole];
    }),
  );
}

/** Each processor. */
export function processorsOf(processors: readonly Processor[], elapsed: number): ProcessorResult[] {
  return processors.map(processor => ({
    path: processor.path,
    node: processor.nodeNumber,
    time: timeOf([processor], elapsed),
    localMisses: processor.stats.localMisses,
    remoteMisses: processor.stats.remoteMisses,
    tlbMisses: processor.stats.tlbMisses,
  }));
}

/** Services that were used. */
export function servicesOf(
  names: readonly string[],
  { processors, simulation }: Machine,
  elapsed: number,
): ServiceResult[] {
  const whole = elapsed * processors.length;
  return names.flatMap((name, number) => {
    const count = sumOf(processors, ({ services }) => services?.counts[number] ?? 0);
    const ticks = sumOf(processors, ({ services }) => services?.account.ticks[number] ?? 0);
    if (ticks === 0 && count === 0) return [];
    const meanNs = count === 0 ? 0 : simulation.time.ns(ticks) / count;
    return [{ name, count, meanNs, share: whole === 0 ? 0 : (100 * ticks) / whole }];
  });
}

/** What all locks have counted so far: to be taken off later. */
export function lockCounts(kernel: CommodityKernel): LockCounts {
  const counts = new Map<string, LockStatistics>();
  for (const { name, statistics } of kernel.lockStatistics()) {
    const { acquisitions, contended, waitedNs } = counts.get(name) ?? NO_COUNTS;
    counts.set(name, {
      acquisitions: acquisitions + statistics.acquisitions,
      contended: contended + statistics.contended,
      waitedNs: waitedNs + statistics.waitedNs,
    });
  }
  return counts;
}

/** What locks have counted since `before`. */
export function locksOf(kernel: CommodityKernel, before: LockCounts): LockResult[] {
  return [...lockCounts(kernel)].flatMap(([name, counts]) => {
    const earlier = before.get(name) ?? NO_COUNTS;
    const acquisitions = counts.acquisitions - earlier.acquisitions;
    const contended = counts.contended - earlier.contended;
    const waitedNs = counts.waitedNs - earlier.waitedNs;
    return acquisitions === 0 ? [] : [{ name, acquisitions, contended, waitedNs }];
  });
}

/** Misses of all processors. */
export function missesOf(processors: readonly Processor[]): SystemResult['misses'] {
  return {
    local: sumOf(processors, ({ stats }) => stats.localMisses),
    remote: sumOf(processors, ({ stats }) => stats.remoteMisses),
    causes: causesOf(processors),
  };
}

/** The disks that were added for the guests. */
export function disksOf(host: Host, elapsed: number): DiskResult[] {
  const { devices, simulation } = host.machine;
  return host.disks.map(({ name, mount, guest }, number) => {
    const { stats } = devices.get(name)!.component as Disk;
    const commands = stats.reads + stats.writes;
    return {
      name,
      mount,
      guest,
      reads: stats.reads,
      writes: stats.writes,
      busy: elapsed === 0 ? 0 : (100 * stats.busyTicks) / elapsed,
      meanWaitNs: commands === 0 ? 0 : simulation.time.ns(stats.waitedTicks) / commands,
      ...host.mapped(number),
    };
  });
}

function causesOf(processors: readonly Processor[]): SystemResult['misses']['causes'] {
  const all = processors.map(({ caches }) => caches.causes);
  if (all.some(causes => causes === null)) return null;
  const sum = (mode: 'user' | 'kernel'): MissCauses => {
    const of = (cause: keyof MissCauses): number => all.reduce((total, causes) => total + causes![mode][cause], 0);
    return { cold: of('cold'), capacity: of('capacity'), communication: of('communication') };
  };
  return { user: sum('user'), kernel: sum('kernel') };
}
