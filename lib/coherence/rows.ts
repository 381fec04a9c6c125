/** Tables made from other tables' rows: a protocol that is another one with some cells changed says only which. */
import type { Row } from './table.js';

type AnyRow<State extends string, Event extends string> = readonly [
  states: State | readonly State[],
  events: Event | readonly Event[],
  ...rest: readonly unknown[],
];

/** The names of the cells that a row gives. */
function cellsOf<State extends string, Event extends string>([states, events]: AnyRow<State, Event>): string[] {
  return [states].flat().flatMap(state => [events].flat().map(event => `${state} ${event}`));
}

/** Rows without the cells that others give; rows that lose a cell fall apart into rows of one cell each. */
export function without<State extends string, Event extends string, Action extends string>(
  rows: readonly Row<State, Event, Action>[],
  given: readonly AnyRow<string, string>[],
): Row<State, Event, Action>[] {
  const gone = new Set(given.flatMap(cellsOf));
  return rows.flatMap(row => {
    if (!cellsOf(row).some(cell => gone.has(cell))) return [row];
    const [states, events, actions, next] = row;
    return ([states].flat() as State[]).flatMap(state =>
      ([events].flat() as Event[])
        .filter(event => !gone.has(`${state} ${event}`))
        .map((event): Row<State, Event, Action> =>
          next === undefined ? [state, event, actions] : [state, event, actions, next],
        ),
    );
  });
}

/** Rows with some cells changed. Throws an Error for a cell that they do not have: a row that is new is no change. */
export function changing<State extends string, Event extends string, Action extends string>(
  rows: readonly Row<State, Event, Action>[],
  changes: readonly Row<State, Event, Action>[],
): Row<State, Event, Action>[] {
  const had = new Set(rows.flatMap(cellsOf));
  const added = changes.flatMap(cellsOf).filter(cell => !had.has(cell));
  if (added.length > 0) throw new Error(`no row gives ${added.join(', ')}, so there is nothing to change`);
  return [...without(rows, changes), ...changes];
}
