/** Means with their intervals: as lines over numbers, or below each other for what has no order. */
import { html as markup, type Html } from '../markup.js';
import { clipped } from '../format.js';
import { LINES } from './palette.js';
import { dashesOf, PANEL_WIDTH, type Panel } from './panel.js';
import { at, ticksBetween } from './scale.js';

/** A mean; `low` and `high` are the ends of its interval, null if there is none. */
export interface Mark {
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
  /** Said when it is pointed at. */
  readonly title: string;
}

/** What is drawn in one panel. */
export interface IntervalsPanel {
  readonly title: string;
  /** Name of the axis of the places. */
  readonly axis: string;
  /** Values of that axis, and how they are written. */
  readonly places: readonly string[];
  /** A row for each line, a mark for each place; null where there is none. */
  readonly lines: readonly (readonly (Mark | null)[])[];
  /** What marks are, with the unit. */
  readonly unit: string;
  /** From the least to the most of all panels beside each other. */
  readonly range: readonly [number, number];
  /** A line at 0, as for differences. */
  readonly zero: boolean;
}

const LEFT = 58;
const RIGHT = 12;
const TOP = 44;
const HEIGHT = 260;
const BOTTOM = 44;
const DOT = 3.5;
/** Marks of several lines at one place stand so far apart. */
const APART = 6;
/** From the first to the last place, above which a scale is logarithmic. */
const WIDE = 15;

/** Lines over an axis of numbers, in ascending order; logarithmic if the numbers span more than a decade and none is below 1e-9. */
export function lineIntervals(panel: IntervalsPanel, numbers: readonly number[]): Panel {
  const { title, axis, lines, unit, places, zero } = panel;
  const scale = ticksBetween(...panel.range, 5);
  const [least, most] = [scale[0], scale[scale.length - 1]];
  const y = (value: number): number =>
    at(HEIGHT - BOTTOM - ((value - least) / (most - least)) * (HEIGHT - BOTTOM - TOP));
  const across = positions(numbers);
  const middle = (LEFT + PANEL_WIDTH - RIGHT) / 2;
  const content = markup`${heading(title, unit)}
<g class="grid">${scale.map(value => markup`<path d="M${LEFT} ${y(value)}H${PANEL_WIDTH - RIGHT}"/>`)}</g>
${zero && markup`<path class="mark" d="M${LEFT} ${y(0)}H${PANEL_WIDTH - RIGHT}"/>`}
<g class="axis" text-anchor="end">${scale.map(value => markup`<text x="${LEFT - 6}" y="${y(value) + 4}">${value}</text>`)}</g>
<g class="axis" text-anchor="middle">${readable(across, places).map(([x, text]) => markup`<text x="${x}" y="${HEIGHT - BOTTOM + 17}">${text}</text>`)}
<text x="${middle}" y="${HEIGHT - 8}">${clipped(axis, 44)}</text></g>
${lines.map((marks, i) =>
  line(
    marks,
    i,
    across.map(x => at(x + shift(i, lines.length))),
    y,
  ),
)}`;
  return { title, height: HEIGHT, content };
}

/** A row for each place, which may have any name; marks of several lines stand below each other. */
export function rowIntervals({ title, lines, unit, places, range, zero }: IntervalsPanel): Panel {
  const scale = ticksBetween(...range, 4);
  const [least, most] = [scale[0], scale[scale.length - 1]];
  const x = (value: number): number => at(16 + ((value - least) / (most - least)) * (PANEL_WIDTH - 40));
  const high = 26 + 10 * lines.length;
  const bottom = TOP + high * places.length;
  const rows = places.map((place, row) => {
    const top = TOP + high * row;
    const marks = lines.map((of, i) => of[row] && rowMark(of[row], i, top + 24 + 10 * i, x));
    return markup`<text x="4" y="${top + 13}">${clipped(place, 46)}<title>${place}</title></text>${marks}`;
  });
  const content = markup`${heading(title, unit)}
<g class="grid">${scale.map(value => markup`<path d="M${x(value)} ${TOP}V${bottom}"/>`)}</g>
${zero && markup`<path class="mark" d="M${x(0)} ${TOP}V${bottom}"/>`}
<g class="axis" text-anchor="middle">${scale.map(value => markup`<text x="${x(value)}" y="${bottom + 15}">${value}</text>`)}</g>
${rows}`;
  return { title, height: bottom + 24, content };
}

function heading(title: string, unit: string): Html {
  return markup`<text class="strong" x="4" y="15">${clipped(title, 46)}<title>${title}</title></text>
<text class="small" x="4" y="32">${clipped(unit, 52)}</text>`;
}

function line(
  marks: readonly (Mark | null)[],
  i: number,
  across: readonly number[],
  y: (value: number) => number,
): Html {
  const { stroke } = LINES[i % LINES.length];
  let path = '';
  marks.forEach((mark, place) => {
    if (mark !== null) path += `${place > 0 && marks[place - 1] !== null ? 'L' : 'M'}${across[place]} ${y(mark.mean)}`;
  });
  const points = marks.map((mark, place) => {
    if (mark === null) return null;
    const { mean, low, high, title } = mark;
    const x = across[place];
    const bar =
      low !== null &&
      high !== null &&
      markup`<path d="M${x} ${y(low)}V${y(high)}M${x - 4} ${y(low)}h8M${x - 4} ${y(high)}h8" stroke="${stroke}" fill="none"/>`;
    return markup`<g><title>${title}</title>${bar}<circle cx="${x}" cy="${y(mean)}" r="${DOT}" fill="${stroke}"/></g>`;
  });
  return markup`<path class="line" d="${path}" stroke="${stroke}" stroke-width="1.8"${dashesOf(i)}/>${points}`;
}

function rowMark({ mean, low, high, title }: Mark, i: number, y: number, x: (value: number) => number): Html {
  const { stroke } = LINES[i % LINES.length];
  const bar =
    low !== null &&
    high !== null &&
    markup`<path d="M${x(low)} ${y}H${x(high)}M${x(low)} ${y - 4}v8M${x(high)} ${y - 4}v8" stroke="${stroke}" fill="none"/>`;
  return markup`<g><title>${title}</title>${bar}<circle cx="${x(mean)}" cy="${y}" r="${DOT}" fill="${stroke}"/></g>`;
}

function shift(i: number, lines: number): number {
  return (i - (lines - 1) / 2) * Math.min(APART, 24 / lines);
}

/** Where the numbers stand. */
function positions(numbers: readonly number[]): number[] {
  const [first, last] = [numbers[0], numbers[numbers.length - 1]];
  const map = first > 1e-9 && last / first > WIDE ? Math.log : (value: number) => value;
  const room = PANEL_WIDTH - RIGHT - LEFT - 36;
  return numbers.map(value => at(LEFT + 18 + (room * (map(value) - map(first))) / (map(last) - map(first) || 1)));
}

/** The texts that do not meet the one before. */
function readable(across: readonly number[], texts: readonly string[]): [number, string][] {
  let end = -Infinity;
  return texts.flatMap((text, i): [number, string][] => {
    const half = 3.6 * text.length;
    if (across[i] - half < end + 4) return [];
    end = across[i] + half;
    return [[across[i], text]];
  });
}
