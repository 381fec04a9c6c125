/** What is needed to repeat and to doubt each run. */
import { html } from '../markup.js';
import type { Content, Html } from '../markup.js';
import { count, counted, milliseconds, percent } from '../format.js';
import { localShare, programsOf, whole } from './figures.js';
import type { LabelledRun } from './figures.js';
import { variantsOf } from './machines.js';
import { busiestTable } from '../queues.js';
import type { RunResult } from '../../experiments/replay/result.js';

const MOST_QUEUES = 12;

/** One folded block per run, in the order of the results, then every specification that they used once. */
export function appendix(results: readonly RunResult[]): Html {
  const variants = variantsOf(results);
  const names = new Map(
    variants.map(({ key, specification, programs }, i) => [
      key,
      { id: `specification-${i + 1}`, name: `${i + 1}: ${specification.name}, used for ${programs.join(', ')}` },
    ]),
  );
  const runs = programsOf(results)
    .flatMap(program => program.runs)
    .sort((a, b) => a.number - b.number);
  return html`<section id="appendix">
    <h2>Appendix: every run</h2>
    <p>
      Equal specification, recording, policy and seed give equal results to the last digit, on any computer; equal
      fingerprints show it.
    </p>
    ${runs.map(entry => runBlock(entry, names.get(JSON.stringify(entry.run.machine))!))}
    <h3>Specifications of the machines</h3>
    <p>Complete, as the simulator used them. Times are in the unit that their names end with.</p>
    ${variants.map(
      ({ key, specification }) =>
        html`<details id="${names.get(key)!.id}">
          <summary>Specification ${names.get(key)!.name}</summary>
          <pre>${JSON.stringify(specification, null, 1)}</pre>
        </details>`,
    )}
  </section>`;
}

function runBlock({ run, label, number }: LabelledRun, specification: { id: string; name: string }): Html {
  const facts: [string, Content][] = [
    ['program', `${run.trace.name}: ${run.trace.description}`],
    [
      'recording',
      `format ${run.trace.format}, ${counted(run.trace.streams, 'stream')}${run.trace.copies > 1 ? `, ${count(run.trace.copies)} copies side by side` : ''}`,
    ],
    ['what the recording lacks', listed(run.trace.lacks)],
    ['remarks', listed(run.trace.remarks)],
    ['policy', run.policy],
    ['machine', html`<a href="#${specification.id}">specification ${specification.name}</a>`],
    ['seed', run.seed],
    ['fingerprint', html`<code>${run.fingerprint}</code>`],
    ['version of the simulator', run.version],
    ['partial', run.partial ?? 'no: the run ended by itself'],
    ['simulated time', `${milliseconds(run.elapsedNs)} ms`],
    ['events, references', `${count(run.events)}, ${count(run.references)}`],
    [
      'misses',
      `${count(run.misses.local)} local, ${count(run.misses.remote)} remote; ${percent(localShare(run.misses))} % local`,
    ],
    ['TLB misses', count(run.tlbMisses)],
    ['hot pages', count(run.placement.hotPages)],
  ];
  return html`<details id="run-${number}">
    <summary>${!whole(run) && 'PARTIAL: '}Run ${number}: ${run.trace.name}, ${label}</summary>
    <dl class="facts">
      ${facts.map(
        ([term, value]) =>
          html`<dt>${term}</dt>
            <dd>${value}</dd>`,
      )}
    </dl>
    ${processorsTable(run)}${run.queues.length > 0 && busiestTable(run, MOST_QUEUES)}
  </details>`;
}

function listed(texts: readonly string[]): Content {
  return texts.length === 0 ? 'nothing' : texts.map((text, i) => html`${i > 0 && html`<br />`}${text}`);
}

function processorsTable({ processors }: RunResult): Html | null {
  if (processors.length === 0) return null;
  return html`<div class="wide">
    <table>
      <caption>
        Processors
      </caption>
      <thead>
        <tr>
          <th scope="col">processor</th>
          <th scope="col">node</th>
          <th scope="col">local misses</th>
          <th scope="col">remote misses</th>
          <th scope="col">TLB misses</th>
          <th scope="col">idle ms</th>
        </tr>
      </thead>
      <tbody>
        ${processors.map(
          ({ path, node, localMisses, remoteMisses, tlbMisses, time }) =>
            html`<tr>
              <th scope="row">${path}</th>
              <td>${node}</td>
              <td>${count(localMisses)}</td>
              <td>${count(remoteMisses)}</td>
              <td>${count(tlbMisses)}</td>
              <td>${milliseconds(time.idle ?? 0)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
