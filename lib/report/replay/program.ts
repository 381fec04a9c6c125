/** The section of one program: how its runs compare, where time and misses went, what the policy did, who queued. */
import { legend, smallBar, stackedBars } from '../charts/bars.js';
import { TIME_PAINTS } from '../charts/palette.js';
import { html } from '../markup.js';
import type { Html } from '../markup.js';
import { count, counted, decimal, duration, milliseconds, NONE, percent } from '../format.js';
import { complete, localShare, TIME_GROUPS, timeShares, whole } from './figures.js';
import type { LabelledRun, ProgramRuns } from './figures.js';
import { localityPictures } from './locality.js';
import { queuesTable } from '../queues.js';
import type { RunResult } from '../../experiments/replay/result.js';

/** One section; `id` is what links to it use. */
export function programSection(program: ProgramRuns, id: string): Html {
  const { name, runs, baseline } = program;
  const descriptions = [...new Set(runs.map(({ run }) => run.trace.description).filter(text => text !== ''))];
  const { streams, copies, system } = runs[0].run.trace;
  const kind = system ? 'the whole system, operating system included' : 'one program without its operating system';
  return html`<section id="${id}">
    <h2>${name}</h2>
    ${descriptions.map(text => html`<p>${text}</p>`)}
    <p class="muted">
      Recorded: ${kind}; ${count(streams)} parallel streams${copies > 1 && `; ${count(copies)} copies side by side`}.
    </p>
    ${headlinesOf(runs)} ${partialNotes(runs)} ${finding(program)}
    <h3>Where the time went</h3>
    ${timeFigure(runs, baseline)}
    <h3>Misses, and pages moved</h3>
    ${placementTable(runs, baseline)}
    <h3>Locality over time</h3>
    ${localityPictures(program)}
    <h3>Queues</h3>
    ${queuesTable(runs)}
  </section>`;
}

/** The headlines: what was put together, and what is missing from the recording. */
function headlinesOf(runs: readonly LabelledRun[]): Html {
  const sentences = [...new Set(runs.flatMap(({ run }) => run.trace.headlines ?? []))];
  const incomplete = runs.some(({ run }) => !complete(run));
  return html`${sentences.map(sentence => html`<p class="${incomplete ? 'partial' : 'muted'}">${sentence}</p>`)}`;
}

/** A box for every partial run, or nothing. */
export function partialNotes(runs: readonly LabelledRun[]): Html {
  const partial = runs.filter(({ run }) => !whole(run));
  return html`${partial.map(
    ({ run, label }) =>
      html`<p class="partial">
        PARTIAL RUN: ${run.trace.name}, ${label}. It was cut short: ${run.partial}. Its figures cannot be compared with
        those of other runs.
      </p>`,
  )}`;
}

/** Class of a table row: the baseline and partial runs stand out. */
export function rowClass({ run }: LabelledRun, baseline: LabelledRun | null): string {
  return whole(run) ? (run === baseline?.run ? 'base' : 'run') : 'partial-run';
}

/** Plain sentences on every run that can be compared with the baseline. */
function finding({ runs, baseline }: ProgramRuns): Html | null {
  if (baseline === null) return null;
  const share = (run: RunResult) => {
    const fraction = localShare(run.misses);
    return fraction === null ? 'no misses' : `${percent(fraction, 0)} % of misses local`;
  };
  const others = runs.filter(({ run, relative }) => run !== baseline.run && relative !== null);
  return html`<div class="finding">
    <p>
      ${baseline.label} takes ${milliseconds(baseline.run.elapsedNs)} ms, with ${share(baseline.run)}; this is 100
      below.
      ${others.map(({ run, label, relative }) => html`<br />${label}: <strong>${decimal(relative, 1)}</strong>, ${difference(relative!)}, with ${share(run)}${moves(run)}.`)}
    </p>
  </div>`;
}

/** What a run moved, or that it moved nothing although it was asked to. */
function moves({ policy, placement }: RunResult): string {
  const { migrations, replications } = placement;
  if (migrations + replications > 0)
    return `; ${counted(migrations, 'migration')}, ${counted(replications, 'replication')}`;
  return /migrat|replic/.test(policy) ? '; no page was moved' : '';
}

function difference(relative: number): string {
  const change = decimal(Math.abs(relative - 100), 1);
  if (change === '0.0') return 'as long';
  return `${change} % ${relative < 100 ? 'less' : 'more'} time`;
}

function timeFigure(runs: readonly LabelledRun[], baseline: LabelledRun | null): Html {
  const shares = runs.map(({ run }) => timeShares(run));
  const used = TIME_GROUPS.map((_, group) => group).filter(group => shares.some(parts => parts[group] > 0));
  const parts = used.map(group => ({ name: TIME_GROUPS[group].name, ...TIME_PAINTS[group] }));
  const bars = runs.map(({ run, label, relative }, i) => ({
    label,
    length: relative,
    parts: used.map(group => shares[i][group]),
    remark: !whole(run)
      ? `PARTIAL, not comparable: ${run.partial}`
      : complete(run)
        ? 'nothing to compare with'
        : 'an incomplete recording',
  }));
  const scale = baseline === null ? 'no run is whole' : `${baseline.label} is 100`;
  return html`<figure>
      ${legend(parts)}${stackedBars(`Time by use, ${scale}`, bars, parts)}
      <figcaption>
        Simulated time of each run, split by what the processors did; ${scale}, shorter is faster. Numbers inside the
        bars are on the same scale. The table has the parts in percent of each run’s own time.
      </figcaption>
    </figure>
    <div class="wide">
      <table>
        <caption>
          Time by use, in percent of each run’s time
        </caption>
        <thead>
          <tr>
            <th scope="col">configuration</th>
            <th scope="col">time<br />ms</th>
            <th scope="col">relative<br />time</th>
            ${used.map(group => html`<th scope="col">${TIME_GROUPS[group].name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${runs.map((entry, i) =>
            timeRow(
              entry,
              baseline,
              used.map(group => shares[i][group]),
            ),
          )}
        </tbody>
      </table>
    </div>`;
}

function timeRow(entry: LabelledRun, baseline: LabelledRun | null, shares: readonly number[]): Html {
  const { run, label, relative } = entry;
  return html`<tr class="${rowClass(entry, baseline)}">
    <th scope="row">${label}</th>
    <td>${complete(run) ? milliseconds(run.elapsedNs) : NONE}</td>
    <td>${whole(run) ? decimal(relative, 1) : 'partial'}</td>
    ${shares.map(share => html`<td>${complete(run) ? percent(share) : NONE}</td>`)}
  </tr>`;
}

function placementTable(runs: readonly LabelledRun[], baseline: LabelledRun | null): Html {
  return html`<div class="wide">
    <table>
      <caption>
        Pages as the policy placed them, and the share of misses that stayed in the own node
      </caption>
      <thead>
        <tr>
          <th scope="col">configuration</th>
          <th scope="col">misses</th>
          <th scope="col">local share<br />%</th>
          <th scope="col">pages</th>
          <th scope="col">migra-<br />tions</th>
          <th scope="col">repli-<br />cations</th>
          <th scope="col">col-<br />lapses</th>
          <th scope="col">mean cost of one<br />migr. / repl.</th>
          <th scope="col" class="text">decisions and their reasons</th>
        </tr>
      </thead>
      <tbody>
        ${runs.map(entry => placementRow(entry, baseline))}
      </tbody>
    </table>
  </div>`;
}

function placementRow(entry: LabelledRun, baseline: LabelledRun | null): Html {
  const { run, label } = entry;
  const { misses, placement } = run;
  const share = complete(run) ? localShare(misses) : null;
  const { pages, migrations, replications, collapses, meanMigrationNs, meanReplicationNs, decisions } = placement;
  const reasons = decisions.map(
    (decision, i) => html`${i > 0 && html`<br />`}${count(decision.count)} × ${decision.action}: ${decision.because}`,
  );
  return html`<tr class="${rowClass(entry, baseline)}">
    <th scope="row">${label}</th>
    <td>${count(misses.local + misses.remote)}</td>
    <td>${smallBar(share, TIME_PAINTS[LOCAL].fill, percent(share))}</td>
    <td>${count(pages)}</td>
    <td>${count(migrations)}</td>
    <td>${count(replications)}</td>
    <td>${count(collapses)}</td>
    <td>${duration(meanMigrationNs)} / ${duration(meanReplicationNs)}</td>
    <td class="text reasons">${reasons}</td>
  </tr>`;
}

const LOCAL = TIME_GROUPS.findIndex(({ activities }) => activities.includes('local stall'));
