/**
 * What messages are made of: pieces of pages, in order. A piece lies in a network buffer of its own, or in a page that
 * somebody else holds. Lengths and offsets are multiples of 4, because the processor copies words.
 */
import { copy, load, store } from '../../../processor/operations.js';
import type { Code } from '../../../system/code.js';

/** A network buffer. */
export class Mbuf {
  readonly kind: 'small' | 'cluster';
  /** Among those of its kind. */
  readonly index: number;
  /** Physical page. */
  readonly page: number;
  /** Of its data area in the page. */
  readonly offset: number;
  /** Of its data area. */
  readonly bytes: number;
  /** Kernel virtual address of its data area. */
  readonly address: number;
  free = false;

  constructor(kind: Mbuf['kind'], index: number, page: number, offset: number, bytes: number, address: number) {
    this.kind = kind;
    this.index = index;
    this.page = page;
    this.offset = offset;
    this.bytes = bytes;
    this.address = address;
  }
}

/** Part of a message. */
export interface Piece {
  /** Physical page. */
  readonly page: number;
  /** In the page, a multiple of 4. */
  readonly offset: number;
  /** A multiple of 4, from 0. */
  readonly bytes: number;
  /** Kernel virtual address. */
  readonly address: number;
  /** The buffer that it lies in, to be freed with it; null if it lies in a page that the sender holds. */
  readonly mbuf: Mbuf | null;
}

/** The first `bytes` bytes of the data area of a buffer, after `skip`. */
export function pieceOf(mbuf: Mbuf, skip: number, bytes: number): Piece {
  return { page: mbuf.page, offset: mbuf.offset + skip, bytes, address: mbuf.address + skip, mbuf };
}

/** Bytes of all pieces. */
export function bytesOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, piece) => sum + piece.bytes, 0);
}

/** A part of a piece. `mbuf` says whether the part carries the buffer. */
export function partOf(piece: Piece, from: number, bytes: number, mbuf: Mbuf | null): Piece {
  return { page: piece.page, offset: piece.offset + from, bytes, address: piece.address + from, mbuf };
}

/** `bytes` rounded up to whole words. */
export function wordsUp(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}

/**
 * Copies any number of bytes between addresses that are multiples of 4. Bytes of the last word beyond them stay what they
 * were. Words are big-endian, as on the MIPS machines of SGI.
 */
export function* copyBytes(from: number, to: number, bytes: number, cyclesPerLine: number): Code {
  const whole = bytes - (bytes % 4);
  if (whole > 0) yield copy(from, to, whole, cyclesPerLine);
  if (whole === bytes) return;
  const kept = lastMask(bytes);
  const word = yield load(from + whole);
  const old = yield load(to + whole);
  yield store(to + whole, (word & ~kept) | (old & kept));
}

/** Of the last word of `bytes` bytes, those bits that do not belong to them; 0 if all do. */
export function lastMask(bytes: number): number {
  return bytes % 4 === 0 ? 0 : -1 >>> (8 * (bytes % 4));
}
