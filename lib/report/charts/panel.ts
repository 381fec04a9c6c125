/** Small pictures of one size: a page lets them flow, as many beside each other as there is room; a file has them in rows of three. */
import { html as markup, trusted, type Html } from '../markup.js';
import { CHART_STYLE } from '../style.js';
import { inLight } from '../theme.js';
import { LINES } from './palette.js';

/** Width of every panel. */
export const PANEL_WIDTH = 340;

/** The inside of a picture, and how high it is. */
export interface Panel {
  readonly title: string;
  readonly height: number;
  readonly content: Html;
}

const ROW_LENGTH = 3;
const GAP = 16;
const LEGEND_ROW = 20;

/** What the panels of a picture share. */
export interface Panels {
  readonly title: string;
  readonly panels: readonly Panel[];
  /** Names of the lines, in the order of their pens; none if there is one line. */
  readonly names: readonly string[];
  /** What the names are values of; null for none. */
  readonly namesOf: string | null;
  /** Areas and what they are, for a file: a page has a legend of its own. */
  readonly fills?: readonly { readonly name: string; readonly fill: string }[];
}

/** For a page. */
export function panelsHtml({ panels, names, namesOf }: Panels): Html {
  return markup`${lineLegend(names, namesOf)}<div class="panels">${panels.map(
    ({ title, height, content }) =>
      markup`<svg class="chart" role="img" viewBox="0 0 ${PANEL_WIDTH} ${height}"><title>${title}</title>${content}</svg>`,
  )}</div>`;
}

/** For a file: SVG with its colours and fonts, on white. */
export function panelsSvg({ title, panels, names, namesOf, fills = [] }: Panels): string {
  const columns = Math.min(ROW_LENGTH, panels.length);
  const width = columns * PANEL_WIDTH + (columns + 1) * GAP;
  const height = Math.max(0, ...panels.map(panel => panel.height));
  const rows = Math.ceil(panels.length / columns);
  const top = 36 + LEGEND_ROW * (names.length + fills.length);
  const placed = panels.map(({ content }, i) => {
    const x = GAP + (i % columns) * (PANEL_WIDTH + GAP);
    const y = top + Math.floor(i / columns) * (height + GAP);
    return markup`<g transform="translate(${x} ${y})">${content}</g>`;
  });
  const whole = top + rows * (height + GAP);
  return inLight(
    markup`<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 ${width} ${whole}" width="${width}" height="${whole}" font-family="sans-serif">
<style>${trusted(CHART_STYLE)}</style>
<rect width="${width}" height="${whole}" fill="#ffffff"/>
<g class="chart">
<text x="${GAP}" y="24" font-size="16" font-weight="700">${title}</text>
${names.map((name, i) => markup`<g transform="translate(${GAP} ${36 + LEGEND_ROW * i})">${lineSample(i)}<text x="36" y="10">${namesOf === null ? name : `${namesOf}=${name}`}</text></g>`)}
${fills.map(
  ({ name, fill }, i) =>
    markup`<rect x="${GAP}" y="${36 + LEGEND_ROW * i}" width="12" height="12" fill="${fill}"/><text x="${GAP + 20}" y="${46 + LEGEND_ROW * i}">${name}</text>`,
)}
${placed}
</g>
</svg>
`.text,
  );
}

/** Names of lines with their pens. */
function lineLegend(names: readonly string[], namesOf: string | null): Html | null {
  if (names.length === 0) return null;
  return markup`<ul class="legend">${namesOf !== null && markup`<li>${namesOf}:</li>`}${names.map(
    (name, i) =>
      markup`<li><svg class="sample" viewBox="0 0 28 12" aria-hidden="true">${lineSample(i)}</svg> ${name}</li>`,
  )}</ul>`;
}

function lineSample(i: number): Html {
  const { stroke } = LINES[i % LINES.length];
  return markup`<path d="M0 6h28" stroke="${stroke}" stroke-width="2"${dashesOf(i)}/><circle cx="14" cy="6" r="3.5" fill="${stroke}"/>`;
}

/** The attribute of a line that is dashed. */
export function dashesOf(i: number): Html | null {
  const { dashes } = LINES[i % LINES.length];
  return dashes === '' ? null : markup` stroke-dasharray="${dashes}"`;
}
