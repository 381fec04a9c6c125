/** The report of a run of a system: one page that needs nothing else and that a stranger can read. */
import { stackedAreas } from '../charts/areas.js';
import { legend, stackedBars } from '../charts/bars.js';
import { html } from '../markup.js';
import type { Html } from '../markup.js';
import {
  SAMPLED_PARTS,
  type MonitorResult,
  type SystemResult,
  type SystemTime,
} from '../../experiments/systems/system-result.js';
import { count, counted, decimal, duration, milliseconds } from '../format.js';
import {
  factsList,
  figure,
  machineFigure,
  partialNote,
  reportPage,
  trustFacts,
  type Fact,
  type Section,
} from '../page.js';
import { busiestTable } from '../queues.js';
import { memoryFigure } from './memory.js';
import { guestsTable, monitorTables, servicesWithMonitorTable } from './monitor-tables.js';
import { paintOf, partsLegend, SAMPLE_PAINTS } from './paints.js';
import { disksTable, locksTable, memoryTable, missesTable, servicesTable, table, timeTable } from './tables.js';
import { partsOf, systemTitle, workOfGuests, type PartWords } from './words.js';

/** What a report is made of. */
export interface SystemReportOptions {
  readonly result: SystemResult;
  /** A drawing of the machine, as SVG. */
  readonly drawing: string;
  /** Name and version, for the foot of the page. */
  readonly generatedBy: string;
  /** What repeats the run, if it was a command. */
  readonly command?: string;
}

/** Queues that are shown. */
const QUEUES = 12;

/** A complete HTML page. Equal options give equal bytes. It asks for nothing from anywhere and has no script. */
export function systemReportHtml({ result, drawing, generatedBy, command }: SystemReportOptions): string {
  const { monitor, machine, guests, disks, queues, layout } = result;
  const placed = monitor === null ? `physical pages ${layout}` : `pages ${monitor.options.policy}`;
  const hasLocks = guests.some(({ locks }) => locks.length > 0);
  const sections: readonly (Section | null)[] = [
    ['time', 'Where the time went', time(result)],
    ['course', 'The course of the run', course(result)],
    ['processors', 'Processor by processor', processors(result)],
    ['services', 'Services', services(result)],
    monitor && ['memory', 'Memory', memoryFigure(monitor.memory)],
    monitor && ['monitor', 'The monitor', monitorTables(monitor, result.elapsedNs)],
    monitor && ['guests', 'Guests', guestsTable(result)],
    hasLocks ? ['locks', 'Locks', locks(result)] : null,
    ['misses', 'Misses', missesTable(result)],
    disks.length > 0 ? ['disks', 'Disks', disksTable(result)] : null,
    monitor === null ? ['memory', 'Memory', bareMemory(result)] : null,
    queues.length > 0 ? ['queues', 'Queues', busiestTable(result, QUEUES)] : null,
    ['machine', 'The machine', machineFigure(machine, placed, drawing)],
    ['run', 'This run', run(result, command)],
  ];
  const present = sections.filter(section => section !== null);
  return reportPage(systemTitle(result), introduction(result), present, generatedBy);
}

function introduction(result: SystemResult): Html {
  const { elapsedNs, system, machine, partial, guests, monitor, switches } = result;
  if (monitor === null) {
    const { processes, description } = guests[0];
    return html`${partialNote(partial)}
      <p class="lead">
        An operating system (${system}) ran a workload on a simulated machine, ${machine.name}, without a monitor:
        ${description}. It took ${milliseconds(elapsedNs)} ms of simulated time and
        ${counted(processes, 'process', 'processes')}. Booting, and reading the programs into memory, came before and is
        not counted.
      </p>`;
  }
  return html`${partialNote(partial)}
    <p class="lead">
      ${counted(guests.length, 'virtual machine')} ran under the monitor on ${machine.name}:
      ${workOfGuests(guests).join('; ')}. It took ${milliseconds(elapsedNs)} ms of simulated time, from the time at
      which all guests were
      ready.${
        switches !== null &&
        ` Changes to the kernels that were on: ${switches.length === 0 ? 'none' : switches.join(', ')}.`
      }
    </p>`;
}

function time(result: SystemResult): Html {
  const parts = partsOf(result);
  const green = result.monitor === null ? '' : ' Green is the monitor.';
  return html`${figure(
    stackedBars(
      'Time of all processors by mode and activity',
      [bar('all processors', result.time, parts)],
      parts.map(paintOf),
      100,
    ),
    `Time of all processors together, in percent. Blue is waiting for local memory, orange for remote memory, the paler ones in the kernel.${green}`,
    partsLegend(result.time),
  )}
  ${timeTable(result)}`;
}

function course({ samples, elapsedNs, monitor }: SystemResult): Html {
  const shown = SAMPLED_PARTS.flatMap((part, i) =>
    part === 'monitor' && monitor === null ? [] : [{ ...SAMPLE_PAINTS[i], values: samples.parts[part] }],
  );
  return figure(
    stackedAreas('Activity over simulated time', shown, samples.sliceNs / 1e6, elapsedNs / 1e6),
    html`Time of all processors, in slices of ${duration(samples.sliceNs)}. Idle processors wait for a disk or for work.
    The time that users wait for memory is apart; that of the kernel${monitor !== null && ' and of the monitor'} is part
    of it.`,
    legend(shown),
  );
}

function processors(result: SystemResult): Html {
  const parts = partsOf(result);
  const bars = result.processors.map(({ path, time: own }) => bar(path, own, parts));
  return html`${figure(
    stackedBars('Time of each processor', bars, parts.map(paintOf), 100),
    'Each processor’s own time, in percent.',
    partsLegend(result.time),
  )}
  ${table(
    'Second-level and TLB misses',
    ['processor', 'node', 'local misses', 'remote misses', 'TLB misses'],
    result.processors.map(({ path, node, localMisses, remoteMisses, tlbMisses }) => [
      path,
      node,
      count(localMisses),
      count(remoteMisses),
      count(tlbMisses),
    ]),
  )}`;
}

function services(result: SystemResult): Html {
  if (result.monitor !== null) return servicesWithMonitorTable(result);
  return html`<p>
      What users and devices asked of the kernel. The mean is the processor time of one instance: its instructions and
      its waiting for memory, not the time that it slept. System time is the time of all services together.
    </p>
    ${servicesTable(result)}`;
}

function locks(result: SystemResult): Html {
  return html`<p>
      Spinning locks, by the number of acquisitions that found the lock held. The time that processors spun is
      ${decimal(result.time.synchronisation, 2)} % of all.
    </p>
    ${locksTable(result)}`;
}

function bareMemory({ guests }: SystemResult): Html {
  return html`<p>Physical memory at the end of the run, by use:</p>
    ${memoryTable(guests[0])}`;
}

function run({ version, seed, fingerprint, guests, machine, monitor }: SystemResult, command?: string): Html {
  const sum = (what: 'switches' | 'migrations' | 'wakeUps'): string =>
    count(guests.reduce((total, { scheduler }) => total + scheduler[what], 0));
  const facts: readonly Fact[] = [
    ...(command === undefined ? [] : [['command', command] as const]),
    ['version', version],
    ['seed', seed],
    ['fingerprint', fingerprint],
    ['switches of threads', sum('switches')],
    ['switches to another processor', sum('migrations')],
    ['threads woken', sum('wakeUps')],
    ...(monitor === null ? [] : monitorFacts(monitor)),
    ...trustFacts(machine),
  ];
  return html`<p>Equal version, options and seed give equal figures, and an equal fingerprint.</p>
    ${factsList(facts)}`;
}

function monitorFacts({ options }: MonitorResult): Fact[] {
  const { policy, secondLevelTlb: second, quantumNs, gang } = options;
  return [
    ['placement policy', policy],
    ['second-level TLB', second === null ? 'off' : `${second.entries} entries, ${second.ways} ways`],
    ['quantum', duration(quantumNs)],
    ['gang scheduling', gang ? 'on' : 'off'],
  ];
}

function bar(label: string, time: SystemTime, words: readonly PartWords[]) {
  const total = words.reduce((sum, { part }) => sum + time[part], 0);
  const parts = words.map(({ part }) => (total === 0 ? 0 : time[part] / total));
  return { label, length: total === 0 ? null : total, parts, remark: 'nothing ran' };
}
