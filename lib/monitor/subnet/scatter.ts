/**
 * Where the parts of a frame go among the buffers of a receiver. Alignment is kept: a fragment that is a whole page goes
 * into a buffer that is one, so that it can be mapped there; of the rest, what fills a buffer goes into one of its own,
 * and smaller parts go one behind the other.
 */
import type { Reply } from '../../messages/device-command.js';
import type { GuestPiece } from '../devices/guest-command.js';

/** A buffer that a guest has posted. */
export interface ReceiveBuffer {
  readonly reply: Reply;
  readonly pieces: readonly GuestPiece[];
  /** Of all pieces. */
  readonly bytes: number;
  /** Whether it is one whole page. */
  readonly page: boolean;
}

/** Part of a frame, as far as its place is concerned. */
export interface Extent {
  readonly bytes: number;
  /** Whether it is a whole page that the receiver may be given. */
  readonly page: boolean;
}

/** Bytes of a fragment to be copied to a place of a buffer. */
export interface Copy {
  /** Number of the fragment, and where in it. */
  readonly fragment: number;
  readonly from: number;
  readonly to: GuestPiece;
}

/** A buffer, and what comes into it: a page (the number of its fragment), or copies (-1). */
export interface Filled {
  readonly buffer: ReceiveBuffer;
  readonly remapped: number;
  readonly copies: Copy[];
  bytes: number;
}

/** Takes the buffers of a frame out of those posted, in their order; null if they are too few, and then none is taken. */
export function scatter(fragments: readonly Extent[], posted: ReceiveBuffer[]): readonly Filled[] | null {
  const left = [...posted];
  const filled: Filled[] = [];
  let open: Filled | null = null;
  for (const [fragment, { bytes, page }] of fragments.entries()) {
    const whole = page ? takeFirst(left, buffer => buffer.page) : null;
    if (whole !== null) {
      filled.push({ buffer: whole, remapped: fragment, copies: [], bytes });
      open = null;
      continue;
    }
    if (bytes >= (nextForData(left)?.bytes ?? Infinity)) open = null;
    for (let done = 0; done < bytes;) {
      if (open === null || open.bytes === open.buffer.bytes) {
        const buffer = nextForData(left);
        if (buffer === null) return null;
        left.splice(left.indexOf(buffer), 1);
        open = { buffer, remapped: -1, copies: [], bytes: 0 };
        filled.push(open);
      }
      done += append(open, fragment, done, bytes - done);
    }
  }
  posted.splice(0, posted.length, ...left);
  return filled;
}

/** The next buffer for what is copied: pages are kept for pages as long as there are others. */
function nextForData(left: readonly ReceiveBuffer[]): ReceiveBuffer | null {
  return left.find(({ page }) => !page) ?? left[0] ?? null;
}

function takeFirst(left: ReceiveBuffer[], fits: (buffer: ReceiveBuffer) => boolean): ReceiveBuffer | null {
  const index = left.findIndex(fits);
  return index < 0 ? null : left.splice(index, 1)[0];
}

/** Puts as much of a fragment behind what is in a buffer as fits the piece there; returns how much. */
function append(open: Filled, fragment: number, from: number, most: number): number {
  let start = 0;
  for (const piece of open.buffer.pieces) {
    const inside = open.bytes - start;
    start += piece.bytes;
    if (inside >= piece.bytes) continue;
    const bytes = Math.min(most, piece.bytes - inside);
    open.copies.push({ fragment, from, to: { physical: piece.physical, offset: piece.offset + inside, bytes } });
    open.bytes += bytes;
    return bytes;
  }
  throw new Error('a buffer that is full is open');
}
