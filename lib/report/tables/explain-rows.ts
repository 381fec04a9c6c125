/** The steps of an event as rows of a table: what belongs together in one row, and what two systems have in common in one line. */
import type { Step } from '../../experiments/explain/recorder.js';

/** A row: one step or several. */
export interface EventRow {
  /** Ticks from the beginning of the event. */
  readonly at: number;
  readonly ticks: number;
  readonly processor: number;
  readonly who: string;
  readonly what: string;
  /** How often, if it was interrupted or done several times. */
  readonly times: number;
  /** Lines that were missed, and how many of them have another node as home. */
  readonly misses: number;
  readonly remote: number;
}

/** Rows among which one that is done again is looked for. */
const NEAR = 4;

/** A row for each step; steps of one kind that follow each other are one. */
export function rowsOf(steps: readonly Step[]): EventRow[] {
  const rows: EventRow[] = [];
  let group: Step[] = [];
  for (const step of steps) {
    if (group.length > 0 && !alike(group[0], step)) rows.push(rowOf(group.splice(0)));
    group.push(step);
  }
  return group.length > 0 ? [...rows, rowOf(group)] : rows;
}

/**
 * Fewer rows, for long events: all that the monitor does about one trap is one row, and a row that is done again shortly after is added to
 * the one before.
 */
export function visitsOf(steps: readonly Step[]): EventRow[] {
  const rows: EventRow[] = [];
  for (const row of [...visits(steps)]) {
    const near = Math.max(0, rows.length - NEAR);
    const same = rows.findIndex((other, index) => index >= near && keyOf(other) === keyOf(row));
    if (same < 0) rows.push(row);
    else rows[same] = together(rows[same], row);
  }
  return rows;
}

/** Pairs of rows: what both sides do in one line, null where only one side does something. */
export function aligned(
  left: readonly EventRow[],
  right: readonly EventRow[],
): (readonly [EventRow | null, EventRow | null])[] {
  const common = longestCommon(left.map(keyOf), right.map(keyOf));
  const pairs: (readonly [EventRow | null, EventRow | null])[] = [];
  let [i, j] = [0, 0];
  for (const [toLeft, toRight] of [...common, [left.length, right.length] as const]) {
    while (i < toLeft || j < toRight) pairs.push([i < toLeft ? left[i++] : null, j < toRight ? right[j++] : null]);
    if (i < left.length && j < right.length) pairs.push([left[i++], right[j++]]);
  }
  return pairs;
}

function alike(one: Step, other: Step): boolean {
  const same = one.processor === other.processor && one.actor === other.actor && one.what === other.what;
  return same && one.touches !== null && other.touches !== null && !one.again && !other.again;
}

function rowOf(group: readonly Step[]): EventRow {
  const [{ at, processor, actor, what, touches, again }] = group;
  const places = [...new Set(group.map(step => (step.touches ?? '').replace(/ 0x[0-9a-f]+$/, '')))];
  const where = group.length === 1 ? touches : places.join(', ');
  const text = `${what}${where === null ? '' : ` ${where}`}${again ? ', again' : ''}`;
  return { at, processor, who: actor, what: text, times: group.length, ...sumsOf(group) };
}

function sumsOf(steps: readonly Step[]): { ticks: number; misses: number; remote: number } {
  const misses = steps.flatMap(step => step.misses);
  const ticks = steps.reduce((sum, step) => sum + step.ticks, 0);
  return { ticks, misses: misses.length, remote: misses.filter(({ remote }) => remote).length };
}

/** The steps of the monitor from a trap to its return are one row. */
function* visits(steps: readonly Step[]): Generator<EventRow> {
  const under = new Map<number, Step[]>();
  const end = function* (processor: number): Generator<EventRow> {
    const visit = under.get(processor) ?? [];
    under.delete(processor);
    if (visit.some(({ actor }) => actor === 'monitor')) yield visitRow(visit);
    else yield* rowsOf(visit);
  };
  for (const step of steps) {
    if (step.actor !== 'monitor') yield* end(step.processor);
    if (step.actor === 'monitor' || step.actor === 'hardware')
      under.set(step.processor, [...(under.get(step.processor) ?? []), step]);
    else yield* rowsOf([step]);
  }
  for (const processor of [...under.keys()]) yield* end(processor);
}

function visitRow(visit: readonly Step[]): EventRow {
  const [{ at, processor }] = visit;
  const done = visit.map(({ what }) => what.replace(/, [0-9]+ instructions$|^trap: /g, ''));
  const named = [...new Set(done)].filter(what => !/^(load|store|return|write register|enter$|leave$)/.test(what));
  return { at, processor, who: 'monitor', what: named.join(', '), times: 1, ...sumsOf(visit) };
}

function together(one: EventRow, other: EventRow): EventRow {
  const [ticks, times] = [one.ticks + other.ticks, one.times + other.times];
  return { ...one, ticks, times, misses: one.misses + other.misses, remote: one.remote + other.remote };
}

function keyOf({ processor, who, what }: EventRow): string {
  return `${processor} ${who} ${what.replace(/, again$/, '').replace(/ 0x[0-9a-f]+$/, '')}`;
}

/** Places of the longest common subsequence of two lists. */
function longestCommon(left: readonly string[], right: readonly string[]): (readonly [number, number])[] {
  const lengths = Array.from({ length: left.length + 1 }, () => new Uint32Array(right.length + 1));
  for (let i = left.length - 1; i >= 0; i--)
    for (let j = right.length - 1; j >= 0; j--)
      lengths[i][j] = left[i] === right[j] ? lengths[i + 1][j + 1] + 1 : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
  const places: (readonly [number, number])[] = [];
  for (let i = 0, j = 0; i < left.length && j < right.length;) {
    if (left[i] === right[j]) places.push([i++, j++]);
    else if (lengths[i + 1][j] >= lengths[i][j + 1]) i++;
    else j++;
  }
  return places;
}
