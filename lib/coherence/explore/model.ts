/**
 * The explored model: a few caches, one home for each line, and three networks, as protocol tables move them. It is the
 * third interpreter of the tables, beside the private caches and the node controller; what a message is, all three ask of
 * `classify.ts`. From a state it makes every successor: one access, one eviction or one delivery each.
 * 500 lines: the two switches over actions, and what calls them, read together.
 *
 * What a protocol says about directory formats (variants.ts) is explored in the abstract: where an Inv may meet a cache in
 * I, home adds a sharer or takes everybody for one, and forgets one that leaves or does not; where there are rows for a
 * recall, home may call a line back at any time; where there are rows for no room, an entry names `pointers` sharers, and
 * any of them may be the one to go.
 *
 * Values are 0 and 1, and a store writes either. A load that hits is no step; a store that misses asks for the right,
 * and the store itself is a step of its own. A cache has one request open over all lines, and may evict at any time.
 */
import { NO_EVENT, classifyAtCache, classifyAtHome } from '../classify.js';
import {
  KIND_NAMES,
  Kind,
  LANE_NAMES,
  LANE_OF,
  Lane,
  type KindName,
  type LaneName,
} from '../../messages/coherence-messages.js';
import type { CoherenceProtocol } from '../protocol.js';
import type { Table } from '../table.js';
import { CACHE_ACTION as C, CACHE_EVENT, HOME_ACTION as H, HOME_EVENT } from '../vocabulary.js';
import {
  cacheCounted,
  cacheMissing,
  cacheSeen,
  cacheState,
  cacheValue,
  cacheWord,
  homeLatest,
  homeMemory,
  homeMissing,
  homeOwner,
  homeState,
  homeWord,
  layoutOf,
  messageAcks,
  messageKind,
  messageLine,
  messageQueue,
  messageRequester,
  messageTo,
  messageValue,
  messageWord,
  type Layout,
} from './packing.js';
import { dataStates, lateStates, requestStates, waitingStates } from './state-kinds.js';

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
  /** Whether home may take caches for sharers that are none. Unless told, if the table answers an Inv in its first state. */
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

/**
 * Steps as numbers: a delivery is its message; an access is `ACCESS | event << 8 | value << 7 | line << 6 | cache`.
 */
const ACCESS = 1 << 16;
const RECALL = 3;

/** Whether a step is a delivery. */
export const isDelivery = (step: number): boolean => step < ACCESS;

/** An access: `value` is that of a store that hits. */
export interface AccessMeaning {
  /** Of a cache; or home calls the line back. */
  readonly access: 'load' | 'store' | 'evict' | 'recall';
  /** -1 for home. */
  readonly cache: number;
  readonly line: number;
  readonly value: number;
}

/** What a step is. */
export function meaningOf(step: number): AccessMeaning | { readonly message: number } {
  if (isDelivery(step)) return { message: step };
  const access = (['load', 'store', 'evict', 'recall'] as const)[(step >> 8) & 3]!;
  return { access, cache: access === 'recall' ? -1 : step & 63, line: (step >> 6) & 1, value: (step >> 7) & 1 };
}

/** Makes the successors of states. */
export class Model {
  readonly protocol: CoherenceProtocol;
  readonly layout: Layout;
  /** Whether a kind of message travels on a network that keeps order, by kind. */
  readonly ordered: Uint8Array;
  /** The successor that is being made. */
  readonly next: Uint16Array;
  /** Cells that were looked at, by cell: 1 or 0. */
  readonly cacheCells: Uint8Array;
  /** The same at homes. */
  readonly homeCells: Uint8Array;
  /** Whether a load hits, by state of a cache. */
  readonly readable: Uint8Array;
  /** Whether a store hits, by state of a cache. */
  readonly writable: Uint8Array;
  private readonly waiting: Uint8Array;
  private readonly withData: Uint8Array;
  private readonly requesting: Uint8Array;
  private readonly late: Uint8Array;
  private readonly ownerData: number;
  private readonly supersets: boolean;
  private readonly recalls: boolean;
  private readonly pointers: number;
  /** Which of the ways open to home it takes: to be exact or not, or the sharer that goes. */
  private choice = 0;
  /** What is wrong with the load that was just served, or null. */
  private wrongLoad: string | null = null;
  /** Messages in `next`. */
  private inFlight = 0;
  private overflow = false;

  constructor(protocol: CoherenceProtocol, options: ModelOptions) {
    const { cache, home } = protocol;
    this.protocol = protocol;
    this.layout = layoutOf(options.caches, options.lines ?? 1);
    this.ordered = orderedKinds(options);
    this.next = new Uint16Array(this.layout.words);
    this.cacheCells = new Uint8Array(cache.cells.length);
    this.homeCells = new Uint8Array(home.cells.length);
    this.readable = Uint8Array.from(cache.states, (_, state) => Number(cache.does(state, CACHE_EVENT.load, 'hit')));
    this.writable = Uint8Array.from(cache.states, (_, state) => Number(cache.does(state, CACHE_EVENT.store, 'hit')));
    this.waiting = waitingStates(cache);
    this.withData = dataStates(cache);
    this.requesting = requestStates(cache);
    this.late = lateStates(cache);
    this.supersets = options.supersets ?? cache.cells[CACHE_EVENT.Inv] !== null;
    this.recalls = home.states.some((_, state) => home.cells[state * home.events.length + HOME_EVENT.recall] !== null);
    const evicts = home.states.some(
      (_, state) => home.cells[state * home.events.length + HOME_EVENT['GetS(no room)']] !== null,
    );
    this.pointers = evicts ? (options.pointers ?? 2) : Infinity;
    this.ownerData = options.oneKindOfData === true ? Kind.DataDir : Kind.DataOwner;
    for (const table of [cache, home])
      if (table.states.length > 32)
        throw new RangeError(`${table.name} has ${table.states.length} states; 32 can be explored`);
  }

  /** Makes all successors of a canonical state, one after the other. */
  expand(state: Uint16Array, to: Successors): void {
    const { caches, lines } = this.layout;
    for (let cache = 0; cache < caches; cache++) {
      const busy = this.lineAskedFor(state, cache);
      for (let line = 0; line < lines; line++) {
        if (busy < 0 || busy === line) {
          this.access(state, cache, line, CACHE_EVENT.load, 0, to);
          this.access(state, cache, line, CACHE_EVENT.store, 0, to);
        }
        this.access(state, cache, line, CACHE_EVENT.evict, 0, to);
      }
    }
    if (this.recalls) for (let line = 0; line < lines; line++) this.recall(state, line, to);
    this.deliveries(state, to);
  }

  /** Home calls a line back, for reasons of its own. */
  private recall(state: Uint16Array, line: number, to: Successors): void {
    const table = this.protocol.home;
    const place = line * this.layout.block + this.layout.caches;
    const word = state[place]!;
    const first = homeState(word) * table.events.length;
    if (table.cells[first + HOME_EVENT.recall] === null) return;
    const event =
      copies(state[place + 1]!, homeOwner(word)) === 0 ? HOME_EVENT['recall(no copies)'] : HOME_EVENT.recall;
    const step = ACCESS | (RECALL << 8) | (line << 6);
    if (table.cells[first + event] === null) {
      to.unexpected(step, table as unknown as Table, homeState(word), event);
      return;
    }
    this.homeCells[first + event] = 1;
    this.begin(state, -1);
    this.atHome(line, event, 0);
    this.finish(step, 1, to);
  }

  /** Messages in flight in a state. */
  messagesIn(state: Uint16Array): number {
    const { messages, words } = this.layout;
    let at = messages;
    while (at < words && state[at] !== 0) at++;
    return at - messages;
  }

  /** The line that a cache has asked for and not got yet, or -1. */
  private lineAskedFor(state: Uint16Array, cache: number): number {
    const { lines, block } = this.layout;
    for (let line = 0; line < lines; line++)
      if (this.requesting[cacheState(state[line * block + cache]!)] === 1) return line;
    return -1;
  }

  /** An access as the program's next step. What hits without changing anything, or stalls, is no step. */
  private access(state: Uint16Array, cache: number, line: number, event: number, value: number, to: Successors): void {
    const table = this.protocol.cache;
    const before = cacheState(state[line * this.layout.block + cache]!);
    const cell = before * table.events.length + event;
    const actions = table.cells[cell];
    const step = ACCESS | (event << 8) | (value << 7) | (line << 6) | cache;
    if (actions === null || actions === undefined) {
      // Nothing to evict; but every state must know what to do about a load and a store.
      if (event !== CACHE_EVENT.evict) to.unexpected(step, table as unknown as Table, before, event);
      return;
    }
    this.cacheCells[cell] = 1;
    if (actions.includes(C.stall)) return;
    const hit = actions.includes(C.hit);
    if (hit && event === CACHE_EVENT.load) return;
    this.begin(state, -1);
    this.atCache(cache, line, event, 0);
    if (hit) this.write(cache, line, value);
    this.finish(step, 1, to);
    if (hit && value === 0) this.access(state, cache, line, event, 1, to);
  }

  private deliveries(state: Uint16Array, to: Successors): void {
    const { messages, words } = this.layout;
    for (let at = messages; at < words && state[at] !== 0;) {
      const message = state[at]!;
      let times = 1;
      if (this.ordered[messageKind(message)] === 1) {
        if (at === messages || messageQueue(state[at - 1]!) !== messageQueue(message)) this.deliver(state, at, 1, to);
      } else {
        while (at + times < words && state[at + times] === message) times++;
        this.deliver(state, at, times, to);
      }
      at += times;
    }
  }

  private deliver(state: Uint16Array, at: number, times: number, to: Successors): void {
    const message = state[at]!;
    const choices = messageTo(message) === 0 ? this.choices(state, message) : 1;
    for (this.choice = 0; this.choice < choices; this.choice++) this.take(state, at, times, to);
    this.choice = 0;
  }

  /** The ways that home may take with a message. */
  private choices(state: Uint16Array, message: number): number {
    const kind = messageKind(message);
    if (this.supersets) return kind === Kind.GetM || kind === Kind.DataOwner ? 1 : 2;
    if (kind !== Kind.GetS || this.pointers === Infinity) return 1;
    return Math.max(1, bits(state[messageLine(message) * this.layout.block + this.layout.caches + 1]!));
  }

  private take(state: Uint16Array, at: number, times: number, to: Successors): void {
    const message = state[at]!;
    const toHome = messageTo(message) === 0;
    const table = (toHome ? this.protocol.home : this.protocol.cache) as unknown as Table;
    const event = toHome ? this.classifyAtHome(state, message) : this.classifyAtCache(state, message);
    if (event === NO_EVENT) {
      to.impossible(message, `${table.name}: nobody there receives ${KIND_NAMES[messageKind(message)]}`);
      return;
    }
    const line = messageLine(message);
    const place = line * this.layout.block + (toHome ? this.layout.caches : messageTo(message) - 1);
    // Both kinds of words keep their state in the same bits.
    const before = cacheState(state[place]!);
    const cell = before * table.events.length + event;
    const actions = table.cells[cell];
    if (actions === null || actions === undefined) {
      to.unexpected(message, table, before, event);
      return;
    }
    (toHome ? this.homeCells : this.cacheCells)[cell] = 1;
    if (actions.includes(toHome ? H.stall : C.stall)) return;
    // Only who is to go is chosen among sharers.
    if (this.choice > 0 && !this.supersets && !actions.includes(H.evictSharer)) return;
    this.begin(state, at);
    if (toHome) this.atHome(line, event, message);
    else this.atCache(messageTo(message) - 1, line, event, message);
    this.finish(message, times, to);
  }

  private classifyAtCache(state: Uint16Array, message: number): number {
    const word = state[messageLine(message) * this.layout.block + messageTo(message) - 1]!;
    return classifyAtCache(messageKind(message), messageAcks(message), cacheMissing(word), cacheCounted(word) === 1);
  }

  private classifyAtHome(state: Uint16Array, message: number): number {
    const home = messageLine(message) * this.layout.block + this.layout.caches;
    const from = messageRequester(message);
    const sharers = state[home + 1]!;
    return classifyAtHome(
      messageKind(message),
      from !== 0 && homeOwner(state[home]!) === from,
      from !== 0 && ((sharers >> (from - 1)) & 1) === 1,
      this.inexact() ? 2 : bits(sharers),
      homeMissing(state[home]!),
      bits(sharers) < this.pointers,
    );
  }

  /** Copies a state to `next`, without the message at a place (-1 for all messages). */
  private begin(state: Uint16Array, without: number): void {
    const { next } = this;
    const { words, messages } = this.layout;
    let end = 0;
    for (; end < messages; end++) next[end] = state[end]!;
    for (let at = messages; at < words && state[at] !== 0; at++) if (at !== without) next[end++] = state[at]!;
    this.inFlight = end - messages;
    this.overflow = false;
    for (; end < words; end++) next[end] = 0;
  }

  /** Whether home makes the superset that it knows larger than it need be. */
  private inexact(): boolean {
    return this.supersets && this.choice === 1;
  }

  private finish(step: number, times: number, to: Successors): void {
    if (this.wrongLoad !== null) {
      to.impossible(step, this.wrongLoad);
      this.wrongLoad = null;
    } else if (this.overflow) to.impossible(step, `more than ${this.layout.capacity} messages are in flight`);
    else to.step(step, times);
  }

  private send(line: number, to: number, kind: number, requester: number, acks: number, value: number): void {
    if (this.inFlight === this.layout.capacity) this.overflow = true;
    else this.next[this.layout.messages + this.inFlight++] = messageWord(line, to, kind, requester, acks, value);
  }

  /** Does what the cache's cell says; `message` is 0 for an access. Messages after the action carry what the cache holds then. */
  private atCache(cache: number, line: number, event: number, message: number): void {
    const { next, layout } = this;
    const table = this.protocol.cache;
    const place = line * layout.block + cache;
    const self = cache + 1;
    const word = next[place]!;
    let value = cacheValue(word);
    let counted = cacheCounted(word);
    let missing = cacheMissing(word);
    let seen = cacheSeen(word);
    const cell = cacheState(word) * table.events.length + event;
    const actions = table.cells[cell]!;
    for (let i = 0; i < actions.length; i++)
      switch (actions[i]) {
        case C.hit:
          break;
        case C.sendGetS:
          seen = 1 << homeLatest(next[line * layout.block + layout.caches]!);
          this.send(line, 0, Kind.GetS, self, 0, 0);
          break;
        case C.sendGetM:
          this.send(line, 0, Kind.GetM, self, 0, 0);
          break;
        case C.sendPutS:
          this.send(line, 0, Kind.PutS, self, 0, 0);
          break;
        case C.sendPutE:
          this.send(line, 0, Kind.PutE, self, 0, 0);
          break;
        case C.sendPutM:
          this.send(line, 0, Kind.PutM, self, 0, value);
          break;
        case C.sendPutO:
          this.send(line, 0, Kind.PutO, self, 0, value);
          break;
        // Responses do not say who sent them or for whom: no receiver looks at it.
        case C.sendInvAckToRequester:
          this.send(line, messageRequester(message), Kind.InvAck, 0, 0, 0);
          break;
        case C.sendDataToRequester:
          this.send(line, messageRequester(message), this.ownerData, 0, messageAcks(message), value);
          break;
        case C.sendDataToHome:
          this.send(line, 0, Kind.DataOwner, 0, 0, value);
          break;
        case C.sendTransfer:
          if (messageRequester(message) !== 0) this.send(line, 0, Kind.Transfer, 0, 0, 0);
          break;
        case C.keepData:
          value = messageValue(message);
          break;
        case C.loadOnce:
          if (((seen >> messageValue(message)) & 1) === 0)
            this.wrongLoad = `cache ${cache} reads ${messageValue(message)}, never the last store since it asked`;
          break;
        case C.addCount:
          missing += messageAcks(message);
          counted = 1;
          break;
        case C.countOne:
          missing--;
          break;
        default:
          throw new Error(`${table.name}: the explorer does not know the action ${table.actions[actions[i]!]}`);
      }
    const after = table.next[cell]!;
    const waits = this.waiting[after] === 1;
    next[place] = cacheWord(
      after,
      this.withData[after] === 1 ? value : 0,
      waits ? counted : 0,
      waits ? missing : 0,
      this.late[after] === 1 ? seen : 0,
    );
  }

  /** A store that hits: the new value is the latest from now on. */
  private write(cache: number, line: number, value: number): void {
    const { next, layout } = this;
    const place = line * layout.block + cache;
    const word = next[place]!;
    next[place] = cacheWord(cacheState(word), value, cacheCounted(word), cacheMissing(word)); // prettier-ignore
    const home = line * layout.block + layout.caches;
    const before = next[home]!;
    next[home] = homeWord(homeState(before), homeMemory(before), value, homeOwner(before), homeMissing(before));
    for (let other = 0; other < layout.caches; other++)
      if (this.late[cacheState(next[line * layout.block + other]!)] === 1)
        next[line * layout.block + other]! |= cacheWord(0, 0, 0, 0, 1 << value);
  }

  /** Does what the home's cell says. */
  private atHome(line: number, event: number, message: number): void {
    const { next, layout } = this;
    const table = this.protocol.home;
    const place = line * layout.block + layout.caches;
    const word = next[place]!;
    const from = messageRequester(message);
    const self = from === 0 ? 0 : 1 << (from - 1);
    let memory = homeMemory(word);
    let owner = homeOwner(word);
    let sharers = next[place + 1]!;
    let missing = homeMissing(word);
    const everybody = (1 << layout.caches) - 1;
    const cell = homeState(word) * table.events.length + event;
    const actions = table.cells[cell]!;
    for (let i = 0; i < actions.length; i++)
      switch (actions[i]) {
        case H.sendData:
          this.send(
            line,
            from,
            Kind.DataDir,
            0,
            messageKind(message) === Kind.GetM ? bits(others(sharers, self, owner)) : 0,
            memory,
          );
          break;
        case H.sendExclusive:
          this.send(line, from, Kind.DataExcl, 0, 0, memory);
          break;
        case H.sendInvToOthers:
          for (let cache = 0; cache < layout.caches; cache++)
            if ((others(sharers, self, owner) >> cache) & 1) this.send(line, cache + 1, Kind.Inv, from, 0, 0);
          break;
        case H.forwardGetS:
          this.send(line, owner, Kind.FwdGetS, from, 0, 0);
          break;
        case H.forwardGetM:
          this.send(line, owner, Kind.FwdGetM, from, bits(others(sharers, self, owner)), 0);
          break;
        case H.sendAckCount:
          this.send(line, from, Kind.AckCount, 0, bits(others(sharers, self, owner)), 0);
          break;
        case H.sendPutAck:
          this.send(line, from, Kind.PutAck, 0, 0, 0);
          break;
        case H.sendNak:
          this.send(line, from, Kind.Nak, 0, 0, 0);
          break;
        case H.addRequester:
          sharers |= this.inexact() ? everybody : self;
          break;
        case H.addOwner:
          if (owner !== 0) sharers |= this.inexact() ? everybody : 1 << (owner - 1);
          break;
        case H.removeRequester:
          if (!this.inexact()) sharers &= ~self;
          break;
        case H.clearSharers:
          sharers = 0;
          break;
        case H.setOwner:
          owner = from;
          break;
        case H.clearOwner:
          owner = 0;
          break;
        case H.writeMemory:
          memory = messageValue(message);
          break;
        case H.countCopies:
          missing = copies(sharers, owner);
          break;
        case H.countOne:
          missing--;
          break;
        case H.evictSharer: {
          const gone = nthBit(sharers, this.choice);
          this.send(line, gone + 1, Kind.Inv, 0, 0, 0);
          sharers &= ~(1 << gone);
          missing = 1;
          break;
        }
        case H.defer:
          next[layout.messages + this.inFlight++] = message;
          break;
        default:
          throw new Error(`${table.name}: the explorer does not know the action ${table.actions[actions[i]!]}`);
      }
    const after = (sharers === 0 ? table.nextWithoutSharers : table.next)[cell]!;
    next[place] = homeWord(after, memory, homeLatest(word), owner, missing);
    next[place + 1] = sharers;
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
    lanes[kind] === undefined ? LANE_OF[number]! : LANE_NAMES.indexOf(lanes[kind]);
  return Uint8Array.from(KIND_NAMES, (kind, number) =>
    Number(forwards === 'fifo' && laneOf(kind, number) === Lane.Forward),
  );
}

function bits(word: number): number {
  let count = 0;
  for (let left = word; left !== 0; left &= left - 1) count++;
  return count;
}

/** Sharers other than the requester and the owner. */
function others(sharers: number, requester: number, owner: number): number {
  return sharers & ~requester & ~(owner === 0 ? 0 : 1 << (owner - 1));
}

/** How many have a copy, or are taken for one who has. */
function copies(sharers: number, owner: number): number {
  return bits(others(sharers, 0, owner)) + (owner === 0 ? 0 : 1);
}

/** The place of the n-th bit of a word. */
function nthBit(word: number, n: number): number {
  let left = word;
  for (let i = 0; i < n; i++) left &= left - 1;
  return 31 - Math.clz32(left & -left);
}
