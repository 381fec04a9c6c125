/**
 * Protocol tables: states, events, actions and next states as data, checked when they are built.
 * Classification (what happened), action (one small effect) and table are three things in three places.
 */

/** One or several states, one or several events, the actions in order, and the next state (the same state if left out). */
export type Row<State extends string, Event extends string, Action extends string> = readonly [
  states: State | readonly State[],
  events: Event | readonly Event[],
  actions: readonly Action[],
  next?: State | SharersDecide<State>,
];

/** A next state that depends on whether any sharer is left after the actions. */
export interface SharersDecide<State extends string> {
  readonly some: State;
  readonly none: State;
}

/** What a table is made of. */
export interface TableSource<State extends string, Event extends string, Action extends string> {
  readonly name: string;
  readonly states: readonly State[];
  /** The states in which nothing is outstanding. */
  readonly stable: readonly State[];
  readonly events: readonly Event[];
  readonly actions: readonly Action[];
  readonly rows: readonly Row<State, Event, Action>[];
}

/** A compiled table. Cells are numbered `state * events.length + event`. */
export class Table<State extends string = string, Event extends string = string, Action extends string = string> {
  readonly name: string;
  readonly states: readonly State[];
  readonly events: readonly Event[];
  readonly actions: readonly Action[];
  /** Action numbers by cell, null for an empty cell: the combination cannot occur and must be refused. */
  readonly cells: readonly (Int32Array | null)[];
  /** Next state by cell. */
  readonly next: Int32Array;
  /** Next state by cell when no sharer is left; the same as `next` where that does not matter. */
  readonly nextWithoutSharers: Int32Array;
  /** Whether nothing is outstanding, by state. */
  readonly stable: readonly boolean[];

  /** Throws an Error that names the table and the row for a cell given twice or a name that does not exist. */
  constructor(source: TableSource<State, Event, Action>) {
    this.name = source.name;
    this.states = source.states;
    this.events = source.events;
    this.actions = source.actions;
    this.stable = source.states.map(state => source.stable.includes(state));
    const size = source.states.length * source.events.length;
    const cells: (Int32Array | null)[] = new Array<Int32Array | null>(size).fill(null);
    this.next = new Int32Array(size);
    this.nextWithoutSharers = new Int32Array(size);
    for (const [states, events, actions, next] of source.rows) {
      const numbers = Int32Array.from(actions, action => this.number('action', this.actions, action));
      for (const state of [states].flat() as State[])
        for (const event of [events].flat() as Event[]) {
          const cell = this.cell(state, event);
          if (cells[cell] !== null) throw new Error(`${this.name}: two rows for ${event} in ${state}`);
          cells[cell] = numbers;
          const decided = next ?? state;
          const some = typeof decided === 'object' ? decided.some : decided;
          const none = typeof decided === 'object' ? decided.none : decided;
          this.next[cell] = this.number('state', this.states, some);
          this.nextWithoutSharers[cell] = this.number('state', this.states, none);
        }
    }
    this.cells = cells;
  }

  /** The number of a cell. Throws for a state or event that the table does not have. */
  cell(state: State, event: Event): number {
    return this.number('state', this.states, state) * this.events.length + this.number('event', this.events, event);
  }

  /** The number of a state. */
  state(state: State): number {
    return this.number('state', this.states, state);
  }

  /** Whether a cell has this action. */
  does(state: number, event: number, action: Action): boolean {
    const cell = this.cells[state * this.events.length + event];
    return cell !== null && cell !== undefined && cell.includes(this.actions.indexOf(action));
  }

  private number(what: string, names: readonly string[], name: string): number {
    const index = names.indexOf(name);
    if (index < 0) throw new Error(`${this.name}: no ${what} is called ${name}; there are ${names.join(', ')}`);
    return index;
  }
}

/** A protocol: what caches do and what homes do. */
export interface CoherenceProtocol {
  readonly name: string;
  readonly cache: Table<string, CacheEvent, CacheAction>;
  readonly home: Table<string, HomeEvent, HomeAction>;
}

/** What can happen to a line in a cache. */
export const CACHE_EVENTS = [
  'load',
  'store',
  'evict',
  'Fwd-GetS',
  'Fwd-GetM',
  'Inv',
  'Put-Ack',
  'DataExcl',
  'DataDir(ack=0)',
  'DataDir(ack>0)',
  'DataDir(ack>0)[all acks were early]',
  'DataOwner',
  'Inv-Ack',
  'Last-Inv-Ack',
] as const;
/** See CACHE_EVENTS. */
export type CacheEvent = (typeof CACHE_EVENTS)[number];

/** What a cache can do about it: one small effect each. */
export const CACHE_ACTIONS = [
  'hit',
  'stall',
  'sendGetS',
  'sendGetM',
  'sendPutS',
  'sendPutE',
  'sendPutM',
  'sendInvAckToRequester',
  'sendDataToRequester',
  'sendDataToHome',
  'keepData',
  'addCount',
  'countOne',
] as const;
/** See CACHE_ACTIONS. */
export type CacheAction = (typeof CACHE_ACTIONS)[number];

/** What can happen to a line at its home. */
export const HOME_EVENTS = [
  'GetS',
  'GetM(sharer)',
  'GetM(non-sharer)',
  'PutS(not last)',
  'PutS(last sharer)',
  'PutS(not a sharer)',
  'PutM(owner)',
  'PutM(non-owner)',
  'PutM(non-owner, sharer)',
  'PutE(owner)',
  'PutE(non-owner)',
  'PutE(non-owner, sharer)',
  'Data',
] as const;
/** See HOME_EVENTS. */
export type HomeEvent = (typeof HOME_EVENTS)[number];

/** What a home can do about it: one small effect each. */
export const HOME_ACTIONS = [
  'stall',
  'sendData',
  'sendExclusive',
  'sendInvToOthers',
  'forwardGetS',
  'forwardGetM',
  'sendPutAck',
  'addRequester',
  'addOwner',
  'removeRequester',
  'clearSharers',
  'setOwner',
  'clearOwner',
  'writeMemory',
] as const;
/** See HOME_ACTIONS. */
export type HomeAction = (typeof HOME_ACTIONS)[number];
