/** Where requests waited: controllers, memory banks and links. */
import { smallBar } from './charts/bars.js';
import { html } from './markup.js';
import type { Html } from './markup.js';
import { count, counted, decimal, percent, ratio } from './format.js';
import type { LabelledRun } from './replay/figures.js';
import type { RunResult } from '../experiments/replay/result.js';

type Queue = RunResult['queues'][number];

const KINDS = [
  ['controller', 'controller'],
  ['bank', 'memory bank'],
  ['link', 'link'],
] as const;

const BUSY = 'var(--muted)';

/** Utilisation, waiting and the largest queue of each kind of place, for each run. */
export function queuesTable(runs: readonly LabelledRun[]): Html {
  return html`<div class="wide">
    <table>
      <caption>
        Busy time, waiting and largest queues; utilisation is in percent of the run’s time
      </caption>
      <thead>
        <tr>
          <th scope="col">configuration</th>
          <th scope="col" class="text">places</th>
          <th scope="col">mean<br />utilisation</th>
          <th scope="col">highest<br />utilisation</th>
          <th scope="col" class="text">of</th>
          <th scope="col">mean wait<br />ns</th>
          <th scope="col">largest<br />queue</th>
          <th scope="col" class="text">at</th>
        </tr>
      </thead>
      ${runs.map(
        ({ run, label }) =>
          html`<tbody>
            ${rowsOf(run, label)}
          </tbody>`,
      )}
    </table>
  </div>`;
}

/** The busiest places of one run, for its appendix. */
export function busiestTable({ queues }: Pick<RunResult, 'queues'>, most: number): Html {
  const busiest = [...queues].sort((a, b) => b.utilisation - a.utilisation).slice(0, most);
  return html`<div class="wide">
    <table>
      <caption>
        The ${count(busiest.length)} busiest of ${count(queues.length)} controllers, memory banks and links
      </caption>
      <thead>
        <tr>
          <th scope="col">name</th>
          <th scope="col" class="text">kind</th>
          <th scope="col">served</th>
          <th scope="col">utilisation %</th>
          <th scope="col">mean wait ns</th>
          <th scope="col">largest queue</th>
        </tr>
      </thead>
      <tbody>
        ${busiest.map(
          ({ kind, name, served, utilisation, meanWaitNs, largestQueue }) =>
            html`<tr>
              <th scope="row">${name}</th>
              <td class="text">${kind}</td>
              <td>${count(served)}</td>
              <td>${percent(utilisation)}</td>
              <td>${decimal(meanWaitNs, 1)}</td>
              <td>${count(largestQueue)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function rowsOf(run: RunResult, label: string): Html[] {
  const kinds = KINDS.map(([kind, name]) => ({ name, queues: run.queues.filter(queue => queue.kind === kind) })).filter(
    ({ queues }) => queues.length > 0,
  );
  if (kinds.length === 0)
    return [
      html`<tr>
        <th scope="row">${label}</th>
        <td class="text" colspan="7">nothing recorded</td>
      </tr>`,
    ];
  return kinds.map(
    ({ name, queues }, i) =>
      html`<tr>
        ${i === 0 && html`<th scope="rowgroup" rowspan="${kinds.length}">${label}</th>`}${cells(name, queues)}
      </tr>`,
  );
}

function cells(name: string, queues: readonly Queue[]): Html {
  const sum = (pick: (queue: Queue) => number) => queues.reduce((total, queue) => total + pick(queue), 0);
  const busiest = queues.reduce((most, queue) => (queue.utilisation > most.utilisation ? queue : most));
  const longest = queues.reduce((most, queue) => (queue.largestQueue > most.largestQueue ? queue : most));
  const wait = ratio(
    sum(({ meanWaitNs, served }) => meanWaitNs * served),
    sum(({ served }) => served),
  );
  const mean = sum(({ utilisation }) => utilisation) / queues.length;
  return html`<td class="text kind">${counted(queues.length, name)}</td>
    <td>${smallBar(mean, BUSY, percent(mean))}</td>
    <td>${smallBar(busiest.utilisation, BUSY, percent(busiest.utilisation))}</td>
    <td class="text">${busiest.name}</td>
    <td>${decimal(wait, 0)}</td>
    <td>${count(longest.largestQueue)}</td>
    <td class="text">${longest.largestQueue > 0 ? longest.name : '–'}</td>`;
}
