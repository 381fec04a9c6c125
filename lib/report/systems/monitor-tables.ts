/** The tables that only a report of a run under the monitor has. */
import { WORK } from '../../monitor/work.js';
import { html, type Html } from '../markup.js';
import { table } from './tables.js';
import { count, counted, decimal, duration, ratio } from '../format.js';
import type { MonitorResult, SystemResult } from '../../experiments/systems/system-result.js';
import { contendedLocks, servicesWithMonitor, words } from './words.js';

/** Every service with the monitor's work for it by kind; the first kinds are the columns of Table 2 of the Disco paper. */
export function servicesWithMonitorTable(result: SystemResult): Html {
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
export function monitorTables({ counts, placement, shootdown }: MonitorResult, elapsedNs: number): Html {
  const rates = (of: Readonly<Record<string, number>>) =>
    Object.entries(of).map(([name, value]) => [
      ...[words(name), count(value), decimal(ratio(value, elapsedNs / 1e6), 2)],
    ]);
  const headings = ['what', 'count', 'per ms'];
  return html`${table('What the monitor counted', headings, rates(counts))} ${placementTable(placement)}
  ${shootdown.requests > 0 && table('Shootdown', headings, rates(shootdown))}`;
}

function placementTable(placement: MonitorResult['placement']): Html | null {
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
export function guestsTable({ guests }: SystemResult): Html {
  return table(
    'Guests; the end is counted from the beginning of what is measured',
    ['guest', 'processors', 'MB', 'ended at ms', 'processes', 'contended locks'],
    guests.map(guest => [
      ...[guest.name, count(guest.processors), decimal(guest.memoryBytes / 2 ** 20, 2)],
      guest.failure ?? (guest.endedNs === null ? 'not ended' : decimal(guest.endedNs / 1e6, 2)),
      ...[count(guest.processes), contendedLocks(guest)],
    ]),
  );
}
