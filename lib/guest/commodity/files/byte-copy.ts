/**
 * Bytes moved between virtual addresses by kernel code. The processor copies words; what is not whole words is loaded,
 * merged and stored as a MIPS kernel does. Bytes are numbered within a word from the most significant one.
 */
import { copy, load, store, zero } from '../../../processor/operations.js';
import type { Code } from '../../../system/code.js';

/**
 * Instructions for each line of 128 bytes that a kernel copies: a cached read of 4096 bytes took 2784 more than one of
 * a byte in the kernel that was profiled, which is 87 for each of 32 lines.
 */
export const COPY_CYCLES_PER_LINE = 87;

/** Instructions for each line that is filled with zeros: 16 stores of eight bytes, and the loop. */
export const ZERO_CYCLES_PER_LINE = 20;

/** Copies bytes between virtual addresses of any alignment; the ranges do not overlap. Writes no byte besides. */
export function* copyBytes(from: number, to: number, bytes: number): Code {
  let done = 0;
  if ((from & 3) === (to & 3)) {
    done = Math.min(bytes, (4 - (to & 3)) & 3);
    if (done > 0) yield* copyWithinWord(from, to, done);
    const whole = (bytes - done) & ~3;
    if (whole > 0) yield copy(from + done, to + done, whole, COPY_CYCLES_PER_LINE);
    done += whole;
  }
  while (done < bytes) {
    const part = Math.min(bytes - done, 4 - ((to + done) & 3));
    yield* copyWithinWord(from + done, to + done, part);
    done += part;
  }
}

/** Fills bytes at a virtual address of any alignment with zeros. */
export function* zeroBytes(to: number, bytes: number): Code {
  const head = Math.min(bytes, (4 - (to & 3)) & 3);
  if (head > 0) yield* mergeWord(to, head, 0);
  const whole = (bytes - head) & ~3;
  if (whole > 0) yield zero(to + head, whole, ZERO_CYCLES_PER_LINE);
  const tail = bytes - head - whole;
  if (tail > 0) yield* mergeWord(to + head + whole, tail, 0);
}

/** Copies 1 to 4 bytes that lie within one word at their destination. */
function* copyWithinWord(from: number, to: number, bytes: number): Code {
  const shift = (from & 3) * 8;
  // Subtraction, since addresses are unsigned and bit operators are not.
  const aligned = from - (from & 3);
  let word = (yield load(aligned)) << shift;
  if ((from & 3) + bytes > 4) word |= (yield load(aligned + 4)) >>> (32 - shift);
  if (bytes === 4) yield store(to, word);
  else yield* mergeWord(to, bytes, word);
}

/** Puts the first 1 to 4 bytes of a word at an address; they lie within one word there. */
function* mergeWord(to: number, bytes: number, word: number): Code {
  const at = (to & 3) * 8;
  const mask = bytes === 4 ? -1 : ((-1 << (32 - bytes * 8)) >>> at) | 0;
  const aligned = to - (to & 3);
  const old = yield load(aligned);
  yield store(aligned, (old & ~mask) | ((word >>> at) & mask));
}
