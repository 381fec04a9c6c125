/**
 * A coherence protocol: what caches do and what homes do. `defineProtocol` checks the two tables by themselves and
 * against each other. Which kinds of messages a protocol uses follows from its actions (sends.ts), and the virtual
 * network of each from its kind.
 */
import { Kind } from '../messages/coherence-messages.js';
import { eventsAtCache, eventsAtHome } from './classify.js';
import { CACHE_SENDS, HOME_SENDS, type Send } from './sends.js';
import { Table, type Row, type UnreachedRow } from './table.js';
import {
  CACHE_ACTIONS,
  CACHE_EVENTS,
  HOME_ACTIONS,
  HOME_EVENTS,
  type CacheAction,
  type CacheEvent,
  type HomeAction,
  type HomeEvent,
} from './vocabulary.js';

/** A protocol: what caches do and what homes do. */
export interface CoherenceProtocol {
  readonly name: string;
  readonly cache: Table<string, CacheEvent, CacheAction>;
  readonly home: Table<string, HomeEvent, HomeAction>;
}

/** One side of a protocol. */
export interface Side<State extends string, Event extends string, Action extends string> {
  /** The first one is that of a line nobody has asked for. */
  readonly states: readonly State[];
  /** The states in which nothing is outstanding. */
  readonly stable: readonly NoInfer<State>[];
  readonly rows: readonly Row<NoInfer<State>, Event, Action>[];
  /** Cells that small configurations cannot reach, with the reason. */
  readonly unreached?: readonly UnreachedRow<NoInfer<State>, Event>[];
}

/** What a protocol is made of. */
export interface ProtocolSource<CacheState extends string, HomeState extends string> {
  readonly name: string;
  readonly cache: Side<CacheState, CacheEvent, CacheAction>;
  readonly home: Side<HomeState, HomeEvent, HomeAction>;
}

/**
 * Builds the tables of a protocol and checks them. Throws an Error that names the protocol's table, state and event for: a
 * cell given twice; a name that does not exist; a state that cannot be reached from the first one; a transient state that
 * nothing leads out of; a stall that does something else besides; a message that no row of its receiver takes.
 */
export function defineProtocol<CacheState extends string, HomeState extends string>(
  source: ProtocolSource<CacheState, HomeState>,
): CoherenceProtocol {
  const { name } = source;
  const cache = new Table({
    name: `${name} cache`,
    events: CACHE_EVENTS,
    actions: CACHE_ACTIONS,
    ...source.cache,
  });
  const home = new Table({
    name: `${name} home`,
    events: HOME_EVENTS,
    actions: HOME_ACTIONS,
    ...source.home,
  });
  for (const table of [cache, home]) {
    checkStates(table);
    checkStalls(table);
  }
  checkReceivers(cache, CACHE_SENDS, { cache, home });
  checkReceivers(home, HOME_SENDS, { cache, home });
  return { name, cache, home };
}

/** Whether homes refuse requests under a protocol, so that caches have to ask again. */
export function refuses({ home }: CoherenceProtocol): boolean {
  const nak = HOME_ACTIONS.indexOf('sendNak');
  return home.cells.some(actions => actions?.includes(nak) === true);
}

function checkStates(table: Table): void {
  const { states, events, cells, stable } = table;
  const reached = new Set([0]);
  for (const state of reached)
    for (let event = 0, leaves = false; event <= events.length; event++) {
      const cell = state * events.length + event;
      if (event === events.length) {
        if (!leaves && !stable[state])
          throw new Error(`${table.name}: no row leads out of ${states[state]}, which is not stable`);
      } else if (cells[cell] !== null) {
        for (const next of [table.next[cell], table.nextWithoutSharers[cell]]) {
          reached.add(next);
          leaves ||= next !== state;
        }
      }
    }
  const lost = states.filter((_, state) => !reached.has(state));
  if (lost.length > 0) throw new Error(`${table.name}: no rows lead from ${states[0]} to ${lost.join(', ')}`);
}

function checkStalls(table: Table): void {
  const { states, events, actions } = table;
  const stall = actions.indexOf('stall');
  for (const [cell, numbers] of table.cells.entries()) {
    const state = Math.floor(cell / events.length);
    if (numbers?.includes(stall) === true && (numbers.length > 1 || table.next[cell] !== state))
      throw new Error(
        `${table.name}: ${events[cell % events.length]} in ${states[state]} stalls, so it can do nothing else and stays in ${states[state]}`,
      );
  }
}

/** What a side sends, some row of its receivers has to take. */
function checkReceivers(
  from: Table,
  sends: Readonly<Partial<Record<string, Send>>>,
  { cache, home }: Omit<CoherenceProtocol, 'name'>,
): void {
  for (const action of new Set(from.cells.flatMap(cell => Array.from(cell ?? [])))) {
    const send = sends[from.actions[action]];
    if (send === undefined) continue;
    const kind = Kind[send.kind];
    const [to, events] = send.to === 'Home' ? [home, eventsAtHome(kind)] : [cache, eventsAtCache(kind)];
    if (!to.cells.some((cell, at) => cell !== null && events.has(at % to.events.length)))
      throw new Error(`${from.name}: ${from.actions[action]} sends ${send.kind}, for which ${to.name} has no row`);
  }
}
