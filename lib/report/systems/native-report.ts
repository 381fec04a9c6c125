/** The report of a native run: one page that needs nothing else and that a stranger can read. */
import { stackedAreas } from '../charts/areas.js';
import { legend, stackedBars } from '../charts/bars.js';
import { html } from '../html.js';
import type { Html } from '../html.js';
import { NATIVE_PAINTS, partsLegend, SAMPLE_PAINTS } from './native-paints.js';
import { disksTable, locksTable, memoryTable, missesTable, servicesTable, timeTable } from './native-tables.js';
import { SAMPLED_PARTS, type NativeResult, type NativeTime } from '../../experiments/systems/native-result.js';
import { NATIVE_PARTS, nativeTitle } from './native-words.js';
import { count, decimal, duration, milliseconds } from '../format.js';
import { factsList, figure, machineFigure, partialNote, reportPage, trustFacts, type Section } from '../page.js';
import { busiestTable } from '../queues.js';

/** What a report is made of. */
export interface NativeReportOptions {
  readonly result: NativeResult;
  /** A drawing of the machine, as SVG. */
  readonly drawing: string;
  /** Name and version, for the foot of the page. */
  readonly generatedBy: string;
}

/** Queues that are shown. */
const QUEUES = 12;

/** A complete HTML page. Equal options give equal bytes. It asks for nothing from anywhere and has no script. */
export function nativeReportHtml({ result, drawing, generatedBy }: NativeReportOptions): string {
  const sections: readonly Section[] = [
    ['time', 'Where the time went', time(result)],
    ['course', 'The course of the run', course(result)],
    ['processors', 'Processor by processor', processors(result)],
    ['services', 'Services of the kernel', services(result)],
    ['locks', 'Locks', locks(result)],
    ['misses', 'Misses', missesTable(result)],
    [
      'disks',
      'Disks and memory',
      html`${disksTable(result)}
        <p>Physical memory at the end of the run, by use:</p>
        ${memoryTable(result)}`,
    ],
    ['queues', 'Queues', busiestTable(result, QUEUES)],
    ['machine', 'The machine', machineFigure(result.machine, `physical pages ${result.layout}`, drawing)],
    ['run', 'This run', run(result)],
  ];
  return reportPage(nativeTitle(result), introduction(result), sections, generatedBy);
}

function introduction({ description, elapsedNs, profile, machine, partial, processes }: NativeResult): Html {
  return html`${partialNote(partial)}
    <p class="lead">
      An operating system kernel (its profile is called ${profile}) ran a workload on a simulated machine,
      ${machine.name}, without a monitor in between: ${description}. It took ${milliseconds(elapsedNs)} ms of simulated
      time and ${count(processes)} ${processes === 1 ? 'process' : 'processes'}. Booting, and reading the programs into
      memory, came before and is not counted.
    </p>`;
}

function time(result: NativeResult): Html {
  return html`${figure(
    stackedBars(
      'Time of all processors by mode and activity',
      [bar('all processors', result.time)],
      NATIVE_PAINTS,
      100,
    ),
    'Time of all processors together, in percent. Blue is waiting for local memory, orange for remote memory, the paler ones in the kernel.',
    partsLegend(result.time),
  )}
  ${timeTable(result)}`;
}

function course({ samples, elapsedNs }: NativeResult): Html {
  const areas = SAMPLED_PARTS.map((part, i) => ({ ...SAMPLE_PAINTS[i]!, values: samples.parts[part] }));
  return figure(
    stackedAreas('Activity over simulated time', areas, samples.sliceNs / 1e6, elapsedNs / 1e6),
    html`Time of all processors, in slices of ${duration(samples.sliceNs)}. Idle processors wait for a disk or for work;
    what users wait for memory is apart, what the kernel waits for it is part of the kernel.`,
    legend(SAMPLE_PAINTS),
  );
}

function processors(result: NativeResult): Html {
  const bars = result.processors.map(({ path, time: own }) => bar(path, own));
  return html`${figure(
      stackedBars('Time of each processor', bars, NATIVE_PAINTS, 100),
      'Each processor’s own time, in percent.',
      partsLegend(result.time),
    )}
    <div class="wide">
      <table>
        <caption>
          Second-level and TLB misses
        </caption>
        <thead>
          <tr>
            <th scope="col">processor</th>
            <th scope="col">node</th>
            <th scope="col">local misses</th>
            <th scope="col">remote misses</th>
            <th scope="col">TLB misses</th>
          </tr>
        </thead>
        <tbody>
          ${result.processors.map(
            ({ path, node, localMisses, remoteMisses, tlbMisses }) =>
              html`<tr>
                <th scope="row">${path}</th>
                <td>${node}</td>
                <td>${count(localMisses)}</td>
                <td>${count(remoteMisses)}</td>
                <td>${count(tlbMisses)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}

function services(result: NativeResult): Html {
  return html`<p>
      What users and devices asked of the kernel. The mean is the processor time of one instance: its instructions and
      its waiting for memory, not the time that it slept. System time is the time of all services together.
    </p>
    ${servicesTable(result)}`;
}

function locks(result: NativeResult): Html {
  return html`<p>
      Spinning locks, by the number of acquisitions that found the lock held. The time that processors spun is
      ${decimal(result.time.synchronisation, 2)} % of all.
    </p>
    ${locksTable(result)}`;
}

function run({ version, seed, fingerprint, scheduler, machine }: NativeResult): Html {
  const facts: readonly (readonly [string, string])[] = [
    ['version', version],
    ['seed', seed],
    ['fingerprint', fingerprint],
    ['switches of threads', count(scheduler.switches)],
    ['of them to another processor', count(scheduler.migrations)],
    ['threads woken', count(scheduler.wakeUps)],
    ...trustFacts(machine),
  ];
  return html`<p>Equal version, machine, workload, profile and seed give equal figures, and an equal fingerprint.</p>
    ${factsList(facts)}`;
}

function bar(label: string, time: NativeTime) {
  const total = NATIVE_PARTS.reduce((sum, { part }) => sum + time[part], 0);
  const parts = NATIVE_PARTS.map(({ part }) => (total === 0 ? 0 : time[part] / total));
  return { label, length: total === 0 ? null : total, parts, remark: 'nothing ran' };
}
