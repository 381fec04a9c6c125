/**
 * The private caches of a processor: split first level, unified inclusive second level, and the cache side of the
 * coherence protocol. A plain object: the processor calls it, and it calls back to send and to report completion.
 * A line is in the second level or, on its way out, in one of the write-back buffers behind it; the protocol sees slots of both.
 * Longer than others: slots, actions and classification are one state machine.
 */
import { plainObject, wholeNumbers } from '../../engine/checks.js';
import type { AddressMap } from '../../messages/address-map.js';
import { NO_EVENT, classifyAtCache } from '../../coherence/classify.js';
import { lineNumber, type Line } from '../../messages/addresses.js';
import { wordOf, withWord, type LineData } from '../../messages/line-data.js';
import {
  CARRIES_DATA,
  CoherenceMessage,
  HOME,
  KIND_NAMES,
  Kind,
  LANE_OF,
  Lane,
} from '../../messages/coherence-messages.js';
import type { CoherenceProtocol } from '../../coherence/protocol.js';
import { CACHE_SENT as SENT, Count, Receiver } from '../../coherence/sends.js';
import { CACHE_ACTION as A, CACHE_EVENT as EVENT, CACHE_EVENTS } from '../../coherence/vocabulary.js';
import { MissHistory } from './miss-causes.js';
import type { MissSampler } from './miss-sampler.js';
import { FirstLevel, Right, SecondLevel, type CacheGeometry } from './set-array.js';

/** What private caches are made with. */
export interface PrivateCacheOptions {
  readonly map: AddressMap;
  readonly protocol: CoherenceProtocol;
  readonly l1i: CacheGeometry;
  readonly l1d: CacheGeometry;
  readonly l2: CacheGeometry;
  /** Lengths of messages in flits. */
  readonly flits: { readonly control: number; readonly data: number };
  /** Whether to count misses by cause: a byte for each line of the machine. Not unless given. */
  readonly missCauses?: boolean;
}

/** Who owns the caches: sends for them and hears of completion. */
export interface CacheOwner {
  /** Number of this cache over the machine. */
  readonly processor: number;
  /** Path, for errors. */
  readonly path: string;
  /** Puts a message on its way to the node. */
  send(message: CoherenceMessage): void;
  /** The access that missed is done; its value, if it was a load. Called before anybody else may take the line away. */
  completed(): void;
  /** The line that it watches was taken away. */
  lost?(): void;
  /** Throws an error that carries time and seed. */
  fail(message: string): never;
}

/** What an access has to say. */
export const Access = { Hit: 0, SecondLevel: 1, Missed: 2 } as const;

/** For `word`: the access wants no value, as replayed references. */
export const NO_VALUE = -1;
/** For `word`: the access is to the whole line, as when a page is copied. */
export const WHOLE_LINE = -2;

/** Lines that may be on their way out at once. */
const LEAVING = 16;

/** Caches of one processor. */
export class PrivateCaches {
  readonly l1i: FirstLevel;
  readonly l1d: FirstLevel;
  readonly l2: SecondLevel;
  /** Rights that a state gives, by state: what the table calls a hit. */
  readonly rights: Uint8Array;
  private readonly loadHits: Uint8Array;
  private readonly storeHits: Uint8Array;
  /** The line that the processor waits for, -1 for none. */
  missLine = -1;
  /** The line that a load-linked has read and that has not been lost since, -1 for none. The processor sets it. */
  linkedLine = -1;
  /** The line whose loss is told to the owner, once; -1 for none. It is here and may be read. The processor sets it. */
  watchedLine = -1;
  /** Misses by cause, or null if nobody wants to know. */
  readonly causes: MissHistory | null;
  /** Takes samples of misses; null if none are wanted. The processor sets it. */
  sampler: MissSampler | null = null;
  /** Whether accesses are on behalf of system software, for `causes`. The processor sets it. */
  forSystem = false;
  /** Counters, for whoever asks. */
  fills = 0;
  upgrades = 0;
  evictions = 0;
  invalidations = 0;
  /** Counted for directories that know a superset of the sharers; see Processor. */
  counts = { strayInvalidations: 0 };
  /** Counted where homes refuse requests; see Processor. */
  refusals = { retries: 0 };
  /** The value that the last load of a word found, or that a store left. */
  value = 0;
  /** What the last load of a whole line found, and what the next store of one leaves. */
  wholeLine: LineData | null = null;
  private readonly table: CoherenceProtocol['cache'];
  /** By state, 1 if nothing is outstanding. */
  private readonly stable: Uint8Array;
  private readonly controlFlits: number;
  private readonly dataFlits: number;
  private readonly owner: CacheOwner;
  private readonly state: Uint8Array;
  private readonly data = new Map<number, LineData>();
  private readonly words: number;
  private readonly invalid: number;
  private leaving = 0;
  private missStore = false;
  private missFetch = false;
  private missL1Line = 0;
  private missWord = NO_VALUE;
  private missValue = 0;
  private missSlot = -1;
  /** Acknowledgements still to come; negative while they are early, with `countKnown` false. */
  private acks = 0;
  private countKnown = false;
  private parked: CoherenceMessage[] = [];

  constructor(name: string, owner: CacheOwner, options: PrivateCacheOptions) {
    plainObject(options, name);
    plainObject(owner, `${name}: owner`);
    plainObject(options.map, `${name}: map`);
    plainObject(options.protocol, `${name}: protocol`);
    plainObject(options.protocol.cache, `${name}: protocol.cache`);
    plainObject(options.flits, `${name}: flits`);
    wholeNumbers(options.flits, ['control', 'data'], `${name}: flits`, 1, 2 ** 20);
    const { protocol, map } = options;
    this.causes = options.missCauses === true ? new MissHistory(map.frames * 2 ** map.frameShift) : null;
    this.owner = owner;
    this.table = protocol.cache;
    this.stable = Uint8Array.from(protocol.cache.stable, Number);
    this.controlFlits = options.flits.control;
    this.dataFlits = options.flits.data;
    this.l1i = new FirstLevel(`${name}: l1i`, options.l1i);
    this.l1d = new FirstLevel(`${name}: l1d`, options.l1d);
    this.l2 = new SecondLevel(`${name}: l2`, options.l2, LEAVING);
    if (options.l2.lineBytes !== map.lineBytes)
      throw new RangeError(
        `${name}: second-level lines of ${options.l2.lineBytes} bytes, but coherence keeps ${map.lineBytes}`,
      );
    for (const [level, geometry] of [
      ['l1i', options.l1i],
      ['l1d', options.l1d],
    ] as const)
      if (geometry.lineBytes > options.l2.lineBytes)
        throw new RangeError(
          `${name}: ${level} lines of ${geometry.lineBytes} bytes do not fit second-level lines of ${options.l2.lineBytes}`,
        );
    const { cache } = protocol;
    this.invalid = cache.state('I');
    this.words = map.lineBytes >> 2;
    this.state = new Uint8Array(this.l2.tags.length).fill(this.invalid);
    this.loadHits = Uint8Array.from(cache.states, (_, state) => Number(cache.does(state, EVENT.load, 'hit')));
    this.storeHits = Uint8Array.from(cache.states, (_, state) => Number(cache.does(state, EVENT.store, 'hit')));
    this.rights = Uint8Array.from(cache.states, (_, state) => {
      if (this.loadHits[state] === 0) return Right.None;
      // A store that hits but changes the state (E to M) takes the slow path once, then the line may be written.
      const quiet = this.storeHits[state] === 1 && cache.next[state * cache.events.length + EVENT.store] === state;
      return quiet ? Right.Write : Right.Read;
    });
  }

  /**
   * An access that the first level could not answer: its line of the second and of the first level, and which word of it
   * the program wants (or NO_VALUE, or WHOLE_LINE), with the new value of a store. Returns an Access.
   */
  access(line: number, l1Line: number, store: boolean, fetch: boolean, word: number, value: number): number {
    if (this.hit(line, l1Line, store, fetch, word, value)) return Access.SecondLevel;
    this.miss(line, l1Line, store, fetch, word, value);
    return Access.Missed;
  }

  /** The first half of `access`: carries it out if the second level can, and changes nothing if it cannot. */
  hit(line: number, l1Line: number, store: boolean, fetch: boolean, word: number, value: number): boolean {
    const slot = this.l2.find(line);
    if (slot < 0) return false;
    const state = this.state[slot];
    if ((store ? this.storeHits : this.loadHits)[state] === 0) return false;
    this.state[slot] = this.table.next[state * CACHE_EVENTS.length + (store ? EVENT.store : EVENT.load)]!;
    this.l2.touch(slot);
    this.use(slot, store, fetch, l1Line, word, value);
    return true;
  }

  /** The second half of `access`, where `hit` said no: asks for the line. */
  miss(line: number, l1Line: number, store: boolean, fetch: boolean, word: number, value: number): void {
    this.missLine = line;
    this.missL1Line = l1Line;
    this.missStore = store;
    this.missFetch = fetch;
    this.missWord = word;
    this.missValue = value;
    this.request();
  }

  /** Sets the counters to 0. */
  resetStatistics(): void {
    this.causes?.resetStatistics();
    this.fills = this.upgrades = this.evictions = this.invalidations = 0;
  }

  /** Whether an access would have to leave the processor. Changes nothing. */
  wouldMiss(line: number, store: boolean): boolean {
    const slot = this.l2.find(line);
    return slot < 0 || (store ? this.storeHits : this.loadHits)[this.state[slot]] === 0;
  }

  /** Carries out an access to a line that is here and gives the right: reads, and writes if `store`, a word or WHOLE_LINE. */
  perform(line: number, word: number, store: boolean, value: number): void {
    const slot = this.l2.find(line);
    if (word === WHOLE_LINE) {
      if (!store) this.wholeLine = this.data.get(slot) ?? null;
      else if (this.wholeLine === null) this.data.delete(slot);
      else this.data.set(slot, this.wholeLine);
      return;
    }
    if (store) this.data.set(slot, withWord(this.data.get(slot) ?? null, this.words, word, value));
    this.value = wordOf(this.data.get(slot) ?? null, word);
  }

  /** The state of a line by name, I if it is not here. */
  stateOf(line: Line): string {
    const slot = this.slotOf(line);
    return this.table.states[slot < 0 ? this.invalid : this.state[slot]];
  }

  /** Lines that are here, with their states, for checks. */
  *lines(): Iterable<{ readonly line: Line; readonly state: string; readonly data: LineData | null }> {
    const { tags } = this.l2;
    for (let slot = 0; slot < tags.length; slot++)
      if (tags[slot] !== -1)
        yield {
          line: lineNumber(tags[slot]),
          state: this.table.states[this.state[slot]],
          data: this.data.get(slot) ?? null,
        };
  }

  /** A coherence message has arrived. */
  receive(message: CoherenceMessage): void {
    const slot = this.slotOf(message.line);
    if (this.parked.length > 0 && message.line === this.missLine && isForward(message)) {
      this.parked.push(message);
      return;
    }
    const event = this.classify(message);
    if (!this.apply(slot, event, message)) this.parked.push(message);
  }

  private slotOf(line: number): number {
    const slot = this.l2.find(line);
    if (slot >= 0 || this.leaving === 0) return slot;
    const { tags, slots } = this.l2;
    for (let extra = slots; extra < slots + LEAVING; extra++) if (tags[extra] === line) return extra;
    return -1;
  }

  /** Asks for the line that is missing, or waits until its old copy has left. */
  private request(): void {
    const { missLine, l2 } = this;
    let slot = this.slotOf(missLine);
    let victim = -1;
    if (slot >= l2.slots) return; // on its way out: tried again when the Put is acknowledged
    if (slot < 0) {
      slot = l2.victim(missLine);
      if (l2.tags[slot] !== -1) {
        if (this.leaving === LEAVING) return; // no buffer is free: tried again when a Put is acknowledged
        victim = this.putAside(slot);
      }
      l2.tags[slot] = missLine;
      this.state[slot] = this.invalid;
      this.fills++;
      if (this.causes !== null) this.causes.missed(missLine, false, this.forSystem);
    } else {
      this.upgrades++;
      if (this.causes !== null) this.causes.missed(missLine, true, this.forSystem);
    }
    if (this.sampler !== null) this.sampler.missed(missLine, this.missStore);
    l2.touch(slot);
    this.missSlot = slot;
    this.acks = 0;
    this.countKnown = false;
    this.apply(slot, this.missStore ? EVENT.store : EVENT.load, null);
    // The line that is missing is asked for first, and its victim leaves after that, as with the R10000's write-back buffer.
    if (victim >= 0) this.apply(victim, EVENT.evict, null);
  }

  /** Moves a line into a write-back buffer, where forwards find it until it has left. Returns its slot there. */
  private putAside(slot: number): number {
    const { tags, slots } = this.l2;
    let extra = slots;
    while (tags[extra] !== -1)
      if (++extra === slots + LEAVING) this.owner.fail(`more than ${LEAVING} lines are on their way out`);
    this.evictions++;
    if (this.causes !== null) this.causes.evicted(this.l2.tags[slot]);
    this.leaving++;
    const line = tags[slot];
    tags[extra] = line;
    this.state[extra] = this.state[slot]!;
    const data = this.data.size > 0 ? this.data.get(slot) : undefined;
    if (data !== undefined) {
      this.data.set(extra, data);
      this.data.delete(slot);
    }
    tags[slot] = -1;
    if (line === this.linkedLine) this.linkedLine = -1;
    if (line === this.watchedLine) this.loseWatched();
    this.restrictFirstLevel(line, Right.None);
    return extra;
  }

  private loseWatched(): void {
    this.watchedLine = -1;
    this.owner.lost?.();
  }

  private classify(message: CoherenceMessage): number {
    const { kind } = message;
    const event = classifyAtCache(kind, message.acks, this.acks, this.countKnown);
    if (event === NO_EVENT) this.owner.fail(`a cache cannot receive ${KIND_NAMES[kind]}`);
    return event;
  }

  /** Applies an event to a slot. False if the table says that it has to wait. */
  private apply(slot: number, event: number, message: CoherenceMessage | null): boolean {
    const { table } = this;
    const before = slot < 0 ? this.invalid : this.state[slot];
    const cell = before * CACHE_EVENTS.length + event;
    const actions = table.cells[cell];
    if (actions === null || actions === undefined) this.refuse(slot, before, event, message);
    for (let i = 0; i < actions.length; i++) {
      if (actions[i] === A.stall) return false;
      const action = actions[i];
      if (SENT.kind[action] >= 0) this.sendFor(action, slot, message);
      else this.act(action, slot, message);
    }
    const after = table.next[cell];
    if (slot >= 0 && after !== before) this.changed(slot, before, after);
    return true;
  }

  private changed(slot: number, before: number, after: number): void {
    const { l2, state } = this;
    const line = l2.tags[slot];
    state[slot] = after;
    if (slot < l2.slots && this.rights[after] < this.rights[before]) {
      this.restrictFirstLevel(line, this.rights[after]);
      if (this.rights[after] === Right.None) {
        this.invalidations++;
        if (this.causes !== null) this.causes.takenAway(line);
        if (line === this.linkedLine) this.linkedLine = -1;
        if (line === this.watchedLine) this.loseWatched();
      }
    }
    if (after === this.invalid) {
      l2.tags[slot] = -1;
      if (this.data.size > 0) this.data.delete(slot);
      if (slot >= l2.slots) {
        this.leaving--;
        if (this.missLine >= 0 && this.missSlot < 0) this.request();
      } else if (slot === this.missSlot) this.complete(); // loaded once
    } else if (slot === this.missSlot && this.stable[after] === 1) {
      this.use(slot, this.missStore, this.missFetch, this.missL1Line, this.missWord, this.missValue);
      this.complete();
    }
  }

  private complete(): void {
    this.missSlot = -1;
    this.missLine = -1;
    // A packed reference has no value; that of an earlier load must not look like one.
    if (this.missWord === NO_VALUE) this.value = 0;
    this.owner.completed();
    const { parked } = this;
    if (parked.length === 0) return;
    this.parked = [];
    for (const message of parked) this.receive(message);
  }

  /** Fills the first level from a slot and carries out the access. */
  private use(slot: number, store: boolean, fetch: boolean, l1Line: number, word: number, value: number): void {
    if (fetch) this.l1i.fill(l1Line, Right.Read);
    else this.l1d.fill(l1Line, this.rights[this.state[slot]]);
    if (word !== NO_VALUE) this.perform(this.l2.tags[slot], word, store, value);
  }

  private act(action: number, slot: number, message: CoherenceMessage | null): void {
    switch (action) {
      case A.hit:
        break;
      case A.keepData:
        this.keep(slot, message!.data);
        break;
      case A.loadOnce:
        this.keep(slot, message!.data);
        if (this.missWord !== NO_VALUE) this.perform(this.missLine, this.missWord, false, 0);
        if (this.missLine === this.linkedLine) this.linkedLine = -1;
        break;
      case A.addCount:
        this.acks += message!.acks;
        this.countKnown = true;
        break;
      case A.countOne:
        this.acks--;
        break;
      default:
        this.owner.fail(`a cache does not know the action ${action}`);
    }
  }

  private keep(slot: number, data: LineData | null): void {
    if (data !== null) this.data.set(slot, data);
    else if (this.data.size > 0) this.data.delete(slot);
  }

  /** Sends what an action sends: a request of its own, or an answer to a message. */
  private sendFor(action: number, slot: number, message: CoherenceMessage | null): void {
    const kind = SENT.kind[action];
    const data = CARRIES_DATA[kind] ? (this.data.get(slot) ?? null) : null;
    if (LANE_OF[kind] === Lane.Request) {
      // A request that answers a message is one that was refused.
      if (message !== null) this.refusals.retries++;
      this.owner.send(
        new CoherenceMessage({
          kind,
          flits: this.flitsOf(kind),
          line: lineNumber(this.l2.tags[slot]),
          from: this.owner.processor,
          to: HOME,
          requester: this.owner.processor,
          acks: 0,
          data,
        }),
      );
      return;
    }
    const { line, requester, acks } = message!;
    if (requester === HOME && SENT.unlessForHome[action] === 1) return;
    if (kind === Kind.InvAck && (slot < 0 || this.loadHits[this.state[slot]] === 0)) this.counts.strayInvalidations++;
    this.owner.send(
      new CoherenceMessage({
        kind,
        flits: this.flitsOf(kind),
        line,
        from: this.owner.processor,
        to: SENT.to[action] === Receiver.Home ? HOME : requester,
        requester,
        acks: SENT.count[action] === Count.Repeated ? acks : 0,
        data,
      }),
    );
  }

  private flitsOf(kind: number): number {
    return CARRIES_DATA[kind] ? this.dataFlits : this.controlFlits;
  }

  private restrictFirstLevel(line: number, right: number): void {
    const { l1i, l1d, l2 } = this;
    if (right === Right.None) l1i.restrictPart(line, l2.lineShift, right);
    l1d.restrictPart(line, l2.lineShift, right);
  }

  private refuse(slot: number, state: number, event: number, message: CoherenceMessage | null): never {
    const { table } = this;
    const line = message === null ? this.l2.tags[slot] : message.line;
    const source = message === null ? '' : ` from ${message.from === HOME ? 'home' : `processor ${message.from}`}`;
    return this.owner.fail(
      `${table.name}: ${table.events[event]}${source} cannot happen to line ${line} in ${table.states[state]}`,
    );
  }
}

function isForward(message: CoherenceMessage): boolean {
  return message.lane === 1;
}
