/** The steps of an event as rows of a table: which steps are one row. */
import type { Step } from '../../experiments/explain/recording.js';

/** A row: one step or several. */
export interface EventRow {
  /** Ticks from the beginning of the event. */
  readonly at: number;
  readonly ticks: number;
  readonly processor: number;
  readonly actor: string;
  readonly text: string;
  /** Rows with the same key do the same, perhaps at other addresses. */
  readonly key: string;
  /** How often it is done. */
  readonly times: number;
  /** Lines that were missed. */
  readonly misses: number;
  /** Those whose home is another node. */
  readonly remote: number;
}

/** Rows before, among which the one that is done again is looked for. */
const NEAR = 4;

/** Steps of the monitor that belong to every trap, and say nothing about this one. */
const EVERY_TRAP = new Set(['enter', 'leave', 'load', 'store', 'write register', 'return from exception']);

/** A row for each step. Steps of one kind that follow each other are one row. */
export function rowsOf(steps: readonly Step[]): EventRow[] {
  const groups: Step[][] = [];
  for (const step of steps) {
    const group = groups.at(-1);
    if (group !== undefined && alike(group[0], step)) group.push(step);
    else groups.push([step]);
  }
  return groups.map(rowOf);
}

/**
 * Fewer rows, for long events: a trap with all that the monitor does about it is one row, and a row that is done again shortly
 * after is added to the one before.
 */
export function foldedRowsOf(steps: readonly Step[]): EventRow[] {
  const rows: EventRow[] = [];
  for (const group of trapsOf(steps)) {
    const row = group.some(({ actor }) => actor === 'monitor') ? trapRow(group) : rowOf(group);
    const near = Math.max(0, rows.length - NEAR);
    const same = rows.findIndex(({ key }, index) => index >= near && key === row.key);
    if (same < 0) rows.push(row);
    else rows[same] = together(rows[same], row);
  }
  return rows;
}

/** Steps in groups: a trap with the steps of the monitor that follow it on its processor; every other step for itself. */
function trapsOf(steps: readonly Step[]): Step[][] {
  const groups: Step[][] = [];
  const last = new Map<number, Step[]>();
  for (const step of steps) {
    const group = last.get(step.processor);
    const inTrap = group !== undefined && (group[0].actor === 'hardware' || group[0].actor === 'monitor');
    if (inTrap && step.actor === 'monitor') {
      group.push(step);
    } else {
      const made = [step];
      groups.push(made);
      last.set(step.processor, made);
    }
  }
  return groups;
}

function alike(one: Step, other: Step): boolean {
  const same = one.processor === other.processor && one.actor === other.actor && one.what === other.what;
  return same && one.touches !== null && other.touches !== null && !one.again && !other.again;
}

function rowOf(group: readonly Step[]): EventRow {
  const [{ actor, processor, what, instructions, address, again }] = group;
  const places = [...new Set(group.flatMap(({ touches }) => touches ?? []))].join(', ');
  const parts = [
    what,
    ...(places === '' ? [] : [places]),
    ...(group.length === 1 && address !== null ? [`0x${address.toString(16)}`] : []),
  ];
  const length = instructions === null ? '' : `, ${instructions} instructions`;
  return {
    ...sumsOf(group),
    actor,
    text: `${parts.join(' ')}${length}${again ? ', again' : ''}`,
    key: [processor, actor, what, places].join(' '),
    times: group.length,
  };
}

function trapRow(group: readonly Step[]): EventRow {
  const [{ processor }] = group;
  const done = group.map(({ what }) => what.replace(/^trap: /, '')).filter(what => !EVERY_TRAP.has(what));
  const text = [...new Set(done)].join(', ');
  return { ...sumsOf(group), actor: 'monitor', text, key: [processor, text].join(' '), times: 1 };
}

function sumsOf(group: readonly Step[]): Pick<EventRow, 'at' | 'processor' | 'ticks' | 'misses' | 'remote'> {
  const [{ at, processor }] = group;
  const misses = group.flatMap(step => step.misses);
  const ticks = group.reduce((sum, step) => sum + step.ticks, 0);
  return { at, processor, ticks, misses: misses.length, remote: misses.filter(({ remote }) => remote).length };
}

function together(one: EventRow, other: EventRow): EventRow {
  return {
    ...one,
    ticks: one.ticks + other.ticks,
    times: one.times + other.times,
    misses: one.misses + other.misses,
    remote: one.remote + other.remote,
  };
}
