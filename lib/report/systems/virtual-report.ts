/** The report of a virtual run: one page that needs nothing else and that a stranger can read. */
import { stackedAreas } from '../charts/areas.js';
import { legend, stackedBars } from '../charts/bars.js';
import { html } from '../html.js';
import type { Html } from '../html.js';
import { VIRTUAL_PAINTS, VIRTUAL_SAMPLE_PAINTS } from './native-paints.js';
import { table } from './native-tables.js';
import { counted, decimal, duration, milliseconds, ratio } from '../format.js';
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
import { VIRTUAL_SAMPLED_PARTS, type VirtualResult } from '../../experiments/systems/virtual-result.js';
import { memoryFigure } from './virtual-memory.js';
import { guestsTable, missesAndDisks, monitorTables, servicesTable } from './virtual-tables.js';
import { processorCount, VIRTUAL_PARTS, virtualTitle, workOfGuests } from './virtual-words.js';

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

/** A complete HTML page. Equal options give equal bytes. It asks for nothing from anywhere and has no script. */
export function virtualReportHtml({ result, drawing, generatedBy, command }: VirtualReportOptions): string {
  const sections: readonly Section[] = [
    ['time', 'Where the time went', time(result)],
    ['course', 'The course of the run', course(result)],
    ['services', 'Services', servicesTable(result)],
    ['memory', 'Memory', memoryFigure(result)],
    ['monitor', 'The monitor', monitorTables(result)],
    ['guests', 'Guests', guestsTable(result)],
    ['disks', result.disks.length > 0 ? 'Disks and misses' : 'Misses', missesAndDisks(result)],
    ...(result.queues.length > 0 ? [['queues', 'Queues', busiestTable(result, QUEUES)] as const] : []),
    ['machine', 'The machine', machineFigure(result.machine, `pages ${result.options.policy}`, drawing)],
    ['run', 'This run', run(result, command)],
  ];
  return reportPage(virtualTitle(result), introduction(result), sections, generatedBy);
}

function introduction({ guests: own, partial, elapsedNs, machine, switches }: VirtualResult): Html {
  return html`${partialNote(partial)}
    <p class="lead">
      ${counted(own.length, 'virtual machine')} ran under the monitor on ${machine.name}:
      ${workOfGuests(own).join('; ')}. It took ${milliseconds(elapsedNs)} ms of simulated time, from the time at which
      all guests were
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

function run({ version, seed, fingerprint, options, machine }: VirtualResult, command: string): Html {
  const { policy, secondLevelTlb: second, quantumNs, gang } = options;
  const facts: readonly Fact[] = [
    ['command', command],
    ['version', version],
    ['seed', seed],
    ['fingerprint', fingerprint],
    ['placement policy', policy],
    ['second-level TLB', second === null ? 'off' : `${second.entries} entries, ${second.ways} ways`],
    ['quantum', duration(quantumNs)],
    ['gang scheduling', gang ? 'on' : 'off'],
    ...trustFacts(machine),
  ];
  return html`<p>
      The command repeats the run; equal version and options give equal figures, and an equal fingerprint.
    </p>
    ${factsList(facts)}`;
}
