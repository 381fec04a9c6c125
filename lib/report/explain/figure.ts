/** The path of an event as a picture: for each system who acts when. */
import type { ExplainedSide, Explanation } from '../../experiments/explain/explain.js';
import type { Actor } from '../../experiments/explain/words.js';
import { lanes, type Lane } from '../charts/lanes.js';
import { panelsSvg, type Panel } from '../charts/panel.js';
import { decimal } from '../format.js';
import { rowsOf, type EventRow } from './rows.js';

/** Dark is the user, purple the kernel, green the monitor: as in all reports. */
const FILLS: readonly (readonly [actor: Actor, fill: string])[] = [
  ['user', '#46525f'],
  ['hardware', '#b3261e'],
  ['kernel', '#7d4f9e'],
  ['monitor', '#0b6e57'],
  ['idle', '#c2ccd6'],
];

/** An SVG file: a panel for each system, each on a scale of its own. */
export function explanationSvg({ title, sides }: Explanation): string {
  return panelsSvg({ title, panels: sides.map(panelOf), names: [], namesOf: null });
}

function panelOf(side: ExplainedSide): Panel {
  const { name, steps, ticks, tickNs } = side;
  const rows = rowsOf(steps);
  const processors = [...new Set(rows.map(({ processor }) => processor))];
  processors.sort((a, b) => Number(b === side.processor) - Number(a === side.processor));
  const all = processors.flatMap(processor => {
    const own = rows.filter(row => row.processor === processor);
    return FILLS.map(([actor, fill]) => laneOf(own, actor, fill, side)).filter(({ pieces }) => pieces.length > 0);
  });
  const total = decimal(ticks * tickNs, 1);
  const end = Math.max(...steps.map(step => step.at + step.ticks));
  return lanes(`${name}: ${total} ns`, 'ns, each system on its own scale', all, end * tickNs);
}

/** A lane of an actor on one processor, which is named if it is not the event's. */
function laneOf(rows: readonly EventRow[], actor: Actor, fill: string, { processor, tickNs }: ExplainedSide): Lane {
  const pieces = rows
    .filter(row => row.actor === actor)
    .map(({ at, ticks, text, times }) => {
      const length = ticks * tickNs;
      const often = times > 1 ? ` x${times}` : '';
      return { from: at * tickNs, length, title: `${text}${often}: ${decimal(length, 1)} ns` };
    });
  const other = rows[0].processor === processor ? '' : `cpu${rows[0].processor} `;
  return { name: `${other}${actor}`, fill, pieces };
}
