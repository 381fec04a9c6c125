/** A run of a system as text. */
import { localShare } from '../replay/figures.js';
import { count, decimal, duration, milliseconds, percent, printable, ratio } from '../format.js';
import {
  MEMORY_USES,
  type MissCauses,
  type MonitorResult,
  type SystemResult,
} from '../../experiments/systems/system-result.js';
import { WORK } from '../../monitor/work.js';
import {
  contendedLocks,
  locksOfGuests,
  partsOf,
  processorCount,
  servicesByShare,
  servicesWithMonitor,
  systemShare,
  systemTitle,
  words,
  workOfGuests,
} from '../systems/words.js';
import { linesOf, wrapped, type Column } from './layout.js';

/** Locks and queues that are shown. */
const SHOWN = 8;
const WIDTH = 100;

/** Services that are shown with what the monitor did for them. */
const SERVICES_SHOWN = 14;

/** Tables of a run: time, services, locks, misses, disks, queues, and the monitor's. Lines have no blanks at the end; equal results give equal text. */
export function systemText(result: SystemResult): string {
  const { monitor } = result;
  const blocks = [
    head(result),
    ['where the time went', ...linesOf(timeColumns(result))],
    monitor && ['guests', ...linesOf(guestColumns(result))],
    monitor === null
      ? ['services', ...linesOf(serviceColumns(result))]
      : ['services, percent of the time, with what the monitor did meanwhile', ...linesOf(monitoredColumns(result))],
    monitor && monitorLines(monitor, result.elapsedNs),
    result.guests.some(({ locks }) => locks.length > 0) ? lockLines(result) : null,
    monitor && ['memory, MB', ...linesOf(memoryColumns(monitor))],
    missLines(result),
    result.disks.length > 0 ? ['disks', ...linesOf(diskColumns(result))] : null,
    ['largest queues', ...linesOf(queueColumns(result))],
  ];
  return blocks
    .filter(lines => lines !== null)
    .map(lines => lines.map(printable).join('\n'))
    .join('\n\n');
}

function head(result: SystemResult): string[] {
  const { partial, guests, switches, monitor } = result;
  return [
    systemTitle(result),
    ...(partial === null ? [] : [`! PARTIAL: ${partial}`]),
    ...(monitor === null ? [guests[0].description] : workOfGuests(guests)).flatMap(line => wrapped('  ', line, WIDTH)),
    ...(switches === null || monitor === null
      ? []
      : wrapped('  ', `the kernels have on: ${switches.length === 0 ? 'nothing' : switches.join(', ')}`, WIDTH)),
    ...wrapped('  ', facts(result), WIDTH),
  ];
}

function facts({ elapsedNs, guests, layout, monitor, seed, fingerprint }: SystemResult): string {
  const { processes, scheduler } = guests[0];
  const what =
    monitor === null
      ? `${count(processes)} ${processes === 1 ? 'process' : 'processes'}; ` +
        `${count(scheduler.switches)} switches, ${count(scheduler.migrations)} of them to another processor; pages ${layout}`
      : monitorFacts(monitor);
  return `${milliseconds(elapsedNs)} ms simulated; ${what}; seed ${seed}, fingerprint ${fingerprint}`;
}

function monitorFacts({ options }: MonitorResult): string {
  const { policy, secondLevelTlb, quantumNs, gang } = options;
  const second =
    secondLevelTlb === null
      ? 'no second-level TLB'
      : `a second-level TLB of ${secondLevelTlb.entries} entries, ${secondLevelTlb.ways} ways`;
  return `${second}; quantum ${duration(quantumNs)}${gang ? ', gang scheduling' : ''}; pages ${policy}`;
}

const right = { align: 'right', gap: 2, expendable: 0 } as const;
const left = { ...right, align: 'left' } as const;

function timeColumns(result: SystemResult): Column[] {
  const { time, elapsedNs } = result;
  const parts = partsOf(result);
  const total = parts.reduce((sum, { part }) => sum + time[part], 0);
  const shares = [...parts.map(({ part }) => time[part]), total];
  const wholeNs = elapsedNs * processorCount(result);
  return [
    { ...left, gap: 1, heading: 'mode', cells: [...parts.map(({ mode }) => mode), 'all'] },
    { ...left, heading: 'activity', cells: [...parts.map(({ name }) => name), ''] },
    { ...right, heading: '%', cells: shares.map(share => decimal(share, 2)) },
    { ...right, heading: 'ms of all processors', cells: shares.map(share => milliseconds((share / 100) * wholeNs)) },
  ];
}

function serviceColumns(result: SystemResult): Column[] {
  const services = servicesByShare(result);
  const system = systemShare(result);
  return [
    { ...left, gap: 1, heading: 'service', cells: services.map(({ name }) => name) },
    { ...right, heading: 'count', cells: services.map(row => count(row.count)) },
    { ...right, heading: 'mean', cells: services.map(({ meanNs }) => duration(meanNs)) },
    { ...right, heading: '% of time', cells: services.map(({ share }) => decimal(share, 2)) },
    { ...right, heading: '% of system time', cells: services.map(({ share }) => percent(ratio(share, system))) },
  ];
}

function guestColumns({ guests }: SystemResult): Column[] {
  return [
    { ...left, gap: 1, heading: 'guest', cells: guests.map(({ name }) => name) },
    { ...right, heading: 'processors', cells: guests.map(({ processors }) => count(processors)) },
    { ...right, heading: 'MB', cells: guests.map(({ memoryBytes }) => megabytes(memoryBytes)) },
    {
      ...right,
      heading: 'ended at ms',
      cells: guests.map(({ endedNs, failure }) =>
        failure !== null ? 'failed' : decimal(endedNs === null ? null : endedNs / 1e6, 2),
      ),
    },
    { ...right, heading: 'processes', cells: guests.map(({ processes }) => count(processes)) },
    { ...right, heading: 'contended locks', cells: guests.map(contendedLocks) },
  ];
}

function monitoredColumns(result: SystemResult): Column[] {
  const rows = servicesWithMonitor(result).slice(0, SERVICES_SHOWN);
  return [
    { ...left, gap: 1, heading: 'service', cells: rows.map(({ name }) => name) },
    { ...right, heading: 'count', cells: rows.map(row => count(row.count)) },
    { ...right, heading: 'mean with monitor', cells: rows.map(({ meanNs }) => duration(meanNs)) },
    { ...right, heading: 'kernel', cells: rows.map(({ kernel }) => decimal(kernel, 2)) },
    ...WORK.map((work, index): Column => ({
      ...right,
      heading: work,
      cells: rows.map(({ monitor }) => decimal(monitor[index], 2)),
    })),
  ];
}

function monitorLines({ counts, placement, shootdown }: MonitorResult, elapsedNs: number): string[] {
  const rows = [
    ...Object.entries(counts).map(([name, value]) => [words(name), value] as const),
    ...(['hotPages', 'migrations', 'replications', 'collapses'] as const).map(
      name => [words(name), placement[name] ?? 0] as const,
    ),
    ['shootdown interrupts', shootdown.interrupts] as const,
  ].filter(([, value]) => value > 0);
  return [
    'the monitor',
    ...linesOf([
      { ...left, gap: 1, heading: 'what', cells: rows.map(([name]) => name) },
      { ...right, heading: 'count', cells: rows.map(([, value]) => count(value)) },
      { ...right, heading: 'per ms', cells: rows.map(([, value]) => decimal(ratio(value, elapsedNs / 1e6), 2)) },
    ]),
  ];
}

function memoryColumns({ memory }: MonitorResult): Column[] {
  const column = (of: Readonly<Record<string, number>>): string[] => {
    const bytes = MEMORY_USES.map(use => of[use]);
    return [...bytes, bytes.reduce((sum, one) => sum + one, 0)].map(megabytes);
  };
  return [
    { ...left, gap: 1, heading: 'use', cells: [...MEMORY_USES, 'all'] },
    { ...right, heading: 'virtual', cells: column(memory.virtual) },
    { ...right, heading: 'machine', cells: column(memory.machine) },
  ];
}

function megabytes(bytes: number): string {
  return decimal(bytes / 2 ** 20, 2);
}

function lockLines(result: SystemResult): string[] {
  const locks = locksOfGuests(result);
  const contended = locks.filter(lock => lock.contended > 0).sort((a, b) => b.contended - a.contended);
  const shown = (contended.length > 0 ? contended : [...locks].sort((a, b) => b.acquisitions - a.acquisitions)).slice(
    0,
    SHOWN,
  );
  const others = locks.length - shown.length;
  const columns: Column[] = [
    { ...left, gap: 1, heading: 'lock', cells: shown.map(({ name }) => name) },
    { ...right, heading: 'acquisitions', cells: shown.map(({ acquisitions }) => count(acquisitions)) },
    { ...right, heading: 'contended', cells: shown.map(lock => count(lock.contended)) },
    { ...right, heading: '%', cells: shown.map(lock => percent(ratio(lock.contended, lock.acquisitions), 2)) },
    { ...right, heading: 'waited', cells: shown.map(({ waitedNs }) => duration(waitedNs)) },
  ];
  return [
    `locks${contended.length === 0 ? ', none of them contended' : ''}`,
    ...linesOf(columns),
    ...(others > 0 ? [` and ${count(others)} more`] : []),
  ];
}

function missLines({ misses, tlbMisses }: SystemResult): string[] {
  const all = misses.local + misses.remote;
  const lines = [
    'misses',
    ` second-level cache ${count(all)}, ${percent(localShare(misses))} % local; TLB ${count(tlbMisses)}`,
  ];
  const { causes } = misses;
  if (causes === null) return lines;
  const row = (of: MissCauses): string[] => [of.cold, of.capacity, of.communication].map(count);
  const [user, kernel] = [row(causes.user), row(causes.kernel)];
  const table = linesOf([
    { ...left, gap: 1, heading: 'cause', cells: ['cold', 'capacity', 'communication'] },
    { ...right, heading: 'user', cells: user },
    { ...right, heading: 'kernel', cells: kernel },
  ]);
  return [...lines, ...table];
}

function diskColumns({ disks, monitor }: SystemResult): Column[] {
  const shared: Column[] = [
    { ...right, heading: 'pages mapped', cells: disks.map(({ pagesMapped }) => count(pagesMapped)) },
    { ...right, heading: 'sectors copied', cells: disks.map(({ sectorsCopied }) => count(sectorsCopied)) },
  ];
  const of: Column = {
    ...left,
    heading: 'of',
    cells: disks.map(({ guest }) => (guest < 0 ? 'all' : `guest ${guest}`)),
  };
  return [
    { ...left, gap: 1, heading: 'disk', cells: disks.map(({ name }) => name) },
    ...(monitor === null ? [] : [of]),
    { ...left, heading: 'at', cells: disks.map(({ mount }) => mount) },
    { ...right, heading: 'reads', cells: disks.map(({ reads }) => count(reads)) },
    { ...right, heading: 'writes', cells: disks.map(({ writes }) => count(writes)) },
    { ...right, heading: 'busy %', cells: disks.map(({ busy }) => decimal(busy, 1)) },
    { ...right, heading: 'idle %', cells: disks.map(({ busy }) => decimal(100 - busy, 1)) },
    { ...right, heading: 'mean wait', cells: disks.map(({ meanWaitNs }) => duration(meanWaitNs)) },
    ...(monitor === null ? [] : shared),
  ];
}

function queueColumns({ queues }: SystemResult): Column[] {
  const rows = queues
    .filter(({ served }) => served > 0)
    .sort((a, b) => b.largestQueue - a.largestQueue || b.utilisation - a.utilisation)
    .slice(0, SHOWN);
  return [
    { ...left, gap: 1, heading: 'place', cells: rows.map(({ name }) => name) },
    { ...right, heading: 'largest', cells: rows.map(({ largestQueue }) => count(largestQueue)) },
    { ...right, heading: 'mean wait', cells: rows.map(({ meanWaitNs }) => duration(meanWaitNs)) },
    { ...right, heading: 'busy %', cells: rows.map(({ utilisation }) => percent(utilisation)) },
  ];
}
