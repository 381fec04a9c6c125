/** The report of a set of runs: one page that needs nothing else and that a stranger can read. */
import { smallBar } from '../charts/bars.js';
import { TIME_PAINTS } from '../charts/palette.js';
import { html } from '../markup.js';
import type { Html } from '../markup.js';
import { appendix } from './appendix.js';
import { decimal, NONE, percent } from '../format.js';
import { localShare, programsOf, TIME_GROUPS, whole } from './figures.js';
import type { ProgramRuns } from './figures.js';
import { machinesSection } from './machines.js';
import type { ReportMachine } from './machines.js';
import { partialNotes, programSection } from './program.js';
import { htmlPage } from '../page.js';
import { DEFINITIONS, POLICIES } from './words.js';
import type { RunResult } from '../../experiments/replay/result.js';

export type { ReportMachine } from './machines.js';

/** What a report is made of. */
export interface ReportOptions {
  /** Heading of the page, and its name in a browser. */
  readonly title: string;
  /** Runs are grouped by program and compared within it. */
  readonly results: readonly RunResult[];
  /** The machines to draw, in the order of the page. */
  readonly machines: readonly ReportMachine[];
  /** Name, version and command line, for the foot of the page. */
  readonly generatedBy: string;
}

/** A complete HTML page. Equal options give equal bytes. It asks for nothing from anywhere and has no script. */
export function reportHtml({ title, results, machines, generatedBy }: ReportOptions): string {
  const programs = programsOf(results);
  const ids = programs.map((_, i) => `program-${i + 1}`);
  const body = html`${introduction(results)} ${contents(programs, ids)}
  ${partialNotes(programs.flatMap(({ runs }) => runs))} ${reading(results)} ${glance(programs, ids)}
  ${machinesSection(machines, results)} ${programs.map((program, i) => programSection(program, ids[i]))}
  ${definitions()} ${appendix(results)}`;
  return htmlPage(title, body, generatedBy);
}

function introduction(results: readonly RunResult[]): Html {
  const policies = new Set(results.map(({ policy }) => policy)).size;
  const machines = new Set(results.map(({ machine }) => machine.name)).size;
  const programs = programsOf(results).length;
  const number = (n: number, noun: string) => `${n} ${noun}${n === 1 ? '' : 's'}`;
  return html`<p class="lead">
    In a computer whose memory is spread over many nodes, a program runs faster when the data it misses on lie in the
    memory of its own node; this report shows how much depends on where the operating system puts each page of memory.
    Recordings of ${number(programs, 'real program')} were replayed, memory access by memory access, on
    ${number(machines, 'simulated machine')} under
    ${number(policies, 'page placement policy').replace('policys', 'policies')}: ${number(results.length, 'run')} in
    all.
  </p>`;
}

function contents(programs: readonly ProgramRuns[], ids: readonly string[]): Html {
  return html`<nav aria-label="Contents">
    <ol>
      <li><a href="#reading">How to read this</a></li>
      <li><a href="#glance">Results at a glance</a></li>
      <li><a href="#machines">The machines</a></li>
      ${programs.map(({ name }, i) => html`<li><a href="#${ids[i]}">${name}</a></li>`)}
      <li><a href="#definitions">Definitions</a></li>
      <li><a href="#appendix">Appendix: every run</a></li>
    </ol>
  </nav>`;
}

function reading(results: readonly RunResult[]): Html {
  const policies = [...new Set(results.map(({ policy }) => policy))];
  return html`<section id="reading">
    <h2>How to read this</h2>
    <p>
      <strong>The question.</strong> The machines are of the kind called <em>ccNUMA</em>: several nodes, each with
      processors and a part of the memory, joined by a network. Every processor can use all memory, but when its caches
      do not have what it needs (a <em>miss</em>), memory of another node (<em>remote</em>) answers much later than
      memory of its own (<em>local</em>). Memory is handed out in pages, and the <em>placement policy</em> decides at
      which node each page lives.
    </p>
    <p><strong>The policies.</strong></p>
    <dl>
      ${policies.map(
        policy =>
          html`<dt>${policy}</dt>
            <dd>${POLICIES[policy] ?? 'A policy that this report has no description of.'}</dd>`,
      )}
    </dl>
    <p>
      The machine called <em>uma</em>, where it appears, has the same processors on one bus, so that all memory is
      equally near: a yardstick for what a perfect placement could reach. Its misses all count as local.
    </p>
    <p>
      <strong>The figures.</strong> A <em>configuration</em> is a policy on a machine. Times are simulated, not measured
      on hardware, and within each program they are relative to its baseline, first touch, which is 100: 80 means a
      fifth less time. Compare the runs of one program, not programs with each other.
    </p>
    <p>
      <strong>The colours.</strong> Blue is local and orange is remote, in every picture; grey is work that the program
      would have on any machine; green is what moving pages costs. All pictures have tooltips, and their numbers are in
      tables too.
    </p>
  </section>`;
}

function glance(programs: readonly ProgramRuns[], ids: readonly string[]): Html {
  const labels = [...new Set(programs.flatMap(({ runs }) => runs.map(({ label }) => label)))];
  return html`<section id="glance">
    <h2>Results at a glance</h2>
    <div class="wide">
      <table>
        <caption>
          Time relative to the baseline of each program (100; shorter is faster), and below it the local share of misses
        </caption>
        <thead>
          <tr>
            <th scope="col">program</th>
            ${labels.map(label => html`<th scope="col" class="text">${label.split(' @ ').map((part, i) => html`${i > 0 && html`<br />@ `}${part}`)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${programs.map(
            (program, i) =>
              html`<tr>
                <th scope="row"><a href="#${ids[i]}">${program.name}</a></th>
                ${labels.map(label => glanceCell(program, label))}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function glanceCell({ runs }: ProgramRuns, label: string): Html {
  const entry = runs.find(run => run.label === label);
  if (entry === undefined) return html`<td>${NONE}</td>`;
  if (!whole(entry.run)) return html`<td><strong>PARTIAL</strong></td>`;
  const share = localShare(entry.run.misses);
  const time = entry.relative === null ? null : entry.relative / 200;
  return html`<td class="text">
    ${smallBar(time, GREY, html`<strong>${decimal(entry.relative, 1)}</strong>`)}<br />${smallBar(share, BLUE, percent(share, 0))}
    % local
  </td>`;
}

function definitions(): Html {
  return html`<section id="definitions">
    <h2>Definitions</h2>
    <dl>
      ${DEFINITIONS.map(
        ([term, meaning]) =>
          html`<dt>${term}</dt>
            <dd>${meaning}</dd>`,
      )}
    </dl>
  </section>`;
}

const paintOf = (activity: string): string =>
  TIME_PAINTS[TIME_GROUPS.findIndex(({ activities }) => activities.includes(activity))].fill;
const GREY = paintOf('user');
const BLUE = paintOf('local stall');
