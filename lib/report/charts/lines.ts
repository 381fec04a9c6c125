/** Fractions over time, one line for each series, named where it ends. */
import { LINES } from './palette.js';
import { at, ticksWithin } from './scale.js';
import { html as markup } from '../markup.js';
import type { Html } from '../markup.js';
import { clipped } from '../format.js';

/** One line. */
export interface Series {
  readonly name: string;
  /** Length of a step in milliseconds. */
  readonly stepMs: number;
  /** A fraction for each step, drawn at its middle; the line is broken where there is null. */
  readonly values: readonly (number | null)[];
}

interface Pen {
  readonly stroke: string;
  readonly dashes: string;
  readonly width: number;
}

const WIDTH = 1040;
const HEIGHT = 250;
const LEFT = 52;
const RIGHT = 296;
const TOP = 10;
const BOTTOM = 40;
const PERCENT = [0, 25, 50, 75, 100];

/** Draws lines from 0 to 100 percent. Names that would meet are moved apart. */
export function lineChart(title: string, series: readonly Series[]): Html {
  const end = Math.max(...series.map(({ stepMs, values }) => stepMs * values.length), 0) || 1;
  const scale = ticksWithin(end, 8);
  const x = (ms: number) => at(LEFT + (ms / end) * (WIDTH - LEFT - RIGHT));
  const y = (fraction: number) => at(HEIGHT - BOTTOM - fraction * (HEIGHT - TOP - BOTTOM));
  const names = apart(series.map(({ values }) => y(values.findLast(value => value !== null) ?? 0) + 4));
  return markup`<svg class="chart" role="img" viewBox="0 0 ${WIDTH} ${HEIGHT}">
<title>${title}</title>
<g class="grid">${PERCENT.map(value => markup`<path d="M${LEFT} ${y(value / 100)}H${WIDTH - RIGHT}"/>`)}</g>
<g class="axis" text-anchor="end">
${PERCENT.map(value => markup`<text x="${LEFT - 8}" y="${y(value / 100) + 4}">${value} %</text>`)}</g>
<g class="axis" text-anchor="middle">
${scale.map(ms => markup`<text x="${x(ms)}" y="${HEIGHT - BOTTOM + 17}">${ms}</text>`)}
<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 6}">milliseconds of simulated time</text></g>
${series.map((line, i) => drawn(line, penOf(i, series.length), x, y, names[i]))}
</svg>`;
}

/** Earlier lines are wider, so that a later one on top does not hide them. */
function penOf(i: number, lines: number): Pen {
  return { ...LINES[i % LINES.length], width: at(2 + 0.9 * (lines - 1 - i)) };
}

function drawn(
  { name, stepMs, values }: Series,
  pen: Pen,
  x: (ms: number) => number,
  y: (fraction: number) => number,
  nameY: number,
): Html {
  const { stroke, dashes, width } = pen;
  let path = '';
  values.forEach((value, step) => {
    if (value === null) return;
    const point = `${x((step + 0.5) * stepMs)} ${y(value)}`;
    path += (step > 0 && values[step - 1] !== null ? 'L' : 'M') + point + (isLone(values, step) ? 'h.1' : '');
  });
  const last = values.findLastIndex(value => value !== null);
  if (last < 0) return markup``;
  const endX = x((last + 0.5) * stepMs);
  const nameX = WIDTH - RIGHT + 14;
  const leader = markup`<path class="leader" d="M${endX} ${y(values[last]!)}L${nameX - 4} ${nameY - 4}"/>`;
  const dashed = dashes !== '' && markup` stroke-dasharray="${dashes}"`;
  return markup`<g>${leader}
<path class="line" d="${path}" stroke="${stroke}" stroke-width="${width}"${dashed}><title>${name}</title></path>
<text x="${nameX}" y="${nameY}" fill="${stroke}" class="strong">${clipped(name, 36)}</text></g>`;
}

/** A step between two gaps is a point: a line too short to see otherwise. */
function isLone(values: readonly (number | null)[], step: number): boolean {
  return (values[step - 1] ?? null) === null && (values[step + 1] ?? null) === null;
}

/** Moves positions down until they are a line of text apart, then all up if the last one left the chart. */
function apart(positions: readonly number[]): number[] {
  const order = positions.map((_, i) => i).sort((a, b) => positions[a] - positions[b]);
  const moved = [...positions];
  order.forEach((i, rank) => {
    if (rank > 0) moved[i] = Math.max(moved[i], moved[order[rank - 1]] + 16);
  });
  const excess = Math.max(0, ...moved.map(position => position - (HEIGHT - BOTTOM + 8)));
  return moved.map(position => at(Math.max(TOP + 6, position - excess)));
}
