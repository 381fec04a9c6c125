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

/**
 * One or several states, one or several events: cells that no configuration reaches, or only one with at least so many
 * caches; and why.
 */
export type UnreachedRow<State extends string, Event extends string> = readonly [
  states: State | readonly State[],
  events: Event | readonly Event[],
  reason: string,
  caches?: number,
];

/** Why a cell is not reached. */
export interface Unreached {
  readonly reason: string;
  /** The number of caches from which on it is reached; Infinity for never. */
  readonly caches: number;
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
  /** Cells of these rows that small configurations, or all, cannot reach. */
  readonly unreached?: readonly UnreachedRow<State, Event>[];
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
  /** Why cells are not reached by exploration of small configurations, by cell. */
  readonly unreached: ReadonlyMap<number, Unreached>;

  /**
   * Throws an Error that names the table and the row for a cell given twice, a name that does not exist, or a reason
   * for a cell that is empty.
   */
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
    this.unreached = this.reasons(source.unreached ?? []);
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

  /** The table as rows of one cell each, for a table that is made from it. */
  rows(): Row<State, Event, Action>[] {
    const { states, events, actions } = this;
    return this.cells.flatMap((cell, at) => {
      if (cell === null) return [];
      const next = { some: states[this.next[at]], none: states[this.nextWithoutSharers[at]] };
      const state = states[Math.floor(at / events.length)];
      return [[state, events[at % events.length], Array.from(cell, action => actions[action]), next] as const];
    });
  }

  private reasons(rows: readonly UnreachedRow<State, Event>[]): ReadonlyMap<number, Unreached> {
    const reasons = new Map<number, Unreached>();
    for (const [states, events, reason, caches = Infinity] of rows)
      for (const state of [states].flat() as State[])
        for (const event of [events].flat() as Event[]) {
          const cell = this.cell(state, event);
          if (this.cells[cell] === null)
            throw new Error(
              `${this.name}: there is no row for ${event} in ${state}, so no reason why it is not reached`,
            );
          reasons.set(cell, { reason, caches });
        }
    return reasons;
  }

  private number(what: string, names: readonly string[], name: string): number {
    const index = names.indexOf(name);
    if (index < 0) throw new Error(`${this.name}: no ${what} is called ${name}; there are ${names.join(', ')}`);
    return index;
  }
}
