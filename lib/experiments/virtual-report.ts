/** The report of a virtual run: one page that needs nothing else and that a stranger can read. */
import { WORK } from '../monitor/work.js';
import { stackedAreas } from './chart-areas.js';
import { legend, stackedBars, type BarPart } from './chart-bars.js';
import { drawing as drawingOf, html } from './html.js';
import type { Html } from './html.js';
import { VIRTUAL_PAINTS, VIRTUAL_SAMPLE_PAINTS } from './native-report-paints.js';
import { table } from './native-report-tables.js';
import { localShare } from './report-figures.js';
import { count, counted, decimal, duration, milliseconds, percent, ratio } from './report-format.js';
import { factsList, figure, partialNote, reportPage, type Section } from './report-page.js';
import { busiestTable } from './report-queues.js';
import { MEMORY_USES, VIRTUAL_SAMPLED_PARTS, type VirtualResult } from './virtual-result.js';
import { processorCount, servicesWithMonitor, VIRTUAL_PARTS, virtualTitle, words } from './virtual-table.js';

/** What a report is made of. */
export interface VirtualReportOptions {
  readonly result: VirtualResult;
  /** A drawing of the machine, as SVG. */
  readonly drawing: string;
  /** Name and version, for the foot of the page. */
  readonly generatedBy: string;
  /** What repeats the run. */
  readonly command: string;
}

/** Queues that are shown. */
const QUEUES = 12;

const USE_PAINTS: readonly BarPart[] = (
  [
    ['#1f5fa8', '#ffffff'],
    ['#8fb4de', '#1c2530'],
    ['#f08c1e', '#1c2530'],
    ['#46525f', '#ffffff'],
    ['#e8ecf0', '#1c2530'],
    ['#f8cf9d', '#1c2530'],
    ['#0b6e57', '#ffffff'],
  ] as const
).map(([fill, ink], i) => ({ name: MEMORY_USES[i]!, fill, ink }));

/** A complete HTML page. Equal options give equal bytes. It asks for nothing from anywhere and has no script. */
export function virtualReportHtml({ result, drawing, generatedBy, command }: VirtualReportOptions): string {
  const sections: readonly Section[] = [
    ['time', 'Where the time went', time(result)],
    ['course', 'The course of the run', course(result)],
    ['services', 'Services', services(result)],
    ['memory', 'Memory', memory(result)],
    ['monitor', 'The monitor', monitor(result)],
    ['guests', 'Guests', guests(result)],
    ['disks', 'Disks and misses', disks(result)],
    ['queues', 'Queues', busiestTable(result, QUEUES)],
    ['machine', 'The machine', html`<figure>${drawingOf(drawing)}</figure>`],
    ['run', 'This run', run(result, command)],
  ];
  return reportPage(virtualTitle(result), introduction(result), sections, generatedBy);
}

function introduction({ guests: own, partial, elapsedNs, machine, switches }: VirtualResult): Html {
  return html`${partialNote(partial)}
    <p class="lead">
      ${counted(own.length, 'virtual machine')} ran under the monitor on ${machine.name}; each guest:
      ${own[0]!.description}. It took ${milliseconds(elapsedNs)} ms of simulated time, from the time at which all guests
      were
      ready.${
        switches !== null &&
        ` Changes to the kernels that were on: ${switches.length === 0 ? 'none' : switches.join(', ')}.`
      }
    </p>`;
}

function time(result: VirtualResult): Html {
  const shares = VIRTUAL_PARTS.map(({ part }) => result.time[part]);
  const total = shares.reduce((sum, share) => sum + share, 0);
  const wholeNs = result.elapsedNs * processorCount(result);
  const bar = {
    ...{ label: 'all processors', length: total === 0 ? null : total, remark: 'nothing ran' },
    parts: shares.map(share => ratio(share, total) ?? 0),
  };
  return html`${figure(
    stackedBars('Time of all processors by mode and activity', [bar], VIRTUAL_PAINTS, 100),
    'Time of all processors together, in percent. Green is the monitor.',
    legend(VIRTUAL_PAINTS.filter((_, i) => shares[i]! > 0)),
  )}
  ${table(
    'Time of all processors together',
    ['mode and activity', '%', 'ms of all processors'],
    [
      ...shares.map((share, i) => [VIRTUAL_PAINTS[i]!.name, decimal(share, 2), milliseconds((share / 100) * wholeNs)]),
      ['all', decimal(total, 2), milliseconds((total / 100) * wholeNs)],
    ],
  )}`;
}

function course({ samples, elapsedNs }: VirtualResult): Html {
  const areas = VIRTUAL_SAMPLED_PARTS.map((part, i) => ({ ...VIRTUAL_SAMPLE_PAINTS[i]!, values: samples.parts[part] }));
  return figure(
    stackedAreas('Activity over simulated time', areas, samples.sliceNs / 1e6, elapsedNs / 1e6),
    html`Time of all processors, in slices of ${duration(samples.sliceNs)}. What users wait for memory is apart; what
    the kernels and the monitor wait for it is part of them.`,
    legend(VIRTUAL_SAMPLE_PAINTS),
  );
}

function services(result: VirtualResult): Html {
  return table(
    'Services of the guests with what the monitor did meanwhile, percent of the time of all processors',
    ['service', 'count', 'mean with monitor', 'kernel', ...WORK],
    servicesWithMonitor(result).map(({ name, count: times, meanNs, kernel, monitor: work }) => [
      ...[name, count(times), duration(meanNs), decimal(kernel, 2)],
      ...work.map(share => decimal(share, 2)),
    ]),
  );
}

function memory({ memory: { virtual, machine } }: VirtualResult): Html {
  const megabytes = (bytes: number): number => bytes / 2 ** 20;
  const sum = (of: typeof virtual): number => MEMORY_USES.reduce((bytes, use) => bytes + of[use], 0);
  const bar = (label: string, of: typeof virtual) => {
    const all = sum(of);
    const parts = MEMORY_USES.map(use => ratio(of[use], all) ?? 0);
    return { label, length: all === 0 ? null : megabytes(all), parts, remark: 'no memory' };
  };
  const most = megabytes(Math.max(sum(virtual), sum(machine)));
  const row = (name: string, one: number, other: number) => [
    ...[name, one, other, one - other].map(cell => (typeof cell === 'string' ? cell : decimal(megabytes(cell), 2))),
  ];
  return html`${figure(
    stackedBars('Memory by use, MB', [bar('virtual', virtual), bar('machine', machine)], USE_PAINTS, most),
    'Memory at the end of the run, in MB: virtual is what guests that share nothing would need, machine is what was used.',
    legend(USE_PAINTS),
  )}
  ${table(
    'Memory, MB',
    ['use', 'virtual', 'machine', 'saved by sharing'],
    [...MEMORY_USES.map(use => row(use, virtual[use], machine[use])), row('all', sum(virtual), sum(machine))],
  )}`;
}

function monitor({ monitor: counts, placement, shootdown, elapsedNs }: VirtualResult): Html {
  const rate = (value: number): string => decimal(ratio(value, elapsedNs / 1e6), 2);
  const moved = (['migration', 'replication', 'collapse'] as const).map(kind => {
    const times = placement[`${kind}s`] ?? 0;
    return [kind, count(times), duration(times === 0 ? 0 : (placement[`${kind}Ns`] ?? 0) / times)];
  });
  return html`${table(
    'What the monitor counted',
    ['what', 'count', 'per ms'],
    Object.entries(counts).map(([name, value]) => [words(name), count(value), rate(value)]),
  )}
  ${table(`Placement: ${counted(placement.hotPages ?? 0, 'hot page')}`, ['what', 'count', 'mean time'], moved)}
  ${table(
    'Shootdown',
    ['what', 'count', 'per ms'],
    Object.entries(shootdown).map(([name, value]) => [name, count(value), rate(value)]),
  )}`;
}

function guests({ guests: own }: VirtualResult): Html {
  return table(
    'Guests; the end is counted from the beginning of what is measured',
    ['guest', 'processors', 'MB', 'ended at ms', 'processes'],
    own.map(({ name, processors, memoryBytes, endedNs, processes }) => [
      ...[name, count(processors), decimal(memoryBytes / 2 ** 20, 2)],
      ...[endedNs === null ? 'not ended' : decimal(endedNs / 1e6, 2), count(processes)],
    ]),
  );
}

function disks({ disks: own, misses, tlbMisses }: VirtualResult): Html {
  return html`<p>
      ${count(misses.local + misses.remote)} second-level misses and upgrades, ${percent(localShare(misses))} % local;
      ${count(tlbMisses)} references that the TLB could not translate.
    </p>
    ${table(
      'Disks',
      ['disk', 'of', 'mounted at', 'reads', 'writes', 'busy %', 'mean wait', 'pages mapped', 'sectors copied'],
      own.map(disk => [
        ...[disk.name, disk.guest < 0 ? 'all' : `guest ${disk.guest}`, disk.mount, count(disk.reads)],
        ...[count(disk.writes), decimal(disk.busy, 1), duration(disk.meanWaitNs)],
        ...[count(disk.pagesMapped), count(disk.sectorsCopied)],
      ]),
    )}`;
}

function run({ version, seed, fingerprint, options }: VirtualResult, command: string): Html {
  const { policy, secondLevelTlb: second, quantumNs, gang } = options;
  const facts: readonly (readonly [string, string])[] = [
    ['command', command],
    ['version', version],
    ['seed', seed],
    ['fingerprint', fingerprint],
    ['placement policy', policy],
    ['second-level TLB', second === null ? 'off' : `${second.entries} entries, ${second.ways} ways`],
    ['quantum', duration(quantumNs)],
    ['gang scheduling', gang ? 'on' : 'off'],
  ];
  return factsList(facts);
}
