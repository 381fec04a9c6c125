/**
 * The explored model: a few caches, one home for each line, and three networks, as protocol tables move them. It is the
 * third interpreter of the tables, beside the private caches and the node controller; what a message is, all three ask of
 * `classify.ts`. From a state it makes every successor: one access, one eviction or one delivery each.
 * What actions do is in cache-side.ts and home-side.ts; here is which steps there are.
 *
 * What a protocol says about directory formats (variants.ts) is explored in the abstract: where an Inv may meet a cache in
 * I, home adds a sharer or takes everybody for one, and forgets one that leaves or does not; where there are rows for a
 * recall, home may call a line back at any time; where there are rows for no room, an entry names `pointers` sharers, and
 * any of them may be the one to go.
 *
 * Values are 0 and 1, and a store writes either. A load that hits is no step; a store that misses asks for the right,
 * and the store itself is a step of its own. A cache has one request open over all lines, and may evict at any time.
 */
import {
  KIND_NAMES,
  LANE_NAMES,
  LANE_OF,
  Lane,
  type KindName,
  type LaneName,
} from '../../messages/coherence-messages.js';
import { NO_EVENT } from '../classify.js';
import type { CoherenceProtocol } from '../protocol.js';
import type { Table } from '../table.js';
import { CACHE_ACTION as C, CACHE_EVENT, HOME_ACTION as H, HOME_EVENT } from '../vocabulary.js';
import { CacheSide } from './cache-side.js';
import { HomeSide } from './home-side.js';
import {
  cacheState,
  homeState,
  layoutOf,
  messageKind,
  messageLine,
  messageQueue,
  messageTo,
  type Layout,
} from './packing.js';
import { ACCESS, RECALL } from './steps.js';
import { Successor } from './successor.js';

/** What is explored besides the protocol. */
export interface ModelOptions {
  /** Caches, 1 to 6. */
  readonly caches: number;
  /** Lines, 1 or 2; each has a home of its own. Usually 1. */
  readonly lines?: number;
  /** Whether forwards to one cache keep their order (`fifo`, as they must) or not (`bag`, to see why). */
  readonly forwards?: 'fifo' | 'bag';
  /** Kinds of messages on another network than their own, to see why they travel there. */
  readonly lanes?: Readonly<Partial<Record<KindName, LaneName>>>;
  /**
   * Owners send data as the same kind of message as homes, as in published counts of states. Cells of DataOwner at caches
   * are not reached then.
   */
  readonly oneKindOfData?: boolean;
  /** Sharers that an entry names, for a protocol that evicts sharers. Usually 2. */
  readonly pointers?: number;
  /** Whether home may count caches as sharers that are not. Unless told, if the table answers an Inv in its first state. */
  readonly supersets?: boolean;
}

/** Takes the successors of a state. */
export interface Successors {
  /** One successor stands in the model's `next`, not yet in canonical form. `times`: so many equal messages lead to it. */
  step(step: number, times: number): void;
  /** A step that the table has no cell for. */
  unexpected(step: number, table: Table, state: number, event: number): void;
  /** A message of a kind that the receiver cannot understand, or one too many in flight. */
  impossible(step: number, what: string): void;
}

/** Makes the successors of states. */
export class Model {
  readonly protocol: CoherenceProtocol;
  readonly layout: Layout;
  /** Whether a kind of message travels on a network that keeps order, by kind. */
  readonly ordered: Uint8Array;
  /** What the caches do. */
  readonly caches: CacheSide;
  /** The successor that is being made. */
  readonly next: Uint16Array;
  /** Cells that were looked at, by cell: 1 or 0. */
  readonly cacheCells: Uint8Array;
  /** The same at homes. */
  readonly homeCells: Uint8Array;
  private readonly successor: Successor;
  private readonly homes: HomeSide;

  constructor(protocol: CoherenceProtocol, options: ModelOptions) {
    const { cache, home } = protocol;
    this.protocol = protocol;
    this.layout = layoutOf(options.caches, options.lines ?? 1);
    this.ordered = orderedKinds(options);
    this.successor = new Successor(this.layout);
    this.next = this.successor.words;
    this.caches = new CacheSide(cache, this.successor, options.oneKindOfData === true);
    const supersets = options.supersets ?? cache.cells[CACHE_EVENT.Inv] !== null;
    this.homes = new HomeSide(home, this.successor, supersets, options.pointers ?? 2);
    this.cacheCells = new Uint8Array(cache.cells.length);
    this.homeCells = new Uint8Array(home.cells.length);
    for (const table of [cache, home])
      if (table.states.length > 32)
        throw new RangeError(`${table.name} has ${table.states.length} states; 32 can be explored`);
  }

  /** Makes all successors of a canonical state, one after the other. */
  expand(state: Uint16Array, to: Successors): void {
    const { caches, lines } = this.layout;
    for (let cache = 0; cache < caches; cache++) {
      const busy = this.caches.lineAskedFor(state, cache);
      for (let line = 0; line < lines; line++) {
        if (busy < 0 || busy === line) {
          this.access(state, cache, line, CACHE_EVENT.load, 0, to);
          this.access(state, cache, line, CACHE_EVENT.store, 0, to);
        }
        this.access(state, cache, line, CACHE_EVENT.evict, 0, to);
      }
    }
    if (this.homes.recalls) for (let line = 0; line < lines; line++) this.recall(state, line, to);
    this.deliveries(state, to);
  }

  /** Home calls a line back, for reasons of its own. */
  private recall(state: Uint16Array, line: number, to: Successors): void {
    const table = this.protocol.home;
    const place = line * this.layout.block + this.layout.caches;
    const word = state[place];
    const first = homeState(word) * table.events.length;
    if (table.cells[first + HOME_EVENT.recall] === null) return;
    const event = this.homes.recallOf(state, line);
    const step = ACCESS | (RECALL << 8) | (line << 6);
    if (table.cells[first + event] === null) {
      to.unexpected(step, table, homeState(word), event);
      return;
    }
    this.homeCells[first + event] = 1;
    this.successor.begin(state, -1);
    this.homes.perform(line, event, 0);
    this.finish(step, 1, to);
  }

  /** Messages in flight in a state. */
  messagesIn(state: Uint16Array): number {
    const { messages, words } = this.layout;
    let at = messages;
    while (at < words && state[at] !== 0) at++;
    return at - messages;
  }

  /** An access as the program's next step. What hits without changing anything, or stalls, is no step. */
  private access(state: Uint16Array, cache: number, line: number, event: number, value: number, to: Successors): void {
    const table = this.protocol.cache;
    const before = cacheState(state[line * this.layout.block + cache]);
    const cell = before * table.events.length + event;
    const actions = table.cells[cell];
    const step = ACCESS | (event << 8) | (value << 7) | (line << 6) | cache;
    if (actions === null || actions === undefined) {
      // Nothing to evict; but every state must know what to do about a load and a store.
      if (event !== CACHE_EVENT.evict) to.unexpected(step, table, before, event);
      return;
    }
    this.cacheCells[cell] = 1;
    if (actions.includes(C.stall)) return;
    const hit = actions.includes(C.hit);
    if (hit && event === CACHE_EVENT.load) return;
    this.successor.begin(state, -1);
    this.caches.perform(cache, line, event, 0);
    if (hit) this.caches.write(cache, line, value);
    this.finish(step, 1, to);
    if (hit && value === 0) this.access(state, cache, line, event, 1, to);
  }

  private deliveries(state: Uint16Array, to: Successors): void {
    const { messages, words } = this.layout;
    for (let at = messages; at < words && state[at] !== 0;) {
      const message = state[at];
      let times = 1;
      if (this.ordered[messageKind(message)] === 1) {
        if (at === messages || messageQueue(state[at - 1]) !== messageQueue(message)) this.deliver(state, at, 1, to);
      } else {
        while (at + times < words && state[at + times] === message) times++;
        this.deliver(state, at, times, to);
      }
      at += times;
    }
  }

  private deliver(state: Uint16Array, at: number, times: number, to: Successors): void {
    const message = state[at];
    const choices = messageTo(message) === 0 ? this.homes.choices(state, message) : 1;
    for (this.homes.choice = 0; this.homes.choice < choices; this.homes.choice++) this.take(state, at, times, to);
    this.homes.choice = 0;
  }

  private take(state: Uint16Array, at: number, times: number, to: Successors): void {
    const message = state[at];
    const toHome = messageTo(message) === 0;
    const table = toHome ? this.protocol.home : this.protocol.cache;
    const event = toHome ? this.homes.event(state, message) : this.caches.event(state, message);
    if (event === NO_EVENT) {
      to.impossible(message, `${table.name}: nobody there receives ${KIND_NAMES[messageKind(message)]}`);
      return;
    }
    const line = messageLine(message);
    const place = line * this.layout.block + (toHome ? this.layout.caches : messageTo(message) - 1);
    // Both kinds of words keep their state in the same bits.
    const before = cacheState(state[place]);
    const cell = before * table.events.length + event;
    const actions = table.cells[cell];
    if (actions === null || actions === undefined) {
      to.unexpected(message, table, before, event);
      return;
    }
    (toHome ? this.homeCells : this.cacheCells)[cell] = 1;
    if (actions.includes(toHome ? H.stall : C.stall)) return;
    // Only who is to go is chosen among sharers.
    if (this.homes.choice > 0 && !this.homes.supersets && !actions.includes(H.evictSharer)) return;
    this.successor.begin(state, at);
    if (toHome) this.homes.perform(line, event, message);
    else this.caches.perform(messageTo(message) - 1, line, event, message);
    this.finish(message, times, to);
  }

  private finish(step: number, times: number, to: Successors): void {
    const { successor } = this;
    if (successor.wrongLoad !== null) {
      to.impossible(step, successor.wrongLoad);
      successor.wrongLoad = null;
    } else if (successor.overflow) to.impossible(step, `more than ${this.layout.capacity} messages are in flight`);
    else to.step(step, times);
  }
}

function orderedKinds({ forwards = 'fifo', lanes = {} }: ModelOptions): Uint8Array {
  for (const [kind, lane] of Object.entries(lanes)) {
    if (!(KIND_NAMES as readonly string[]).includes(kind))
      throw new RangeError(`no kind of message is called ${kind}; there are ${KIND_NAMES.join(', ')}`);
    if (!LANE_NAMES.includes(lane))
      throw new RangeError(`no network is called ${lane}; there are ${LANE_NAMES.join(', ')}`);
  }
  const laneOf = (kind: KindName, number: number): number =>
    lanes[kind] === undefined ? LANE_OF[number] : LANE_NAMES.indexOf(lanes[kind]);
  return Uint8Array.from(KIND_NAMES, (kind, number) =>
    Number(forwards === 'fifo' && laneOf(kind, number) === Lane.Forward),
  );
}
