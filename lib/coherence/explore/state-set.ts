/**
 * A set of states of equal length, each numbered in the order of its arrival. Open addressing over typed arrays: a state
 * is stored once, packed, and nothing is allocated for it.
 */

/** States as 32-bit words. */
export class StateSet {
  /** Number of states. */
  size = 0;
  private readonly words: number;
  private store: Uint32Array;
  private slots: Int32Array;

  /** `words` is the number of 32-bit words of a state. */
  constructor(words: number) {
    this.words = words;
    this.store = new Uint32Array(words << 10);
    this.slots = new Int32Array(1 << 12).fill(-1);
  }

  /** The number of a state; equal to the former `size` if it was not in the set. */
  add(state: Uint32Array): number {
    const { words, store, slots } = this;
    const mask = slots.length - 1;
    let slot = hash(state, 0, words) & mask;
    for (let index = slots[slot]; index >= 0; index = slots[slot]!) {
      let word = 0;
      for (let at = index * words; word < words && store[at] === state[word]; at++) word++;
      if (word === words) return index;
      slot = (slot + 1) & mask;
    }
    slots[slot] = this.size;
    return this.append(state);
  }

  /** Copies a state out. */
  read(index: number, into: Uint32Array): void {
    const { words, store } = this;
    for (let word = 0, at = index * words; word < words; word++) into[word] = store[at++]!;
  }

  private append(state: Uint32Array): number {
    const { words } = this;
    if ((this.size + 1) * words > this.store.length) {
      const larger = new Uint32Array(2 * this.store.length);
      larger.set(this.store);
      this.store = larger;
    }
    for (let word = 0, at = this.size * words; word < words; word++) this.store[at++] = state[word]!;
    const index = this.size++;
    if (2 * this.size > this.slots.length) this.spread();
    return index;
  }

  private spread(): void {
    const slots = new Int32Array(2 * this.slots.length).fill(-1);
    const mask = slots.length - 1;
    for (let index = 0; index < this.size; index++) {
      let slot = hash(this.store, index * this.words, this.words) & mask;
      while (slots[slot] >= 0) slot = (slot + 1) & mask;
      slots[slot] = index;
    }
    this.slots = slots;
  }
}

/** Multiply and rotate by word, as in MurmurHash3. */
function hash(words: Uint32Array, start: number, count: number): number {
  let h = count;
  for (let at = start; at < start + count; at++) {
    let k = Math.imul(words[at], 0xcc9e2d51);
    k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
    h ^= k;
    h = (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
  }
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
