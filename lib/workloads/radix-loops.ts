/**
 * The loops of the radix sort as references: which lines of text, which loads and stores, and how many instructions between them.
 * The instructions of each turn, the lines of text that it crosses and its loads and stores are MEASURED in the recorded RADIX
 * of Splash-3, compiled for MIPS (traces/radix-16): the addresses are those of the sort that is made here.
 */
import { ReferenceKind, packReference, type References } from '../processor/references.js';
import type { RadixMemory } from './radix-memory.js';
import { RADIX, type SortPass } from './radix-sort.js';

/** The first line of text of each loop. */
const LINE = { generate: 0, clear: 7, count: 8, sum: 10, copy: 11, merge: 13, add: 15, move: 16 } as const;

/** Collects references. */
class Writer {
  private readonly words: Int32Array;
  private readonly gaps: Uint16Array;
  private size = 0;

  /** Room for so many. */
  constructor(most: number) {
    this.words = new Int32Array(most);
    this.gaps = new Uint16Array(most);
  }

  fetch(address: number, gap: number): void {
    this.add(address, ReferenceKind.Fetch, gap);
  }

  load(address: number, gap: number): void {
    this.add(address, ReferenceKind.Load, gap);
  }

  store(address: number, gap: number): void {
    this.add(address, ReferenceKind.Store, gap);
  }

  end(): References {
    return { words: this.words.subarray(0, this.size), gaps: this.gaps.subarray(0, this.size) };
  }

  private add(address: number, kind: number, gap: number): void {
    this.words[this.size] = packReference(address, kind);
    this.gaps[this.size++] = gap;
  }
}

/** A part of a thread's keys: places `from` up to `to`. */
export interface KeyRange {
  readonly from: number;
  readonly to: number;
}

/** Makes the loops of one sort. */
export class RadixLoops {
  private readonly memory: RadixMemory;

  constructor(memory: RadixMemory) {
    this.memory = memory;
  }

  /** Draws keys: 100 instructions each, the arithmetic of the random numbers. */
  generate({ from, to }: KeyRange): References {
    const { memory } = this;
    const line = (number: number): number => memory.textLine(LINE.generate + number);
    const writer = new Writer(9 * (to - from));
    for (let place = from; place < to; place++) {
      writer.fetch(line(0), 14);
      writer.load(memory.limits, 2);
      writer.fetch(line(1), 4);
      for (let number = 2; number < 6; number++) writer.fetch(line(number), 16);
      writer.store(memory.key(0, place), 13);
      writer.fetch(line(6), 3);
    }
    return writer.end();
  }

  /** Clears a table: 6 instructions a digit. */
  clear(table: number): References {
    const { memory } = this;
    return this.overDigits(LINE.clear, 2, (writer, offset) => {
      writer.load(memory.limits, 3);
      writer.store(table + offset, 3);
    });
  }

  /** Counts digits in a table: 10 instructions a key. */
  count(table: number, pass: number, { digits }: SortPass, { from, to }: KeyRange): References {
    const { memory } = this;
    const writer = new Writer(5 * (to - from));
    for (let place = from; place < to; place++) {
      const count = table + 4 * digits[place];
      writer.fetch(memory.textLine(LINE.count), 1);
      writer.load(memory.key(pass, place), 0);
      writer.fetch(memory.textLine(LINE.count + 1), 5);
      writer.load(count, 1);
      writer.store(count, 3);
    }
    return writer.end();
  }

  /** Sums of a table from its beginning, in another: 6 instructions a digit. */
  sum(from: number, to: number): References {
    return this.overDigits(LINE.sum, 2, (writer, offset) => {
      writer.load(from + offset, 3);
      writer.store(to + offset, 3);
    });
  }

  /** Copies counts and sums of a thread to its node of the tree: 8 instructions a digit. */
  copy(from: { readonly counts: number; readonly sums: number }, to: ReturnType<RadixMemory['node']>): References {
    const { memory } = this;
    return this.overDigits(LINE.copy, 6, (writer, offset) => {
      writer.fetch(memory.textLine(LINE.copy), 1);
      writer.load(from.sums + offset, 0);
      writer.store(to.sums + offset, 4);
      writer.load(from.counts + offset, 1);
      writer.fetch(memory.textLine(LINE.copy + 1), 2);
      writer.store(to.counts + offset, 0);
    });
  }

  /** Adds two nodes of the tree in a third: 12 instructions a digit. */
  merge(parts: readonly ReturnType<RadixMemory['node']>[], to: ReturnType<RadixMemory['node']>): References {
    const { memory } = this;
    const [left, right] = parts;
    return this.overDigits(LINE.merge, 8, (writer, offset) => {
      writer.fetch(memory.textLine(LINE.merge), 1);
      writer.load(left.sums + offset, 0);
      writer.load(right.sums + offset, 2);
      writer.store(to.sums + offset, 3);
      writer.fetch(memory.textLine(LINE.merge + 1), 1);
      writer.load(left.counts + offset, 0);
      writer.load(right.counts + offset, 2);
      writer.store(to.counts + offset, 3);
    });
  }

  /** Adds a table to another: 10 instructions a digit. */
  add(table: number, to: number): References {
    const { memory } = this;
    return this.overDigits(LINE.add, 4, (writer, offset) => {
      writer.load(memory.limits, 1);
      writer.load(table + offset, 4);
      writer.load(to + offset, 2);
      writer.store(to + offset, 3);
    });
  }

  /** Moves keys to their places in the other array: 16 instructions a key. */
  move(thread: number, pass: number, { digits, firstPlaces }: SortPass, { from, to }: KeyRange): References {
    const { memory } = this;
    const table = memory.places(thread);
    const next = firstPlaces.slice(thread * RADIX, (thread + 1) * RADIX);
    const writer = new Writer(7 * (to - from));
    for (let place = from; place < to; place++) {
      const digit = digits[place];
      const entry = table + 4 * digit;
      writer.fetch(memory.textLine(LINE.move), 1);
      writer.load(memory.key(pass, place), 0);
      writer.load(entry, 8);
      writer.store(memory.key(pass + 1, next[digit]++), 3);
      writer.fetch(memory.textLine(LINE.move + 1), 1);
      writer.load(entry, 0);
      writer.store(entry, 3);
    }
    return writer.end();
  }

  private overDigits(line: number, references: number, turn: (writer: Writer, offset: number) => void): References {
    const writer = new Writer(1 + references * RADIX);
    writer.fetch(this.memory.textLine(line), 0);
    for (let digit = 0; digit < RADIX; digit++) turn(writer, 4 * digit);
    return writer.end();
  }
}
