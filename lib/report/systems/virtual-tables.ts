/** The tables of a virtual run's report. */
import { WORK } from '../../monitor/work.js';
import { html, type Html } from '../html.js';
import { missesTable, table } from './native-tables.js';
import { count, counted, decimal, duration, ratio } from '../format.js';
import type { VirtualResult } from '../../experiments/systems/virtual-result.js';
import { contendedLocks, servicesWithMonitor, words } from './virtual-words.js';

/** Every service with the monitor's work for it by kind; the first kinds are the columns of Table 2 of the Disco paper. */
export function servicesTable(result: VirtualResult): Html {
  return table(
    'Services of the guests with what the monitor did meanwhile, percent of the time of all processors',
    ['service', 'count', 'mean with monitor', 'kernel', ...WORK],
    servicesWithMonitor(result).map(({ name, count: times, meanNs, kernel, monitor: work }) => [
      ...[name, count(times), duration(meanNs), decimal(kernel, 2)],
      ...work.map(share => decimal(share, 2)),
    ]),
  );
}

/** What the monitor counted, and what it did to pages and translations, if it did anything. */
export function monitorTables({ monitor, placement, shootdown, elapsedNs }: VirtualResult): Html {
  const rates = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts).map(([name, value]) => [
      ...[words(name), count(value), decimal(ratio(value, elapsedNs / 1e6), 2)],
    ]);
  const headings = ['what', 'count', 'per ms'];
  return html`${table('What the monitor counted', headings, rates(monitor))} ${placementTable(placement)}
  ${shootdown.requests > 0 && table('Shootdown', headings, rates(shootdown))}`;
}

function placementTable(placement: VirtualResult['placement']): Html | null {
  const hot = placement.hotPages ?? 0;
  const rows = (['migration', 'replication', 'collapse'] as const).map(kind => {
    const times = placement[`${kind}s`] ?? 0;
    return { kind, times, meanNs: times === 0 ? 0 : (placement[`${kind}Ns`] ?? 0) / times };
  });
  if (hot === 0 && rows.every(({ times }) => times === 0)) return null;
  return table(
    `Placement: ${counted(hot, 'hot page')}`,
    ['what', 'count', 'mean time'],
    rows.map(({ kind, times, meanNs }) => [kind, count(times), duration(meanNs)]),
  );
}

/** When each guest ended. */
export function guestsTable({ guests }: VirtualResult): Html {
  return table(
    'Guests; the end is counted from the beginning of what is measured',
    ['guest', 'processors', 'MB', 'ended at ms', 'processes', 'contended locks'],
    guests.map(guest => [
      ...[guest.name, count(guest.processors), decimal(guest.memoryBytes / 2 ** 20, 2)],
      guest.endedNs === null ? 'not ended' : decimal(guest.endedNs / 1e6, 2),
      ...[count(guest.processes), contendedLocks(guest)],
    ]),
  );
}

/** Misses, and the disks if there are any. */
export function missesAndDisks(result: VirtualResult): Html {
  return html`${missesTable(result)} ${result.disks.length > 0 && disksTable(result)}`;
}

function disksTable({ disks }: VirtualResult): Html {
  return table(
    'Disks',
    ['disk', 'of', 'mounted at', 'reads', 'writes', 'busy %', 'mean wait', 'pages mapped', 'sectors copied'],
    disks.map(disk => [
      ...[disk.name, disk.guest < 0 ? 'all' : `guest ${disk.guest}`, disk.mount, count(disk.reads)],
      ...[count(disk.writes), decimal(disk.busy, 1), duration(disk.meanWaitNs)],
      ...[count(disk.pagesMapped), count(disk.sectorsCopied)],
    ]),
  );
}
