/** The caches of the explored model: what a message is to them, and what their table's cells do. */
import { CARRIES_DATA, Kind, LANE_OF, Lane } from '../../messages/coherence-messages.js';
import { classifyAtCache } from '../classify.js';
import type { CoherenceProtocol } from '../protocol.js';
import { CACHE_SENT as SENT, Count, Receiver } from '../sends.js';
import { CACHE_ACTION as A, CACHE_EVENT } from '../vocabulary.js';
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
  messageAcks,
  messageKind,
  messageLine,
  messageRequester,
  messageTo,
  messageValue,
} from './packing.js';
import { dataStates, lateStates, requestStates, waitingStates } from './state-kinds.js';
import type { Successor } from './successor.js';

/** All caches, and the words that they have in states. */
export class CacheSide {
  /** Whether a load hits, by state of a cache. */
  readonly readable: Uint8Array;
  /** Whether a store hits, by state of a cache. */
  readonly writable: Uint8Array;
  private readonly table: CoherenceProtocol['cache'];
  private readonly next: Successor;
  /** What owners send to requesters. */
  private readonly ownerData: number;
  private readonly waiting: Uint8Array;
  private readonly withData: Uint8Array;
  private readonly requesting: Uint8Array;
  private readonly late: Uint8Array;

  constructor(table: CoherenceProtocol['cache'], next: Successor, oneKindOfData: boolean) {
    this.table = table;
    this.next = next;
    this.ownerData = oneKindOfData ? Kind.DataDir : Kind.DataOwner;
    this.readable = Uint8Array.from(table.states, (_, state) => Number(table.does(state, CACHE_EVENT.load, 'hit')));
    this.writable = Uint8Array.from(table.states, (_, state) => Number(table.does(state, CACHE_EVENT.store, 'hit')));
    this.waiting = waitingStates(table);
    this.withData = dataStates(table);
    this.requesting = requestStates(table);
    this.late = lateStates(table);
  }

  /** The line that a cache has asked for and not got yet, or -1. */
  lineAskedFor(state: Uint16Array, cache: number): number {
    const { lines, block } = this.next.layout;
    for (let line = 0; line < lines; line++)
      if (this.requesting[cacheState(state[line * block + cache])] === 1) return line;
    return -1;
  }

  /** The event that a message is at the cache that it goes to. */
  event(state: Uint16Array, message: number): number {
    const word = state[messageLine(message) * this.next.layout.block + messageTo(message) - 1];
    return classifyAtCache(messageKind(message), messageAcks(message), cacheMissing(word), cacheCounted(word) === 1);
  }

  /** Does what the cell says; `message` is 0 for an access. Messages after an action carry what the cache holds then. */
  perform(cache: number, line: number, event: number, message: number): void {
    const { table } = this;
    const { words, layout } = this.next;
    const place = line * layout.block + cache;
    const word = words[place];
    let value = cacheValue(word);
    let counted = cacheCounted(word);
    let missing = cacheMissing(word);
    let seen = cacheSeen(word);
    const cell = cacheState(word) * table.events.length + event;
    const actions = table.cells[cell]!;
    for (let i = 0; i < actions.length; i++) {
      const action = actions[i];
      if (SENT.kind[action] >= 0) {
        // A load waits from now on.
        if (action === A.sendGetS) seen = 1 << homeLatest(words[line * layout.block + layout.caches]);
        this.send(action, cache, line, message, value);
        continue;
      }
      switch (action) {
        case A.hit:
          break;
        case A.keepData:
          value = messageValue(message);
          break;
        case A.loadOnce:
          if (((seen >> messageValue(message)) & 1) === 0)
            this.next.wrongLoad = `cache ${cache} reads ${messageValue(message)}, never the last store since it asked`;
          break;
        case A.addCount:
          missing += messageAcks(message);
          counted = 1;
          break;
        case A.countOne:
          missing--;
          break;
        default:
          throw new Error(`${table.name}: the explorer does not know the action ${table.actions[action]}`);
      }
    }
    const after = table.next[cell];
    const waits = this.waiting[after] === 1;
    words[place] = cacheWord(
      after,
      this.withData[after] === 1 ? value : 0,
      waits ? counted : 0,
      waits ? missing : 0,
      this.late[after] === 1 ? seen : 0,
    );
  }

  private send(action: number, cache: number, line: number, message: number, value: number): void {
    const kind = SENT.kind[action];
    const data = CARRIES_DATA[kind] ? value : 0;
    if (LANE_OF[kind] === Lane.Request) {
      this.next.send(line, 0, kind, cache + 1, 0, data);
      return;
    }
    // Responses do not say who sent them or for whom: no receiver looks at it.
    const requester = messageRequester(message);
    const acks = SENT.count[action] === Count.Repeated ? messageAcks(message) : 0;
    if (SENT.to[action] === Receiver.Requester)
      this.next.send(line, requester, kind === Kind.DataOwner ? this.ownerData : kind, 0, acks, data);
    else if (requester !== 0 || SENT.unlessForHome[action] === 0) this.next.send(line, 0, kind, 0, acks, data);
  }

  /** A store that hits: the new value is the latest from now on. */
  write(cache: number, line: number, value: number): void {
    const { words: next, layout } = this.next;
    const place = line * layout.block + cache;
    const word = next[place];
    next[place] = cacheWord(cacheState(word), value, cacheCounted(word), cacheMissing(word)); // prettier-ignore
    const home = line * layout.block + layout.caches;
    const before = next[home];
    next[home] = homeWord(homeState(before), homeMemory(before), value, homeOwner(before), homeMissing(before));
    for (let other = 0; other < layout.caches; other++)
      if (this.late[cacheState(next[line * layout.block + other])] === 1)
        next[line * layout.block + other] |= cacheWord(0, 0, 0, 0, 1 << value);
  }
}
