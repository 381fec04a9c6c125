/** The homes of the explored model: what a message is to them, which ways are open to them, and what their table's cells do. */
import { CARRIES_DATA, Kind } from '../../messages/coherence-messages.js';
import { classifyAtHome } from '../classify.js';
import type { CoherenceProtocol } from '../protocol.js';
import { Count, HOME_SENT as SENT, Receiver } from '../sends.js';
import { HOME_ACTION as A, HOME_EVENT } from '../vocabulary.js';
import {
  homeLatest,
  homeMemory,
  homeMissing,
  homeOwner,
  homeState,
  homeWord,
  messageKind,
  messageLine,
  messageRequester,
  messageValue,
} from './packing.js';
import type { Successor } from './successor.js';

/** All homes, and the words that they have in states. */
export class HomeSide {
  /** Whether home may count caches as sharers that are not. */
  readonly supersets: boolean;
  /** Whether home may call lines back. */
  readonly recalls: boolean;
  /** Which of the ways open to home it takes: to be exact or not, or the sharer that goes. */
  choice = 0;
  private readonly table: CoherenceProtocol['home'];
  private readonly next: Successor;
  /** Sharers that an entry names. */
  private readonly pointers: number;

  constructor(table: CoherenceProtocol['home'], next: Successor, supersets: boolean, pointers: number) {
    this.table = table;
    this.next = next;
    this.supersets = supersets;
    this.recalls = hasRow(table, HOME_EVENT.recall);
    this.pointers = hasRow(table, HOME_EVENT['GetS(no room)']) ? pointers : Infinity;
  }

  /** The number of ways that home may take with a message. */
  choices(state: Uint16Array, message: number): number {
    const kind = messageKind(message);
    if (this.supersets) return kind === Kind.GetM || kind === Kind.DataOwner ? 1 : 2;
    if (kind !== Kind.GetS || this.pointers === Infinity) return 1;
    return Math.max(1, bits(this.sharers(state, messageLine(message))));
  }

  /** The event that a message is at the home of its line. */
  event(state: Uint16Array, message: number): number {
    const { block, caches } = this.next.layout;
    const word = state[messageLine(message) * block + caches];
    const from = messageRequester(message);
    const sharers = this.sharers(state, messageLine(message));
    return classifyAtHome(
      messageKind(message),
      from !== 0 && homeOwner(word) === from,
      from !== 0 && ((sharers >> (from - 1)) & 1) === 1,
      this.inexact() ? 2 : bits(sharers),
      homeMissing(word),
      bits(sharers) < this.pointers,
    );
  }

  /** The event that it is at home to call a line back: by whether any cache has a copy, or is taken for one that has. */
  recallOf(state: Uint16Array, line: number): number {
    const { block, caches } = this.next.layout;
    const none = copies(this.sharers(state, line), homeOwner(state[line * block + caches])) === 0;
    return none ? HOME_EVENT['recall(no copies)'] : HOME_EVENT.recall;
  }

  /** Does what the cell says; `message` is 0 for a recall. */
  perform(line: number, event: number, message: number): void {
    const { table } = this;
    const { words, layout } = this.next;
    const place = line * layout.block + layout.caches;
    const word = words[place];
    const from = messageRequester(message);
    const self = from === 0 ? 0 : 1 << (from - 1);
    const everybody = (1 << layout.caches) - 1;
    let memory = homeMemory(word);
    let owner = homeOwner(word);
    let sharers = words[place + 1];
    let missing = homeMissing(word);
    const cell = homeState(word) * table.events.length + event;
    const actions = table.cells[cell]!;
    for (let i = 0; i < actions.length; i++) {
      const action = actions[i];
      if (SENT.kind[action] >= 0) this.send(action, line, message, memory, owner, sharers);
      switch (action) {
        case A.addRequester:
          sharers |= this.inexact() ? everybody : self;
          break;
        case A.addOwner:
          if (owner !== 0) sharers |= this.inexact() ? everybody : 1 << (owner - 1);
          break;
        case A.removeRequester:
          if (!this.inexact()) sharers &= ~self;
          break;
        case A.clearSharers:
          sharers = 0;
          break;
        case A.setOwner:
          owner = from;
          break;
        case A.clearOwner:
          owner = 0;
          break;
        case A.writeMemory:
          memory = messageValue(message);
          break;
        case A.countCopies:
          missing = copies(sharers, owner);
          break;
        case A.countOne:
          missing--;
          break;
        case A.evictSharer:
          sharers &= ~(1 << nthBit(sharers, this.choice));
          missing = 1;
          break;
        case A.defer:
          this.next.put(message);
          break;
        default:
          if (SENT.kind[action] < 0)
            throw new Error(`${table.name}: the explorer does not know the action ${table.actions[action]}`);
      }
    }
    const after = (sharers === 0 ? table.nextWithoutSharers : table.next)[cell];
    words[place] = homeWord(after, memory, homeLatest(word), owner, missing);
    words[place + 1] = sharers;
  }

  private send(action: number, line: number, message: number, memory: number, owner: number, sharers: number): void {
    const { next } = this;
    const kind = SENT.kind[action];
    const from = messageRequester(message);
    const rest = others(sharers, from, owner);
    const count = SENT.count[action];
    const counted = count === Count.Others || (count === Count.OthersOfWriter && messageKind(message) === Kind.GetM);
    const acks = counted ? bits(rest) : 0;
    switch (SENT.to[action]) {
      case Receiver.Requester:
        // Who is answered knows for whom.
        next.send(line, from, kind, 0, acks, CARRIES_DATA[kind] ? memory : 0);
        break;
      case Receiver.Owner:
        next.send(line, owner, kind, from, acks, 0);
        break;
      case Receiver.Others:
        for (let cache = 0; cache < next.layout.caches; cache++)
          if ((rest >> cache) & 1) next.send(line, cache + 1, kind, from, acks, 0);
        break;
      default:
        next.send(line, nthBit(sharers, this.choice) + 1, kind, 0, acks, 0);
    }
  }

  private sharers(state: Uint16Array, line: number): number {
    const { block, caches } = this.next.layout;
    return state[line * block + caches + 1];
  }

  /** Whether home makes the superset that it knows larger than it need be. */
  private inexact(): boolean {
    return this.supersets && this.choice === 1;
  }
}

function hasRow(table: CoherenceProtocol['home'], event: number): boolean {
  return table.states.some((_, state) => table.cells[state * table.events.length + event] !== null);
}

function bits(word: number): number {
  let count = 0;
  for (let left = word; left !== 0; left &= left - 1) count++;
  return count;
}

/** Sharers other than the requester and the owner; 0 for none of them. */
function others(sharers: number, requester: number, owner: number): number {
  return sharers & ~(requester === 0 ? 0 : 1 << (requester - 1)) & ~(owner === 0 ? 0 : 1 << (owner - 1));
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
