/**
 * A protocol with other rows here and there: to plant a fault and see it found, or to try a variation. Nothing is checked
 * as `defineProtocol` does: a faulty protocol is the point.
 */
import type { CoherenceProtocol } from './protocol.js';
import { without } from './rows.js';
import { Table, type Row } from './table.js';
import type { CacheAction, CacheEvent, HomeAction, HomeEvent } from './vocabulary.js';

/** Rows to put in the place of those that a protocol has, or beside them; `null` for actions empties the cells. */
export interface RowChanges {
  readonly cache?: readonly ChangedRow<CacheEvent, CacheAction>[];
  readonly home?: readonly ChangedRow<HomeEvent, HomeAction>[];
}

/** A row as a table has it, or one that empties cells. */
export type ChangedRow<Event extends string, Action extends string> =
  | Row<string, Event, Action>
  | readonly [states: string | readonly string[], events: Event | readonly Event[], actions: null];

/** The protocol with changed rows. Throws an Error for a state, event or action that does not exist, as `Table` does. */
export function withRows(protocol: CoherenceProtocol, changes: RowChanges): CoherenceProtocol {
  return {
    name: `${protocol.name}, changed`,
    cache: changed(protocol.cache, changes.cache ?? []),
    home: changed(protocol.home, changes.home ?? []),
  };
}

function changed<Event extends string, Action extends string>(
  table: Table<string, Event, Action>,
  changes: readonly ChangedRow<Event, Action>[],
): Table<string, Event, Action> {
  if (changes.length === 0) return table;
  for (const [states, events] of changes)
    for (const state of [states].flat()) for (const event of [events].flat() as Event[]) table.cell(state, event);
  const added = changes.filter((row): row is Row<string, Event, Action> => row[2] !== null);
  return new Table({
    name: `${table.name}, changed`,
    states: table.states,
    stable: table.states.filter((_, state) => table.stable[state]),
    events: table.events,
    actions: table.actions,
    rows: [...without(table.rows(), changes), ...added],
  });
}
