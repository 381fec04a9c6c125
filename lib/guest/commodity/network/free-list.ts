/**
 * A list of free things, linked through memory: where a link is kept decides which pages a taker and a giver write to.
 * Things are numbered from 0; in memory, 0 is the end and number n is stored as n + 1.
 */
import { load, store } from '../../../processor/operations.js';
import type { Code } from '../../../system/code.js';

/** Last in, first out. The caller holds the lock of the list. */
export class FreeList {
  private readonly head: number;
  private readonly linkOf: (index: number) => number;
  private size = 0;

  /** `head`: address of a word that is 0. `linkOf`: address of the word where a thing keeps its link while it is free. */
  constructor(head: number, linkOf: (index: number) => number) {
    this.head = head;
    this.linkOf = linkOf;
  }

  /** How many are free. */
  get length(): number {
    return this.size;
  }

  *push(index: number): Code {
    yield store(this.linkOf(index), yield load(this.head));
    yield store(this.head, index + 1);
    this.size++;
  }

  /** Takes the one freed last; -1 if none is. Throws an Error if a link was written over. */
  *pop(): Code<number> {
    const first = yield load(this.head);
    if ((first === 0) !== (this.size === 0) || first < 0)
      throw new Error(`a free list of ${this.size} begins with ${first}: somebody wrote to what is free`);
    if (first === 0) return -1;
    yield store(this.head, yield load(this.linkOf(first - 1)));
    this.size--;
    return first - 1;
  }
}
