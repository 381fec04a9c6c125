/** Shares of a whole over time, one area upon the other. */
import type { BarPart } from './bars.js';
import { at, ticksWithin } from './scale.js';
import { html as markup } from '../markup.js';
import type { Html } from '../markup.js';
import { decimal } from '../format.js';

/** One area: its name and colours, and its percent of the whole in each step. */
export interface Area extends BarPart {
  readonly values: readonly number[];
}

const WIDTH = 1040;
const HEIGHT = 280;
const LEFT = 52;
const RIGHT = 12;
const TOP = 10;
const BOTTOM = 40;
const PERCENT = [0, 25, 50, 75, 100];

/** Draws areas upon each other, the first at the bottom, as steps of `stepMs` milliseconds up to `endMs`. */
export function stackedAreas(title: string, areas: readonly Area[], stepMs: number, endMs: number): Html {
  const steps = areas[0]?.values.length ?? 0;
  const end = Math.max(endMs, 1e-6);
  const x = (ms: number) => at(LEFT + (Math.min(ms, end) / end) * (WIDTH - LEFT - RIGHT));
  const y = (percent: number) => at(HEIGHT - BOTTOM - (percent / 100) * (HEIGHT - TOP - BOTTOM));
  let below = new Array<number>(steps).fill(0);
  const drawn = areas.map(({ name, fill, values }) => {
    const above = values.map((value, step) => below[step] + value);
    const edge = outline(above, below, stepMs, x, y);
    below = above;
    const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, steps);
    return markup`<path shape-rendering="crispEdges" d="${edge}" fill="${fill}"><title>${name}: ${decimal(mean, 1)} % on average</title></path>`;
  });
  return markup`<svg class="chart" role="img" viewBox="0 0 ${WIDTH} ${HEIGHT}">
<title>${title}</title>
<g>${drawn}</g>
<g class="axis" text-anchor="end">
${PERCENT.map(value => markup`<text x="${LEFT - 8}" y="${y(value) + 4}">${value} %</text>`)}</g>
<g class="grid">${PERCENT.map(value => markup`<path d="M${LEFT - 5} ${y(value)}H${LEFT}"/>`)}</g>
<g class="axis" text-anchor="middle">
${ticksWithin(end, 10).map(ms => markup`<text x="${x(ms)}" y="${HEIGHT - BOTTOM + 17}">${ms}</text>`)}
<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 6}">milliseconds of simulated time</text></g>
</svg>`;
}

/** Along the upper edge and back along the lower one, in steps; equal neighbours need no point. */
function outline(
  above: readonly number[],
  below: readonly number[],
  stepMs: number,
  x: (ms: number) => number,
  y: (percent: number) => number,
): string {
  const steps = above.length;
  let path = `M${x(0)} ${y(above[0] ?? 0)}`;
  for (let step = 1; step < steps; step++)
    if (y(above[step]) !== y(above[step - 1])) path += `H${x(step * stepMs)}V${y(above[step])}`;
  path += `H${x(steps * stepMs)}V${y(below[steps - 1] ?? 0)}`;
  for (let step = steps - 2; step >= 0; step--)
    if (y(below[step]) !== y(below[step + 1])) path += `H${x((step + 1) * stepMs)}V${y(below[step])}`;
  return `${path}H${x(0)}Z`;
}
