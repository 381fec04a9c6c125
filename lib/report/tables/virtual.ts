/** A virtual run as text. */
import { WORK } from '../../monitor/work.js';
import { localShare } from '../replay/figures.js';
import { count, decimal, duration, milliseconds, percent, printable, ratio } from '../format.js';
import { linesOf, wrapped, type Column } from './layout.js';
import { MEMORY_USES, type VirtualResult } from '../../experiments/systems/virtual-result.js';
import {
  contendedLocks,
  processorCount,
  servicesWithMonitor,
  VIRTUAL_PARTS,
  virtualTitle,
  words,
  workOfGuests,
} from '../systems/virtual-words.js';

/** Services that are shown. */
const SHOWN = 14;
const WIDTH = 100;

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
