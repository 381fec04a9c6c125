/** Stacked horizontal bars on a common scale, and small single ones for tables. */
import type { Paint } from './palette.js';
import { at, ticks } from './scale.js';
import { html as markup } from '../markup.js';
import type { Content, Html } from '../markup.js';
import { clipped, decimal } from '../format.js';

/** A bar of several parts. */
export interface Bar {
  readonly label: string;
  /** Length in units of the axis, or null for a bar that cannot be drawn. */
  readonly length: number | null;
  /** Fractions of the length. */
  readonly parts: readonly number[];
  /** Said instead of a bar without length. */
  readonly remark: string;
}

/** What the parts of all bars are. */
export interface BarPart extends Paint {
  readonly name: string;
}

const WIDTH = 1040;
const LEFT = 272;
const RIGHT = 60;
const ROW = 38;
const BAR = 26;
const TOP = 22;
/** Parts narrower than this have no number on them. */
const LEAST_WITH_NUMBER = 28;

/**
 * Draws bars below each other. Numbers on the parts are in units of the axis, which goes up to `most` at least: a little further
 * than the longest bar unless given. A dashed line marks 100 where it is `percent`.
 */
export function stackedBars(
  title: string,
  bars: readonly Bar[],
  parts: readonly BarPart[],
  most = Math.max(100, ...bars.map(({ length }) => length ?? 0)) * 1.001,
  unit: 'percent' | 'MB' = 'percent',
): Html {
  const scale = ticks(most, 6);
  const x = (value: number) => at(LEFT + (value / scale.at(-1)!) * (WIDTH - LEFT - RIGHT));
  const bottom = TOP + ROW * bars.length;
  return markup`<svg class="chart" role="img" viewBox="0 0 ${WIDTH} ${bottom + 20}">
<title>${title}</title>
<g class="grid">${scale.map(value => markup`<path d="M${x(value)} ${TOP - 4}V${bottom}"/>`)}</g>
<g class="axis" text-anchor="middle">${scale.map(value => markup`<text x="${x(value)}" y="${bottom + 15}">${value}</text>`)}</g>
${bars.map((bar, i) => row(bar, TOP + ROW * i, { parts, unit, x }))}${unit === 'percent' && mark(x(100), bottom)}
</svg>`;
}

/** A bar for one fraction, with its number behind it; the number alone if there is no fraction. */
export function smallBar(fraction: number | null, fill: string, number: Content): Html {
  const text = markup`<span class="number">${number}</span>`;
  if (fraction === null) return text;
  const width = at(60 * Math.min(1, Math.max(0, fraction)));
  return markup`<svg class="mini" viewBox="0 0 60 10" aria-hidden="true">
<rect width="60" height="10" fill="var(--track)"/>
<rect width="${width}" height="10" fill="${fill}"/></svg>${text}`;
}

/** Names and colours of parts; those that no bar has can be left out by the caller. */
export function legend(parts: readonly BarPart[]): Html {
  return markup`<ul class="legend">${parts.map(({ name, fill }) => markup`<li>${swatch(fill)} ${name}</li>`)}</ul>`;
}

/** A small square of a colour, drawn so that it prints. */
export function swatch(fill: string): Html {
  return markup`<svg class="swatch" viewBox="0 0 12 12" aria-hidden="true">
<rect x=".5" y=".5" width="11" height="11" fill="${fill}" stroke="#5b6670"/></svg>`;
}

function mark(x: number, bottom: number): Html {
  return markup`
<path class="mark" d="M${x} ${TOP - 8}V${bottom}"/>
<text class="small" x="${x}" y="${TOP - 11}" text-anchor="middle">100</text>`;
}

/** What all bars of a chart have in common. */
interface Chart {
  readonly parts: readonly BarPart[];
  readonly unit: 'percent' | 'MB';
  readonly x: (value: number) => number;
}

function row(bar: Bar, y: number, { parts, unit, x }: Chart): Html {
  const { label, length, remark } = bar;
  const middle = y + BAR / 2 + 5;
  const name = markup`<text x="${LEFT - 10}" y="${middle}" text-anchor="end">${clipped(label, 38)}<title>${label}</title></text>`;
  if (length === null)
    return markup`<g>${name}
<text class="warn" x="${LEFT + 8}" y="${middle}">${clipped(remark, 100)}<title>${remark}</title></text></g>`;
  let start = 0;
  const pieces = bar.parts.map((fraction, i) => {
    const from = start;
    start += fraction * length;
    return fraction > 0 ? piece(label, parts[i], { fraction, length, unit }, y, x(from), x(start)) : null;
  });
  return markup`<g>${name}${pieces}<text class="strong" x="${x(length) + 7}" y="${middle}">${decimal(length, 1)}</text></g>`;
}

function piece(
  label: string,
  part: BarPart,
  { fraction, length, unit }: { readonly fraction: number; readonly length: number; readonly unit: Chart['unit'] },
  y: number,
  from: number,
  to: number,
): Html {
  const value = fraction * length;
  const [named, whole] = unit === 'percent' ? ['', 'this run'] : [` ${unit}`, 'it'];
  const title = `${label}: ${part.name} ${decimal(value, 1)}${named}, that is ${decimal(100 * fraction, 1)} % of ${whole}`;
  const digits = value < 9.95 ? 1 : 0;
  const number =
    to - from >= LEAST_WITH_NUMBER &&
    markup`<text class="on" x="${at((from + to) / 2)}" y="${y + BAR / 2 + 4}" fill="${part.ink}">${decimal(value, digits)}</text>`;
  return markup`<g><title>${title}</title>
<rect class="piece" x="${from}" y="${y}" width="${at(to - from)}" height="${BAR}" fill="${part.fill}"/>${number}</g>`;
}
