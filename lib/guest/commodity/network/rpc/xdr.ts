/** Words of messages, written into and read from network buffers (RFC 1014: big-endian, everything in whole words). */
import { load, store } from '../../../../processor/operations.js';
import type { Code, KernelCore, KernelThread } from '../../../../system/code.js';
import { HEADER_BYTES } from '../sockets/datagram-header.js';
import type { MbufPool } from '../mbufs.js';
import { partOf, pieceOf, wordsUp, type Piece } from '../pieces.js';

/** Writes words into small buffers, with room in front for the header of a frame. Null: no buffers. */
export function* writeWords(
  core: KernelCore,
  mbufs: MbufPool,
  thread: KernelThread,
  words: readonly number[],
): Code<Piece[] | null> {
  const pieces: Piece[] = [];
  let done = 0;
  do {
    const mbuf = yield* mbufs.small(thread, true);
    if (mbuf === null) {
      yield* mbufs.freeAll(thread, pieces);
      return null;
    }
    const skip = pieces.length === 0 ? HEADER_BYTES : 0;
    const count = Math.min((mbuf.bytes - skip) / 4, words.length - done);
    const piece = pieceOf(mbuf, skip, count * 4);
    yield* core.work('xdr');
    for (let k = 0; k < count; k++) yield store(piece.address + 4 * k, words[done + k] | 0);
    done += count;
    pieces.push(piece);
  } while (done < words.length);
  return pieces;
}

/** A text as XDR has it: its length, and four characters a word. Characters above 255 lose what a byte cannot hold. */
export function textWords(text: string): number[] {
  const words = [text.length];
  for (let k = 0; k < text.length; k++) {
    const word = 1 + (k >> 2);
    words[word] = (words[word] ?? 0) | ((text.charCodeAt(k) & 255) << (24 - 8 * (k & 3)));
  }
  return words;
}

/** Reads a message. What is not there reads as 0 and sets `truncated`, so that who reads asks once, at the end. */
export class XdrReader {
  truncated = false;
  private readonly pieces: readonly Piece[];
  private index = 0;
  private offset = 0;

  constructor(pieces: readonly Piece[]) {
    this.pieces = pieces;
  }

  /** The next word, unsigned. */
  *word(): Code<number> {
    const place = this.next();
    if (place < 0) return 0;
    return (yield load(place)) >>> 0;
  }

  /** The next `count` words. */
  *words(count: number): Code<number[]> {
    const words: number[] = [];
    while (words.length < count && !this.truncated) words.push(yield* this.word());
    return words;
  }

  /** Skips bytes that are announced by a length of at most `most`. */
  *opaque(most: number): Code {
    const bytes = yield* this.word();
    if (bytes > most) this.truncated = true;
    else yield* this.words(wordsUp(bytes) / 4);
  }

  /** A text of at most `most` bytes, otherwise the message counts as truncated. */
  *text(most: number): Code<string> {
    const bytes = yield* this.word();
    if (bytes > most) this.truncated = true;
    const words = yield* this.words(this.truncated ? 0 : wordsUp(bytes) / 4);
    if (this.truncated) return '';
    let text = '';
    for (let k = 0; k < bytes; k++) text += String.fromCharCode((words[k >> 2] >>> (24 - 8 * (k & 3))) & 255);
    return text;
  }

  /** The next `bytes` bytes where they lie, without buffers; null if there are fewer. */
  data(bytes: number): Piece[] | null {
    const parts: Piece[] = [];
    let left = wordsUp(bytes);
    for (; left > 0 && this.index < this.pieces.length; this.index++, this.offset = 0) {
      const piece = this.pieces[this.index];
      const length = Math.min(piece.bytes - this.offset, left);
      if (length > 0) parts.push(partOf(piece, this.offset, length, null));
      left -= length;
      if (left > 0) continue;
      this.offset += length;
      break;
    }
    if (left > 0) this.truncated = true;
    return left > 0 ? null : parts;
  }

  /** Address of the next word, -1 at the end. */
  private next(): number {
    while (this.index < this.pieces.length && this.offset >= this.pieces[this.index].bytes) {
      this.index++;
      this.offset = 0;
    }
    if (this.index >= this.pieces.length) {
      this.truncated = true;
      return -1;
    }
    this.offset += 4;
    return this.pieces[this.index].address + this.offset - 4;
  }
}
