/** Reads the figures of a virtual run off its processors, monitor and disks. */
import type { Machine } from '../../machine/machine.js';
import type { Disco } from '../../monitor/disco.js';
import type { VirtualDisk } from '../../monitor/disks/virtual-disk.js';
import type { PlacementWork } from '../../monitor/memory/placement.js';
import { WORK, work } from '../../monitor/work.js';
import type { Processor } from '../../processor/processor.js';
import { Activity } from '../../processor/software.js';
import { disksOf, sumOf, timeOf } from './native-figures.js';
import type { MonitorService, VirtualDiskResult, VirtualTime } from './virtual-result.js';
import type { MachineDisk } from './virtual-guest.js';
import type { VirtualSystem } from './virtual-system.js';

/** Time of processors together, `elapsed` ticks each, in percent. They must be settled. */
export function virtualTimeOf(processors: readonly Processor[], elapsed: number): VirtualTime {
  const whole = elapsed * processors.length;
  const percent = (ticks: number): number => (whole === 0 ? 0 : (100 * ticks) / whole);
  const all = sumOf(processors, ({ account }) => account.ticks[Activity.Monitor]!);
  const local = sumOf(processors, ({ systemStalls }) => systemStalls[2 * Activity.Monitor]!);
  const remote = sumOf(processors, ({ systemStalls }) => systemStalls[2 * Activity.Monitor + 1]!);
  return {
    ...timeOf(processors, elapsed),
    monitor: percent(all - local - remote),
    monitorLocalStall: percent(local),
    monitorRemoteStall: percent(remote),
  };
}

/** The monitor's work by the guests' services, the largest first; what took no time is left out. */
export function monitorWorkOf(services: readonly string[], { processors }: Machine, elapsed: number): MonitorService[] {
  const whole = elapsed * processors.length;
  const rows = services.flatMap((service, number) =>
    WORK.map((kind): MonitorService => {
      const index = work(kind, number, services.length);
      const ticks = sumOf(processors, processor => processor.services?.account.ticks[index] ?? 0);
      return { service, work: kind, share: whole === 0 ? 0 : (100 * ticks) / whole };
    }),
  );
  return rows.filter(({ share }) => share > 0).sort((a, b) => b.share - a.share);
}

/** What virtual disks have counted of a disk of the machine so far: pages mapped, sectors copied. */
export interface MappedCounts {
  readonly pagesMapped: number;
  readonly sectorsCopied: number;
}

/** Of each disk of the machine. */
export function mappedCounts({ disks, guests }: VirtualSystem): MappedCounts[] {
  return disks.map(({ name }) => {
    const all = guests.flatMap(({ virtual }) =>
      (virtual.specification.disks ?? []).flatMap(({ disk }, index) =>
        disk === name ? [(virtual.devices[index] as VirtualDisk).counts] : [],
      ),
    );
    const sum = (what: keyof MappedCounts): number => all.reduce((total, counts) => total + counts[what], 0);
    return { pagesMapped: sum('pagesMapped'), sectorsCopied: sum('sectorsCopied') };
  });
}

/** The disks, with what was mapped and copied since `before`. */
export function virtualDisksOf(
  system: VirtualSystem,
  before: readonly MappedCounts[],
  elapsed: number,
): VirtualDiskResult[] {
  const { disks, machine } = system;
  const now = mappedCounts(system);
  const rows = disksOf(
    machine,
    disks.map(({ mount }: MachineDisk) => mount),
    elapsed,
  );
  return rows.map((row, number) => ({
    ...row,
    guest: disks[number]!.guest,
    pagesMapped: now[number]!.pagesMapped - (before[number]?.pagesMapped ?? 0),
    sectorsCopied: now[number]!.sectorsCopied - (before[number]?.sectorsCopied ?? 0),
  }));
}

/** Numbers that somebody counts, as they are now. */
export function countsOf(counted: object): Record<string, number> {
  return Object.fromEntries(Object.entries(counted).filter(([, value]) => typeof value === 'number'));
}

/** What was counted since `before`. */
export function since(
  now: Readonly<Record<string, number>>,
  before: Readonly<Record<string, number>>,
): Record<string, number> {
  return Object.fromEntries(Object.entries(now).map(([name, value]) => [name, value - (before[name] ?? 0)]));
}

/** All counts of a monitor that a run reports. */
export interface MonitorCounts {
  readonly statistics: Record<string, number>;
  readonly placement: Record<string, number>;
  readonly shootdown: { requests: number; interrupts: number; entries: number };
}

/** As they are now. */
export function monitorCounts({ statistics, memory }: Disco): MonitorCounts {
  return {
    statistics: countsOf(statistics),
    placement: placementCounts(memory.placement.work),
    shootdown: { ...memory.shootdown.work },
  };
}

function placementCounts({ hotPages, migrations, replications, collapses }: PlacementWork): Record<string, number> {
  return {
    hotPages,
    ...{ migrations: migrations.count, migrationNs: migrations.ns },
    ...{ replications: replications.count, replicationNs: replications.ns },
    ...{ collapses: collapses.count, collapseNs: collapses.ns },
  };
}
