/** The report of a sweep: one page that needs nothing else. */
import { plainObject } from '../../engine/checks.js';
import { pointName, valueName, type Collected } from '../../experiments/sweeps/store/collected.js';
import type { SweepSummary } from '../../experiments/sweeps/summary.js';
import { panelsHtml } from '../charts/panel.js';
import { counted } from '../format.js';
import { html, type Html } from '../markup.js';
import { factsList, reportPage, type Section } from '../page.js';
import { axisValue, differenceText, inUnit, metricHeading, withInterval } from '../tables/sweep.js';
import { sweepPictures, type SweepPicture } from './pictures.js';

/** What a report is made of. */
export interface SweepReportOptions {
  /** What the sweep is called, such as the name of its file. */
  readonly name: string;
  readonly found: Collected;
  readonly summary: SweepSummary;
  /** Name and version, for the foot of the page. */
  readonly generatedBy: string;
}

/** Points that are named if they failed. */
const NAMED = 20;
/** Combinations of which a table is open. */
const SHOWN = 30;

/** A complete HTML page. Equal options give equal bytes. It asks for nothing from anywhere and has no script. */
export function sweepReportHtml(options: SweepReportOptions): string {
  plainObject(options, 'the options of a report');
  const { name, found, summary, generatedBy } = options;
  const pictures = sweepPictures(summary);
  const sections = [
    ...summary.metrics.map((metric, i): Section => [
      `metric-${i}`,
      metricHeading(metric),
      metricSection(metric, summary, pictures),
    ]),
    ['points', 'The points', points(found)] as const,
  ];
  return reportPage(`Sweep ${name}`, introduction(found, summary), sections, generatedBy);
}

function introduction({ specification, points, counts }: Collected, { baseline, rows }: SweepSummary): Html {
  const axes = Object.entries(specification.grid).map(
    ([axis, values]) => `${axis} (${values.map(valueName).join(', ')})`,
  );
  const seeds = specification.seeds.length;
  const lost = counts.missing + counts.failed;
  const against = Object.entries(baseline ?? {}).map(([axis, value]) => `${axis}=${valueName(value)}`);
  return html`${lost > 0 && html`<p class="partial">INCOMPLETE: of ${counted(points.length, 'point')}, ${counts.missing} are missing and ${counts.failed} failed. Means are over what there is.</p>`}
    <p class="lead">
      ${counted(rows.length, 'combination')} of ${axes.length === 0 ? 'no axis' : axes.join('; ')}, each with
      ${counted(seeds, 'seed')}.
      ${
        seeds < 2
          ? 'One draw: with one seed nothing can be said about noise.'
          : 'Bars are 95 % intervals of the mean over the seeds (Student).'
      }
      ${
        against.length > 0 &&
        `Differences are to ${against.join(', ')}, with the same seeds; one whose interval has 0 may be noise.`
      }
    </p>`;
}

function metricSection(metric: string, summary: SweepSummary, pictures: readonly SweepPicture[]): Html {
  const own = pictures.filter(picture => picture.metric === metric);
  return html`${own.map(
    picture =>
      html`<figure>
        ${panelsHtml(picture)}
        <figcaption>${picture.title}</figcaption>
      </figure>`,
  )}${
    summary.rows.length <= SHOWN
      ? metricTable(metric, summary)
      : html`<details>
          <summary>All ${summary.rows.length} combinations</summary>
          ${metricTable(metric, summary)}
        </details>`
  }`;
}

function metricTable(metric: string, { axes, rows, baseline }: SweepSummary): Html {
  return html`<div class="wide">
    <table>
      <thead>
        <tr>
          ${axes.map(axis => html`<th scope="col" class="text">${axis}</th>`)}
          <th scope="col">seeds</th>
          <th scope="col">${metricHeading(metric)}</th>
          ${baseline !== null && html`<th scope="col">difference</th>`}
        </tr>
      </thead>
      <tbody>
        ${rows.map(({ parameters, metrics: found }) => {
          const value = found[metric];
          if (value === undefined) return null;
          const difference = value.difference && inUnit(metric, value.difference);
          return html`<tr>
            ${axes.map(axis => html`<td class="text">${axisValue(parameters, axis)}</td>`)}
            <td>${value.estimate.n}</td>
            <td>${withInterval(inUnit(metric, value.estimate))}</td>
            ${baseline !== null && html`<td>${differenceText(difference)}</td>`}
          </tr>`;
        })}
      </tbody>
    </table>
  </div>`;
}

function points({ points: all, specification, version }: Collected): Html {
  const { run, fixed, seeds } = specification;
  const bad = all.filter(({ error }) => error !== null);
  const facts = factsList([
    ['run', run ?? 'a function of the caller'],
    [
      'the same everywhere',
      Object.entries(fixed)
        .map(([axis, value]) => `${axis}=${valueName(value)}`)
        .join(', ') || 'nothing',
    ],
    ['seeds', seeds.join(', ')],
    ['points', String(all.length)],
    ['version', version],
  ]);
  if (bad.length === 0) return facts;
  return html`${facts}
    <ul>
      ${bad.slice(0, NAMED).map(point => html`<li>${pointName(point, specification)}: ${point.error}</li>`)}
      ${bad.length > NAMED && html`<li>and ${bad.length - NAMED} more points</li>`}
    </ul>`;
}
