/** Stacked bars in pairs, published above ours, as a panel: a column of them fits a narrow screen. */
import { html as markup, type Html } from '../markup.js';
import { clipped, decimal } from '../format.js';
import type { BarPart } from './bars.js';
import { PANEL_WIDTH, type Panel } from './panel.js';
import { at, ticksWithin } from './scale.js';

/** Two bars with the same parts. */
export interface BarPair {
  readonly label: string;
  /** Lengths of the parts, in units of the axis. */
  readonly published: readonly number[];
  readonly ours: readonly number[];
}

const LEFT = 46;
const RIGHT = 40;
const TOP = 26;
const BAR = 13;
const PAIR = 54;

/** Draws pairs below each other, on an axis up to `most`. */
export function pairedBars(
  title: string,
  pairs: readonly BarPair[],
  parts: readonly BarPart[],
  most: number,
  unit: string,
): Panel {
  const x = (value: number): number => at(LEFT + (value / most) * (PANEL_WIDTH - LEFT - RIGHT));
  const bottom = TOP + PAIR * pairs.length;
  const scale = ticksWithin(most, 4);
  const rows = pairs.map(({ label, published, ours }, i) => {
    const y = TOP + PAIR * i;
    return markup`<text x="4" y="${y + 12}">${clipped(label, 46)}</text>
${bar('paper', `${label}, paper`, published, y + 17, { parts, x, unit })}${bar('ours', `${label}, ours`, ours, y + 32, { parts, x, unit })}`;
  });
  const content = markup`<text class="strong" x="4" y="15">${clipped(title, 46)}</text>
<g class="grid">${scale.map(value => markup`<path d="M${x(value)} ${TOP}V${bottom}"/>`)}</g>
<g class="axis" text-anchor="middle">${scale.map(value => markup`<text x="${x(value)}" y="${bottom + 14}">${value}</text>`)}</g>
${rows}`;
  return { title, height: bottom + 22, content };
}

/** What all bars of a panel have in common. */
interface Frame {
  readonly parts: readonly BarPart[];
  readonly x: (value: number) => number;
  readonly unit: string;
}

function bar(name: string, whole: string, lengths: readonly number[], y: number, { parts, x, unit }: Frame): Html {
  let start = 0;
  const pieces = lengths.map((length, i) => {
    const from = x(start);
    start += length;
    if (!(length > 0)) return null;
    const said = `${whole}: ${parts[i].name} ${decimal(length, 1)} ${unit}`;
    return markup`<rect class="piece" x="${from}" y="${y}" width="${at(x(start) - from)}" height="${BAR}" fill="${parts[i].fill}"><title>${said}</title></rect>`;
  });
  return markup`<text class="small" x="${LEFT - 5}" y="${y + 11}" text-anchor="end">${name}</text>${pieces}
<text class="small" x="${at(x(start) + 5)}" y="${y + 11}">${decimal(start, start < 10 ? 1 : 0)}</text>`;
}
