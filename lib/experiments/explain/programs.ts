/** Programs that come to an event: what is between their marks is watched. */
import { open, read } from '../../guest/commodity/calls/system-calls.js';
import { compute, interrupt, load, spinWhile, store, type Program } from '../../processor/operations.js';
import type { Code } from '../../system/code.js';
import { MEMORY, PAGE_BYTES, type GuestProgram } from './systems.js';
import { mark } from './windows.js';

/** Bytes of a coherence line. */
export const LINE_BYTES = 128;
/** Lines of a page. */
export const LINES = PAGE_BYTES / LINE_BYTES;

/** Pages that `tlbMiss` uses: more than 64 TLB entries of two pages map, and fewer than the second-level cache has room for. */
export const BEYOND_TLB = 200;
/** Entries are replaced at random: after so many turns the first page's is gone. */
const TURNS = 4;
/** Pages that `pageFault` has stored to before. */
export const FAULTED = 20;

/** A word of a page, in another line of each, so that they do not push each other out of the caches. */
const wordOf = (page: number): number => MEMORY + page * PAGE_BYTES + (page % LINES) * LINE_BYTES;

/** Loads from a page whose translation has left the TLB, but whose line is in the cache. */
export function* tlbMiss(): Program {
  for (let page = 0; page < BEYOND_TLB; page++) yield store(wordOf(page), page);
  // Other pages were cleared after the store, which may have pushed its line out.
  yield load(wordOf(0));
  for (let turn = 0; turn < TURNS; turn++) {
    for (let page = 1; page < BEYOND_TLB; page++) yield load(wordOf(page));
  }
  yield mark();
  yield load(wordOf(0));
  yield mark();
  yield compute(1);
}

/** Stores to one page of zeros after the other; the last one is watched. */
export function* pageFault(): Program {
  for (let page = 0; page < FAULTED; page++) yield store(wordOf(page), page);
  yield mark();
  yield store(wordOf(FAULTED), FAULTED);
  yield mark();
  yield compute(1);
}

/** Reads a file page by page. The last page is not in the kernel's memory: there is no reading ahead. */
export function readsFile(watched: boolean): GuestProgram {
  return {
    files: true,
    *program() {
      const file = yield open('/data');
      for (let page = 0; page < 6; page++) yield read(file, MEMORY + page * PAGE_BYTES, PAGE_BYTES);
      if (watched) yield mark();
      yield read(file, MEMORY, PAGE_BYTES);
      if (watched) yield mark();
      yield compute(1);
    },
  };
}

/** The interrupt of `ping`. */
const PING = 9;
const ROUNDS = 4;

/** The kernel of one processor interrupts the other, which answers by a store; the last round is watched. */
export const ping: GuestProgram = {
  *first(kernel, { processor }) {
    const flag = kernel.allocate('flag', LINE_BYTES);
    const other = 1 - processor!.number;
    kernel.interrupts.set(PING, function* (round): Code {
      yield store(flag, round);
    });
    yield store(flag, 0);
    for (let round = 1; round <= ROUNDS; round++) {
      yield compute(20_000);
      if (round === ROUNDS) yield mark();
      yield interrupt(other, PING, round);
      yield spinWhile(flag, round - 1, 4);
      if (round === ROUNDS) yield mark();
    }
    yield compute(1);
  },
};
