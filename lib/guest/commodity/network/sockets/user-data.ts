/** Data of user programs into network buffers and out of them. Addresses and lengths are whole words. */
import { copy } from '../../../../processor/operations.js';
import { ErrorNumber, type Code, type KernelThread } from '../../../../system/code.js';
import { HEADER_BYTES } from './datagram-header.js';
import { SMALL_BYTES, type MbufPool } from '../mbufs.js';
import { pieceOf, type Piece } from '../pieces.js';

/**
 * Copies a user's bytes into buffers: a small one with room for a header if they fit, else clusters. ENOBUFS, or the error
 * of an access that was not served.
 */
export function* copyIn(
  thread: KernelThread,
  mbufs: MbufPool,
  address: number,
  bytes: number,
  cyclesPerLine: number,
): Code<readonly Piece[] | number> {
  const pieces: Piece[] = [];
  const small = bytes <= SMALL_BYTES - HEADER_BYTES;
  for (let done = 0; done < bytes;) {
    const mbuf = small ? yield* mbufs.small(thread, true) : yield* mbufs.cluster(thread, true);
    if (mbuf === null) return yield* giveUp(thread, mbufs, pieces, ErrorNumber.ENOBUFS);
    const skip = small ? HEADER_BYTES : 0;
    const piece = pieceOf(mbuf, skip, Math.min(mbuf.bytes - skip, bytes - done));
    pieces.push(piece);
    const error = yield copy(address + done, piece.address, piece.bytes, cyclesPerLine);
    if (error < 0) return yield* giveUp(thread, mbufs, pieces, error);
    done += piece.bytes;
  }
  return pieces;
}

function* giveUp(thread: KernelThread, mbufs: MbufPool, pieces: readonly Piece[], error: number): Code<number> {
  yield* mbufs.freeAll(thread, pieces);
  return error;
}

/** Copies up to `bytes` bytes of pieces to a user: how many, or the error of an access that was not served. */
export function* copyOut(
  pieces: readonly Piece[],
  address: number,
  bytes: number,
  cyclesPerLine: number,
): Code<number> {
  let done = 0;
  for (const piece of pieces) {
    const length = Math.min(piece.bytes, bytes - done);
    if (length === 0) break;
    const error = yield copy(piece.address, address + done, length, cyclesPerLine);
    if (error < 0) return error;
    done += length;
  }
  return done;
}
