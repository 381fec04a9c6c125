/**
 * One representative for all states that differ only in the names of caches and lines, and in the order of messages on
 * networks that keep none. Caches are first put in the order of what can be said of each without naming another; only
 * those of which the same can be said are tried in every order.
 */
import {
  homeLatest,
  homeMemory,
  homeMissing,
  homeOwner,
  homeState,
  homeWord,
  messageAnonymous,
  messageKind,
  messageLine,
  messageQueue,
  messageRenamed,
  messageRequester,
  messageTo,
  type Layout,
} from './packing.js';

/** Brings states into the form in which they are compared. */
export class Symmetry {
  private readonly layout: Layout;
  private readonly ordered: Uint8Array;
  private readonly renaming: boolean;
  private readonly signatures: Int32Array;
  private readonly order: Int32Array;
  /** New name + 1 by old name + 1; 0, home or nobody, keeps its name. */
  private readonly names: Uint8Array;
  private trial: Uint16Array;
  /** Orders of places to try, by which neighbours in the order of signatures are equal (a bit each). */
  private readonly orders: readonly (readonly Int32Array[])[];

  /** `ordered` says by kind of message whether its network keeps order; `renaming` is false for the identity. */
  constructor(layout: Layout, ordered: Uint8Array, renaming: boolean) {
    const { caches } = layout;
    this.layout = layout;
    this.ordered = ordered;
    this.renaming = renaming;
    this.signatures = new Int32Array(caches);
    this.order = new Int32Array(caches);
    this.names = Uint8Array.from({ length: 8 }, (_, name) => name);
    this.trial = new Uint16Array(layout.words);
    this.orders = Array.from({ length: 1 << (caches - 1) }, (_, ties) => ordersWithin(caches, ties));
  }

  /** Writes the representative of a state. */
  canonical(state: Uint16Array, into: Uint16Array): void {
    if (!this.renaming) {
      this.rename(state, into, 0);
      return;
    }
    const { order, names, layout } = this;
    const { caches, lines } = layout;
    const orders = this.orders[this.rank(state)];
    for (let k = 0, first = true; k < orders.length; k++) {
      const places = orders[k];
      for (let place = 0; place < caches; place++) names[order[places[place]] + 1] = place + 1;
      for (let flip = 0; flip < lines; flip++, first = false) {
        this.rename(state, first ? into : this.trial, flip);
        if (!first && less(this.trial, into)) into.set(this.trial);
      }
    }
  }

  /** The same without renaming: only messages are put in order. */
  withoutRenaming(): Symmetry {
    return new Symmetry(this.layout, this.ordered, false);
  }

  /** Sorts the caches by what can be said of each; returns which neighbours are equal. */
  private rank(state: Uint16Array): number {
    const { layout, signatures, order } = this;
    const { caches } = layout;
    this.sign(state);
    for (let cache = 0; cache < caches; cache++) {
      let place = cache;
      for (; place > 0 && signatures[order[place - 1]] > signatures[cache]; place--) order[place] = order[place - 1]!;
      order[place] = cache;
    }
    let ties = 0;
    for (let place = 1; place < caches; place++)
      if (signatures[order[place - 1]] === signatures[order[place]]) ties |= 1 << (place - 1);
    return ties;
  }

  private sign(state: Uint16Array): void {
    const { layout, signatures } = this;
    const { caches, lines, block, messages, words } = layout;
    for (let cache = 0; cache < caches; cache++) signatures[cache] = 0;
    for (let line = 0, at = 0; line < lines; line++, at += block) {
      const owner = homeOwner(state[at + caches]);
      const sharers = state[at + caches + 1];
      for (let cache = 0; cache < caches; cache++)
        signatures[cache] += scramble(
          state[at + cache] | (owner === cache + 1 ? 1 << 16 : 0) | (((sharers >> cache) & 1) << 17),
        );
    }
    for (let at = messages; at < words && state[at] !== 0; at++) {
      const message = state[at];
      const rest = messageAnonymous(message);
      const to = messageTo(message);
      const requester = messageRequester(message);
      if (to !== 0) signatures[to - 1] += scramble(rest | (1 << 18));
      if (requester !== 0) signatures[requester - 1] += scramble(rest | (1 << 19));
    }
  }

  /** Writes the state with the new names, and its messages in order. */
  private rename(state: Uint16Array, into: Uint16Array, flip: number): void {
    const { layout, names } = this;
    const { caches, lines, block } = layout;
    for (let line = 0; line < lines; line++) {
      const from = line * block;
      const to = (line ^ flip) * block;
      let sharers = 0;
      for (let cache = 0; cache < caches; cache++) {
        const name = names[cache + 1] - 1;
        into[to + name] = state[from + cache]!;
        sharers |= ((state[from + caches + 1] >> cache) & 1) << name;
      }
      const home = state[from + caches];
      const owner = names[homeOwner(home)];
      into[to + caches] = homeWord(homeState(home), homeMemory(home), homeLatest(home), owner, homeMissing(home));
      into[to + caches + 1] = sharers;
    }
    this.renameMessages(state, into, flip);
  }

  /** Messages of ordered networks first, by queue and in their order; then the others, sorted. */
  private renameMessages(state: Uint16Array, into: Uint16Array, flip: number): void {
    const { layout, ordered } = this;
    const { messages, words } = layout;
    let end = messages;
    for (let at = messages; at < words && state[at] !== 0; at++) {
      if (ordered[messageKind(state[at])] === 0) continue;
      const message = this.renamed(state[at], flip);
      let place = end++;
      for (; place > messages && messageQueue(into[place - 1]) > messageQueue(message); place--)
        into[place] = into[place - 1]!;
      into[place] = message;
    }
    const loose = end;
    for (let at = messages; at < words && state[at] !== 0; at++) {
      if (ordered[messageKind(state[at])] !== 0) continue;
      const message = this.renamed(state[at], flip);
      let place = end++;
      for (; place > loose && into[place - 1] > message; place--) into[place] = into[place - 1]!;
      into[place] = message;
    }
    for (; end < words; end++) into[end] = 0;
  }

  private renamed(message: number, flip: number): number {
    const { names } = this;
    const requester = names[messageRequester(message)];
    return messageRenamed(message, messageLine(message) ^ flip, names[messageTo(message)], requester);
  }
}

/** All orders of `count` places that move a place only among its equals. Bit k of `ties` says that k and k + 1 are equal. */
function ordersWithin(count: number, ties: number): readonly Int32Array[] {
  let orders: number[][] = [[]];
  const group = (place: number): number => {
    let first = place;
    while (first > 0 && ((ties >> (first - 1)) & 1) === 1) first--;
    return first;
  };
  for (let place = 0; place < count; place++)
    orders = orders.flatMap(order =>
      Array.from({ length: count }, (_, choice) => choice)
        .filter(choice => group(choice) === group(place) && !order.includes(choice))
        .map(choice => [...order, choice]),
    );
  return orders.map(order => Int32Array.from(order));
}

function less(a: Uint16Array, b: Uint16Array): boolean {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return at < a.length && a[at] < b[at];
}

function scramble(bits: number): number {
  const mixed = Math.imul(bits + 0x7ed55d16, 0x9e3779b1);
  return Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b);
}
