/** Reads the monitor's part of a run off its processors, monitor and virtual disks. */
import type { Machine } from '../../../machine/machine.js';
import type { Disco } from '../../../monitor/disco.js';
import type { VirtualDisk } from '../../../monitor/disks/virtual-disk.js';
import type { PlacementWork } from '../../../system/placement-work.js';
import { WORK, work } from '../../../monitor/work.js';
import { sumOf } from '../figures.js';
import type { MappedCounts } from './host.js';
import type { VirtualGuest } from './monitor-host.js';
import type { MonitorService } from '../system-result.js';

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

/** What virtual disks have counted so far of a disk of the machine. */
export function mappedCounts(name: string, guests: readonly VirtualGuest[]): MappedCounts {
  const all = guests.flatMap(({ virtual }) =>
    (virtual.specification.disks ?? []).flatMap(({ disk }, index) =>
      disk === name ? [(virtual.devices[index] as VirtualDisk).counts] : [],
    ),
  );
  const sum = (what: keyof MappedCounts): number => all.reduce((total, counts) => total + counts[what], 0);
  return { pagesMapped: sum('pagesMapped'), sectorsCopied: sum('sectorsCopied') };
}

/** The numbers of an object with counts, as they are now. */
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
export function monitorCounts({ statistics, memory, devices }: Disco): MonitorCounts {
  const { stats, delivery } = devices.subnet;
  const subnet = {
    subnetFrames: stats.frames,
    subnetRemaps: delivery.stats.pagesRemapped,
    subnetBytesCopied: delivery.stats.bytesCopied,
  };
  return {
    statistics: { ...countsOf(statistics), ...subnet },
    placement: placementCounts(memory.placement.work),
    shootdown: { ...memory.shootdown.work },
  };
}

/** Counts and times of all that was done to pages, such as `migrations` and `migrationNs`. */
function placementCounts(work: PlacementWork): Record<string, number> {
  const { hotPages, pingPongs, ...actions } = work;
  const counts = Object.entries(actions).flatMap(([name, { count, ns }]) => [
    [name, count],
    [`${name.replace(/s$/, '')}Ns`, ns],
  ]);
  return { hotPages, pingPongs, ...(Object.fromEntries(counts) as Record<string, number>) };
}
