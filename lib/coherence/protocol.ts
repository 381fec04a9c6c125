/**
 * A coherence protocol: what caches do, what homes do, and the virtual network of each kind of message it uses.
 * `defineProtocol` checks the two tables against each other and against the networks.
 */
import { KIND_NAMES, LANE_NAMES, LANE_OF, type KindName, type LaneName } from '../messages/coherence-messages.js';
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
  /** The virtual network of each kind of message that the protocol uses. */
  readonly lanes: Readonly<Partial<Record<KindName, LaneName>>>;
  readonly cache: Side<CacheState, CacheEvent, CacheAction>;
  readonly home: Side<HomeState, HomeEvent, HomeAction>;
}

/** The kinds of messages that actions send. */
const SENDS: Readonly<Partial<Record<CacheAction | HomeAction, KindName>>> = {
  sendGetS: 'GetS',
  sendGetM: 'GetM',
  sendPutS: 'PutS',
  sendPutE: 'PutE',
  sendPutM: 'PutM',
  sendPutO: 'PutO',
  sendInvAckToRequester: 'InvAck',
  sendDataToRequester: 'DataOwner',
  sendDataToHome: 'DataOwner',
  sendTransfer: 'Transfer',
  sendData: 'DataDir',
  sendExclusive: 'DataExcl',
  sendInvToOthers: 'Inv',
  evictSharer: 'Inv',
  forwardGetS: 'FwdGetS',
  forwardGetM: 'FwdGetM',
  sendAckCount: 'AckCount',
  sendPutAck: 'PutAck',
  sendNak: 'Nak',
};

/**
 * Builds the tables of a protocol and checks them. Throws an Error that names the protocol's table, state and event for: a
 * cell given twice; a name that does not exist; a state that cannot be reached from the first one; a transient state that
 * nothing leads out of; a stall that does something else besides; a message on another virtual network than its kind
 * needs, or on none.
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
  }) as Table<string, CacheEvent, CacheAction>;
  const home = new Table({
    name: `${name} home`,
    events: HOME_EVENTS,
    actions: HOME_ACTIONS,
    ...source.home,
  }) as Table<string, HomeEvent, HomeAction>;
  checkLanes(name, source.lanes);
  for (const table of [cache, home] as unknown as readonly Table[]) {
    checkStates(table);
    checkActions(name, table, source.lanes);
  }
  return { name, cache, home };
}

/** Whether homes refuse requests under a protocol, so that caches have to ask again. */
export function refuses({ home }: CoherenceProtocol): boolean {
  const nak = HOME_ACTIONS.indexOf('sendNak');
  return home.cells.some(actions => actions?.includes(nak) === true);
}

function checkLanes(name: string, lanes: ProtocolSource<string, string>['lanes']): void {
  for (const [kind, lane] of Object.entries(lanes)) {
    const number = KIND_NAMES.indexOf(kind as KindName);
    if (number < 0)
      throw new Error(`${name}: no kind of message is called ${kind}; there are ${KIND_NAMES.join(', ')}`);
    const needed = LANE_NAMES[LANE_OF[number]!];
    if (lane !== needed)
      throw new Error(
        `${name}: ${kind} is declared on the ${lane} network, but has to travel on the ${needed} network`,
      );
  }
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
        for (const next of [table.next[cell]!, table.nextWithoutSharers[cell]!]) {
          reached.add(next);
          leaves ||= next !== state;
        }
      }
    }
  const lost = states.filter((_, state) => !reached.has(state));
  if (lost.length > 0) throw new Error(`${table.name}: no rows lead from ${states[0]} to ${lost.join(', ')}`);
}

function checkActions(name: string, table: Table, lanes: ProtocolSource<string, string>['lanes']): void {
  const { states, events, actions } = table;
  for (const [cell, numbers] of table.cells.entries()) {
    const state = Math.floor(cell / events.length);
    const where = `${table.name}: ${events[cell % events.length]} in ${states[state]}`;
    const done = Array.from(numbers ?? [], action => actions[action]!);
    if (done.includes('stall') && (done.length > 1 || table.next[cell] !== state))
      throw new Error(`${where} stalls, so it can do nothing else and stays in ${states[state]}`);
    for (const action of done) {
      const kind = SENDS[action as CacheAction | HomeAction];
      if (kind !== undefined && lanes[kind] === undefined)
        throw new Error(`${where} sends ${kind}, for which ${name} declares no network`);
    }
  }
}
