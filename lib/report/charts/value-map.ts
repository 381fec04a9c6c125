/** A heat map of means: two axes, a cell for each pair of their values, darker for more. */
import { html as markup, type Html } from '../markup.js';
import { clipped } from '../format.js';
import { AMOUNT_STEPS } from './palette.js';
import { PANEL_WIDTH, type Panel } from './panel.js';
import { at } from './scale.js';
import type { Mark } from './intervals.js';

/** What is drawn. */
export interface ValueMap {
  readonly title: string;
  readonly unit: string;
  /** Name and values of the axis from left to right, and of the one from top to bottom. */
  readonly columns: readonly [axis: string, values: readonly string[]];
  readonly rows: readonly [axis: string, values: readonly string[]];
  /** A list for each row. */
  readonly cells: readonly (readonly (Mark | null)[])[];
  /** The means with the palest and the darkest colour. */
  readonly range: readonly [number, number];
  /** A mean as it is written in its cell. */
  readonly text: (mean: number) => string;
}

const LEFT = 92;
const TOP = 58;
const ROW = 26;

/** Numbers are written in cells that have room; all are said when a cell is pointed at. */
export function valueMap({ title, unit, columns, rows, cells, range, text }: ValueMap): Panel {
  const width = (PANEL_WIDTH - LEFT - 4) / columns[1].length;
  const letters = Math.floor(width / 6.4);
  const cell = (mark: Mark | null, row: number, column: number): Html | null => {
    if (mark === null) return null;
    const { fill, ink } = AMOUNT_STEPS[stepOf(mark.mean, range)];
    const number = text(mark.mean);
    const [x, y] = [at(LEFT + column * width), TOP + row * ROW];
    return markup`<g><title>${mark.title}</title><rect class="cell" x="${x}" y="${y}" width="${at(width)}" height="${ROW}" fill="${fill}"/>
${number.length <= letters && markup`<text class="on" x="${at(x + width / 2)}" y="${y + 17}" fill="${ink}">${number}</text>`}</g>`;
  };
  const content = markup`<text class="strong" x="4" y="15">${clipped(title, 46)}<title>${title}</title></text>
<text class="small" x="4" y="32">${clipped(`${unit}; down: ${rows[0]}, across: ${columns[0]}`, 48)}</text>
<g class="axis" text-anchor="middle">${columns[1].map((value, i) => markup`<text x="${at(LEFT + (i + 0.5) * width)}" y="${TOP - 7}">${clipped(value, Math.max(2, letters))}</text>`)}</g>
<g class="axis" text-anchor="end">${rows[1].map((value, i) => markup`<text x="${LEFT - 6}" y="${TOP + ROW * i + 17}">${clipped(value, 13)}<title>${value}</title></text>`)}</g>
${cells.map((of, row) => of.map((mark, column) => cell(mark, row, column)))}`;
  return { title, height: TOP + ROW * rows[1].length + 10, content };
}

function stepOf(mean: number, [least, most]: readonly [number, number]): number {
  if (!(most > least)) return 0;
  return Math.min(AMOUNT_STEPS.length - 1, Math.floor(((mean - least) / (most - least)) * AMOUNT_STEPS.length));
}
