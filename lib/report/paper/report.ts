/** The report of the paper, rerun: for a person who has the paper in the other hand. One page that needs nothing else. */
import { plainObject } from '../../engine/checks.js';
import type { PaperOrder, PaperResult, PaperRow } from '../../experiments/paper/experiment.js';
import { legend } from '../charts/bars.js';
import { panelsHtml } from '../charts/panel.js';
import { counted, decimal, milliseconds } from '../format.js';
import { drawing, html, type Html } from '../markup.js';
import { reportPage, type Section } from '../page.js';
import { short } from '../tables/paper.js';
import { paperFigure } from './figures.js';

/** What a report is made of. */
export interface PaperReportOptions {
  readonly result: PaperResult;
  /** A drawing of the machine, as SVG. */
  readonly drawing: string;
  /** Name and version, for the foot of the page. */
  readonly generatedBy: string;
}

/** A complete HTML page. Equal options give equal bytes. It asks for nothing from anywhere and has no script. */
export function paperReportHtml(options: PaperReportOptions): string {
  plainObject(options, 'the options of a report');
  const { result, drawing: svg, generatedBy } = options;
  const sections: Section[] = [
    ...result.experiments.map(({ name, title, about }): Section => [
      name,
      title,
      experimentSection(result, name, about),
    ]),
    ['machine', 'The machine', machine(svg)],
    ['runs', 'The runs', runs(result)],
  ];
  return reportPage('The Disco paper, rerun', introduction(result), sections, generatedBy);
}

function introduction({ rows, orders, length, seeds }: PaperResult): Html {
  const predicted = rows.filter(({ kind }) => kind === 'predicted');
  const held = orders.filter(order => order.holds === order.seeds).length;
  const judged = length === 'full';
  const within = predicted.filter(row => row.within === true).length;
  const closeness = judged
    ? html`${within} of ${predicted.length} predicted numbers are within their tolerance; the others are marked, with
      the reason where it is known.`
    : html`Runs were shorter than the paper’s: ${counted(predicted.length, 'predicted number')} show the shape beside
        the paper’s and are not judged; <code>disco-sim paper --full</code> judges them.`;
  return html`<p class="lead">
      Every table and figure that Bugnion, Devine and Rosenblum measured on the simulated machine (Disco, SOSP 1997) was
      rerun on a model of it. ${held} of ${counted(orders.length, 'order')} that the paper shows hold here. ${closeness}
    </p>
    <p>
      Numbers of the bare machine are <em>calibrated</em>: the models of kernel and workloads were made on them, so that
      they predict nothing. What Disco does is <em>predicted</em> from them.
      ${seeds.length === 1 ? `One draw, of seed ${seeds[0]}.` : `Medians over ${seeds.length} seeds, with their range.`}
    </p>`;
}

function experimentSection(result: PaperResult, name: string, about: string): Html {
  const figure = paperFigure(result, name);
  const rows = result.rows.filter(({ experiment }) => experiment === name);
  const orders = result.orders.filter(({ experiment }) => experiment === name);
  return html`<p>${about}</p>
    ${figure !== null && html`<figure>${legend(figure.fills)}${panelsHtml(figure)}</figure>`}
    ${
      orders.length > 0 &&
      html`<ul>
        ${orders.map(orderItem)}
      </ul>`
    }
    ${misses(rows)}
    <details ${figure === null ? html`open` : null}>
      <summary>All ${counted(rows.length, 'number')}, with differences</summary>
      ${rowsTable(rows, result.seeds.length > 1)}
    </details>`;
}

function orderItem({ statement, holds, seeds }: PaperOrder): Html {
  const how = holds === seeds ? 'holds' : holds === 0 ? 'does not hold' : `holds with ${holds} of ${seeds} seeds`;
  return html`<li>${statement}: <strong>${how}</strong></li>`;
}

/** A paragraph on each reason, with the numbers that it explains; then those that nothing explains. */
function misses(rows: readonly PaperRow[]): Html | null {
  const off = rows.filter(({ within }) => within === false);
  if (off.length === 0) return null;
  const names = (of: readonly PaperRow[]): string =>
    of
      .map(
        ({ configuration, quantity, paper, ours }) => `${configuration}, ${quantity} ${short(ours)} (${short(paper)})`,
      )
      .join('; ');
  const reasons = [...new Set(off.map(({ why }) => why))].filter(why => why !== null);
  const unexplained = off.filter(({ why }) => why === null);
  return html`<h3>What is off, ours (the paper’s)</h3>
    ${reasons.map(why => html`<p>${names(off.filter(row => row.why === why))}. ${why}</p>`)}
    ${unexplained.length > 0 && html`<p>Not explained: ${names(unexplained)}.</p>`}`;
}

function rowsTable(rows: readonly PaperRow[], several: boolean): Html {
  const verdict = ({ within, kind, why }: PaperRow): string => {
    if (within === null) return kind;
    if (within) return `${kind}, within`;
    return why === null ? `${kind}, not explained` : `${kind}, off`;
  };
  return html`<div class="wide">
    <table>
      <thead>
        <tr>
          <th scope="col">configuration</th>
          <th scope="col" class="text">quantity</th>
          <th scope="col">paper</th>
          <th scope="col">ours</th>
          ${several && html`<th scope="col">range</th>`}
          <th scope="col">difference</th>
          <th scope="col">allowed</th>
          <th scope="col" class="text">kind</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          row =>
            html`<tr ${row.within === false ? html`class="partial-run"` : null}>
              <th scope="row">${row.configuration}</th>
              <td class="text">${row.quantity}, ${row.unit}</td>
              <td>${short(row.paper)}</td>
              <td>${short(row.ours)}</td>
              ${several && html`<td>${short(row.least)} to ${short(row.most)}</td>`}
              <td>${short(row.ours - row.paper)}</td>
              <td>${short(row.tolerance)}</td>
              <td class="text">${verdict(row)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function machine(svg: string): Html {
  return html`<p>
      FLASH as the paper has it: a processor, memory and disks on each node, 300 ns for a local miss and 900 ns for a
      remote one when nothing else is under way. Drawn with eight nodes.
    </p>
    <figure class="drawing">${drawing(svg)}</figure>`;
}

function runs({ runs: all, version, length }: PaperResult): Html {
  return html`<p>disco-sim ${version}, length ${length}. Equal version, length and seeds give equal numbers.</p>
    <div class="wide">
      <table>
        <thead>
          <tr>
            <th scope="col">run</th>
            <th scope="col">seed</th>
            <th scope="col">simulated ms</th>
            <th scope="col">idle %</th>
            <th scope="col" class="text">fingerprint</th>
          </tr>
        </thead>
        <tbody>
          ${all.map(
            ({ run, seed, elapsedNs, idle, fingerprint }) =>
              html`<tr>
                <th scope="row">${run}</th>
                <td>${seed}</td>
                <td>${milliseconds(elapsedNs)}</td>
                <td>${decimal(idle, 1)}</td>
                <td class="text">${fingerprint}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}
