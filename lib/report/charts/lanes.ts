/** What happens when, as a panel: a lane for each actor, a piece for each time that it acts. */
import { html as markup } from '../markup.js';
import { clipped } from '../format.js';
import { PANEL_WIDTH, type Panel } from './panel.js';
import { at, ticksWithin } from './scale.js';

/** A time that an actor acts. */
export interface LanePiece {
  readonly from: number;
  readonly length: number;
  /** Said when it is pointed at. */
  readonly title: string;
}

/** An actor. */
export interface Lane {
  readonly name: string;
  readonly fill: string;
  readonly pieces: readonly LanePiece[];
}

const LEFT = 96;
const RIGHT = 14;
const TOP = 44;
const LANE = 24;
const BAR = 16;
/** Pieces of no time are seen, too. */
const LEAST_WIDTH = 1;

/** Draws lanes below each other, on an axis of their own up to `end`. */
export function lanes(title: string, unit: string, all: readonly Lane[], end: number): Panel {
  const x = (value: number): number => at(LEFT + (value / end) * (PANEL_WIDTH - LEFT - RIGHT));
  const bottom = TOP + LANE * all.length;
  const scale = ticksWithin(end, 4);
  const drawn = all.map(({ name, fill, pieces }, i) => {
    const y = TOP + LANE * i + (LANE - BAR) / 2;
    const bars = pieces.map(({ from, length, title: said }) => {
      const width = at(Math.max(LEAST_WIDTH, x(from + length) - x(from)));
      return markup`<rect x="${x(from)}" y="${y}" width="${width}" height="${BAR}" fill="${fill}"><title>${said}</title></rect>`;
    });
    return markup`<text x="${LEFT - 8}" y="${y + 13}" text-anchor="end">${clipped(name, 13)}</text>${bars}`;
  });
  const content = markup`<text class="strong" x="4" y="15">${clipped(title, 46)}<title>${title}</title></text>
<text class="small" x="4" y="32">${clipped(unit, 52)}</text>
<g class="grid">${scale.map(value => markup`<path d="M${x(value)} ${TOP}V${bottom}"/>`)}</g>
<g class="axis" text-anchor="middle">${scale.map(value => markup`<text x="${x(value)}" y="${bottom + 15}">${value}</text>`)}</g>
${drawn}`;
  return { title, height: bottom + 24, content };
}
