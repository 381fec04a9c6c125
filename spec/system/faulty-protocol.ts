/** Protocols with a fault planted: a compiled table turned back into rows, changed, and compiled again. */
import { mesi } from '../../lib/coherence/protocols/mesi.js';
import type { CoherenceProtocol } from '../../lib/coherence/protocol.js';
import type { AnyTable } from '../../lib/coherence/print.js';
import { Table } from '../../lib/coherence/table.js';

/** What a cell of a table says: nothing, or actions and the next state, with sharers left and without. */
export interface Cell {
  readonly actions: readonly string[];
  readonly some: string;
  readonly none: string;
}

/** A cell of a table by names; null if it is empty. */
export function cellOf(table: AnyTable, state: string, event: string): Cell | null {
  const cell = table.states.indexOf(state) * table.events.length + table.events.indexOf(event);
  const actions = table.cells[cell];
  if (actions === null) return null;
  return {
    actions: Array.from(actions, action => table.actions[action]),
    some: table.states[table.next[cell]],
    none: table.states[table.nextWithoutSharers[cell]],
  };
}

/** A change of some cells: the cell as it is now, or null, to what it shall be. */
export type Change = (state: string, event: string, cell: Cell | null) => Cell | null;

/** A table with all its cells passed through a change. */
export function changed<T extends AnyTable & Pick<Table, 'name'>>(table: T, change: Change): T {
  const rows = table.states.flatMap(state =>
    table.events.flatMap(event => {
      const cell = change(state, event, cellOf(table, state, event));
      if (cell === null) return [];
      return [[state, event, cell.actions, { some: cell.some, none: cell.none }] as const];
    }),
  );
  const stable = table.states.filter((_, state) => table.stable[state]);
  const { name, states, events, actions } = table;
  return new Table({ name: `${name}, changed`, states, stable, events, actions, rows }) as unknown as T;
}

/** A protocol, MESI unless another is given, with a change of its cache table, its home table, or both. */
export function faulty(
  { cache, home }: { cache?: Change; home?: Change },
  protocol: CoherenceProtocol = mesi,
): CoherenceProtocol {
  return {
    name: `${protocol.name} with a fault`,
    cache: cache ? changed(protocol.cache, cache) : protocol.cache,
    home: home ? changed(protocol.home, home) : protocol.home,
  };
}

/** A change of the cells of some states and events, each given as a list. */
export function inCells(
  states: readonly string[],
  events: readonly string[],
  change: (cell: Cell) => Cell | null,
): Change {
  return (state, event, cell) => {
    if (!states.includes(state) || !events.includes(event) || cell === null) return cell;
    return change(cell);
  };
}

/** New cells, where the table has none. */
export function newCells(states: readonly string[], events: readonly string[], actions: readonly string[]): Change {
  return (state, event, cell) =>
    states.includes(state) && events.includes(event) && cell === null ? { actions, some: state, none: state } : cell;
}

/** One change after the other. */
export function both(first: Change, second: Change): Change {
  return (state, event, cell) => second(state, event, first(state, event, cell));
}

/** A cell without an action. */
export const without =
  (action: string) =>
  (cell: Cell): Cell => ({ ...cell, actions: cell.actions.filter(name => name !== action) });

/** A cell with another next state. */
export const to =
  (state: string) =>
  (cell: Cell): Cell => ({ ...cell, some: state, none: state });
