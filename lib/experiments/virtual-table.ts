/** A virtual run as text. */
import { WORK } from '../monitor/work.js';
import { NATIVE_PARTS } from './native-words.js';
import { localShare } from './report-figures.js';
import { count, counted, decimal, duration, milliseconds, percent, printable, ratio } from './report-format.js';
import { linesOf, wrapped, type Column } from './table-layout.js';
import { MEMORY_USES, type MonitorService, type VirtualPart, type VirtualResult } from './virtual-result.js';
import { contendedLocks, workOfGuests } from './virtual-words.js';

/** Services that are shown. */
const SHOWN = 14;
const WIDTH = 100;
/** States that time is accounted to, not services. Who has none counts as `user`: the monitor's idle loop does. */
const STATES = ['user', 'idle', 'boot'];

/** The parts of the time: who, doing what. The monitor's come before idling. */
export const VIRTUAL_PARTS: readonly { readonly part: VirtualPart; readonly mode: string; readonly name: string }[] = [
  ...NATIVE_PARTS.filter(({ part }) => part !== 'idle'),
  { part: 'monitor', mode: 'monitor', name: 'instructions' },
  { part: 'monitorLocalStall', mode: 'monitor', name: 'local memory stall' },
  { part: 'monitorRemoteStall', mode: 'monitor', name: 'remote memory stall' },
  ...NATIVE_PARTS.filter(({ part }) => part === 'idle'),
];

const right = { align: 'right', gap: 2, expendable: 0 } as const;
const left = { ...right, align: 'left' } as const;

/** Tables of a run: time, guests, services, the monitor, memory, misses, disks. Lines end with no blanks; equal results give equal text. */
export function virtualText(result: VirtualResult): string {
  const blocks = [
    head(result),
    ['where the time went', ...linesOf(timeColumns(result))],
    ['guests', ...linesOf(guestColumns(result))],
    ['services, percent of the time, with what the monitor did meanwhile', ...linesOf(serviceColumns(result))],
    monitorLines(result),
    ['memory, MB', ...linesOf(memoryColumns(result))],
    missLines(result),
    ['disks', ...linesOf(diskColumns(result))],
  ];
  return blocks.map(lines => lines.map(printable).join('\n')).join('\n\n');
}

/** `pmake on irix: 8 guests on 8 processors of disco-1997`. */
export function virtualTitle({ workload, profile, guests, machine }: VirtualResult): string {
  const processors = processorCount({ machine });
  return `${workload} on ${profile}: ${counted(guests.length, 'guest')} on ${counted(processors, 'processor')} of ${machine.name}`;
}

function head(result: VirtualResult): string[] {
  const { partial, elapsedNs, guests, switches, options, seed, fingerprint } = result;
  const { policy, secondLevelTlb, quantumNs, gang } = options;
  const second =
    secondLevelTlb === null
      ? 'no second-level TLB'
      : `a second-level TLB of ${secondLevelTlb.entries} entries, ${secondLevelTlb.ways} ways`;
  const facts =
    `${milliseconds(elapsedNs)} ms simulated; ${second}; quantum ${duration(quantumNs)}${gang ? ', gang scheduling' : ''}; ` +
    `pages ${policy}; seed ${seed}, fingerprint ${fingerprint}`;
  return [
    virtualTitle(result),
    ...(partial === null ? [] : [`! PARTIAL: ${partial}`]),
    ...workOfGuests(guests).flatMap(line => wrapped('  ', line, WIDTH)),
    ...(switches === null
      ? []
      : wrapped('  ', `the kernels have on: ${switches.length === 0 ? 'nothing' : switches.join(', ')}`, WIDTH)),
    ...wrapped('  ', facts, WIDTH),
  ];
}

function timeColumns(result: VirtualResult): Column[] {
  const { time, elapsedNs } = result;
  const shares = VIRTUAL_PARTS.map(({ part }) => time[part]);
  const all = [...shares, shares.reduce((sum, share) => sum + share, 0)];
  const wholeNs = elapsedNs * processorCount(result);
  return [
    { ...left, gap: 1, heading: 'mode', cells: [...VIRTUAL_PARTS.map(({ mode }) => mode), 'all'] },
    { ...left, heading: 'activity', cells: [...VIRTUAL_PARTS.map(({ name }) => name), ''] },
    { ...right, heading: '%', cells: all.map(share => decimal(share, 2)) },
    { ...right, heading: 'ms of all processors', cells: all.map(share => milliseconds((share / 100) * wholeNs)) },
  ];
}

/** Processors of the machine. */
export function processorCount({ machine }: Pick<VirtualResult, 'machine'>): number {
  return machine.nodes.reduce((sum, { processors }) => sum + processors, 0);
}

function guestColumns({ guests }: VirtualResult): Column[] {
  return [
    { ...left, gap: 1, heading: 'guest', cells: guests.map(({ name }) => name) },
    { ...right, heading: 'processors', cells: guests.map(({ processors }) => count(processors)) },
    { ...right, heading: 'MB', cells: guests.map(({ memoryBytes }) => megabytes(memoryBytes)) },
    {
      ...right,
      heading: 'ended at ms',
      cells: guests.map(({ endedNs }) => decimal(endedNs === null ? null : endedNs / 1e6, 2)),
    },
    { ...right, heading: 'processes', cells: guests.map(({ processes }) => count(processes)) },
    { ...right, heading: 'contended locks', cells: guests.map(contendedLocks) },
  ];
}

function serviceColumns(result: VirtualResult): Column[] {
  const rows = servicesWithMonitor(result).slice(0, SHOWN);
  return [
    { ...left, gap: 1, heading: 'service', cells: rows.map(({ name }) => name) },
    { ...right, heading: 'count', cells: rows.map(row => count(row.count)) },
    { ...right, heading: 'mean with monitor', cells: rows.map(({ meanNs }) => duration(meanNs)) },
    { ...right, heading: 'kernel', cells: rows.map(({ kernel }) => decimal(kernel, 2)) },
    ...WORK.map((work, index): Column => ({
      ...right,
      heading: work,
      cells: rows.map(({ monitor }) => decimal(monitor[index]!, 2)),
    })),
  ];
}

/** A service of the guests with all that was spent on it. */
export interface ServiceRow {
  readonly name: string;
  readonly count: number;
  readonly meanNs: number;
  /** Percent of the time that the kernel itself took. */
  readonly kernel: number;
  /** By kind of work. */
  readonly monitor: readonly number[];
  readonly all: number;
}

/** Services with what the monitor did for them, most time first. Shares are percent of the time of all processors. */
export function servicesWithMonitor(result: VirtualResult): ServiceRow[] {
  const { services, work, elapsedNs } = result;
  const percentNs = (elapsedNs * processorCount(result)) / 100;
  const shareOf = (service: string, kind: MonitorService['work']): number =>
    work.find(row => row.service === service && row.work === kind)?.share ?? 0;
  return services
    .map(({ name, count: times, share }): ServiceRow => {
      const monitor = WORK.map(kind => shareOf(name, kind));
      const kernel = STATES.includes(name) ? 0 : share;
      const all = monitor.reduce((sum, one) => sum + one, kernel);
      return { name, count: times, meanNs: times === 0 ? 0 : (all * percentNs) / times, kernel, monitor, all };
    })
    .filter(({ all }) => all > 0)
    .sort((a, b) => b.all - a.all);
}

function monitorLines({ monitor, placement, shootdown, elapsedNs }: VirtualResult): string[] {
  const rows = [
    ...Object.entries(monitor).map(([name, value]) => [words(name), value] as const),
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

/** `secondLevelHits` as `second level hits`. */
export function words(name: string): string {
  return name.replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`);
}

function memoryColumns({ memory }: VirtualResult): Column[] {
  const column = (of: Readonly<Record<string, number>>): string[] => {
    const bytes = MEMORY_USES.map(use => of[use]!);
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

function missLines({ misses, tlbMisses }: VirtualResult): string[] {
  const all = misses.local + misses.remote;
  return [
    'misses',
    ` second-level cache ${count(all)}, ${percent(localShare(misses))} % local; TLB ${count(tlbMisses)}`,
  ];
}

function diskColumns({ disks }: VirtualResult): Column[] {
  return [
    { ...left, gap: 1, heading: 'disk', cells: disks.map(({ name }) => name) },
    { ...left, heading: 'of', cells: disks.map(({ guest }) => (guest < 0 ? 'all' : `guest ${guest}`)) },
    { ...left, heading: 'at', cells: disks.map(({ mount }) => mount) },
    { ...right, heading: 'reads', cells: disks.map(({ reads }) => count(reads)) },
    { ...right, heading: 'writes', cells: disks.map(({ writes }) => count(writes)) },
    { ...right, heading: 'busy %', cells: disks.map(({ busy }) => decimal(busy, 1)) },
    { ...right, heading: 'pages mapped', cells: disks.map(({ pagesMapped }) => count(pagesMapped)) },
    { ...right, heading: 'sectors copied', cells: disks.map(({ sectorsCopied }) => count(sectorsCopied)) },
  ];
}
