/**
 * What commands of several devices have in common. Software may be hostile: whatever a command says is checked before it
 * is believed, and a bad one is answered with a status.
 */
import type { AddressMap } from './address-map.js';
import type { CommandContent } from './io-messages.js';
import { InterruptMessage } from './coherence-messages.js';

/** A place in memory, within one frame of the machine. */
export interface Piece {
  readonly frame: number;
  /** Bytes into the frame, a multiple of 4. */
  readonly offset: number;
  readonly bytes: number;
}

/** How the end of a command is reported: an interrupt of that code with the tag and a status. */
export interface Reply {
  readonly tag: number;
  readonly interruptTo: number;
  readonly interruptCode: number;
}

/** The memory that places are in: a machine's, or what a virtual machine believes to be its own. */
export type MemorySize = Pick<AddressMap, 'frames' | 'pageBytes'>;

/** Whether a command says whom to tell that it is done: a processor, a code from 1 up, and a tag of 32 bits. */
export function hasReply(command: CommandContent, map: Pick<AddressMap, 'processors'>): boolean {
  const { tag, interruptTo, interruptCode } = command;
  return (
    isInt32(tag) &&
    isInt32(interruptTo) &&
    isInt32(interruptCode) &&
    interruptTo >= 0 &&
    interruptTo < map.processors &&
    interruptCode >= 1
  );
}

/** The interrupt that ends a command. */
export function replyTo(reply: Reply, bridge: number, flits: number, status: number): InterruptMessage {
  return new InterruptMessage(flits, reply.interruptCode, bridge, reply.interruptTo, reply.tag, status);
}

/** The bytes of a list of places in memory, each a whole number of units; -1 if it is no such list. */
export function bytesOf(pieces: unknown, map: MemorySize, unit: number): number {
  if (!Array.isArray(pieces)) return -1;
  let bytes = 0;
  for (const piece of pieces as unknown[]) {
    if (!isPiece(piece, map) || piece.bytes % unit !== 0) return -1;
    bytes += piece.bytes;
  }
  return bytes;
}

/** Whether something is a place in the machine's memory, in whole words. */
export function isPiece(piece: unknown, map: MemorySize): piece is Piece {
  if (typeof piece !== 'object' || piece === null) return false;
  const { frame, offset, bytes } = piece as Partial<Record<keyof Piece, unknown>>;
  if (!isInt32(frame) || !isInt32(offset) || !isInt32(bytes)) return false;
  if (frame < 0 || frame >= map.frames || offset < 0 || bytes <= 0 || offset + bytes > map.pageBytes) return false;
  return ((offset | bytes) & 3) === 0;
}

/** Whether something is a signed integer of 32 bits. */
export function isInt32(value: unknown): value is number {
  return typeof value === 'number' && (value | 0) === value;
}
