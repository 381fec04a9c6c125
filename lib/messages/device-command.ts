/**
 * What commands of several devices have in common. Software may be hostile: whatever a command says is checked before it
 * is believed, and a bad one is answered with a status.
 */
import type { AddressMap } from './address-map.js';
import type { CommandContent } from './io-messages.js';
import { InterruptMessage } from './coherence-messages.js';

/** A place in memory, within one frame. */
export interface Piece {
  /** Of the machine, or a physical page of a virtual machine: the device that executes the command says which. */
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

/** Whom a command tells that it is done: a processor, a code from 1 up, and a tag of 32 bits. Null if it does not say. */
export function replyOf({ tag, interruptTo, interruptCode }: CommandContent, processors: number): Reply | null {
  if (!isInt32(tag) || !isInt32(interruptTo) || !isInt32(interruptCode)) return null;
  if (interruptTo < 0 || interruptTo >= processors || interruptCode < 1) return null;
  return { tag, interruptTo, interruptCode };
}

/** The interrupt that ends a command. */
export function replyTo(reply: Reply, bridge: number, flits: number, status: number): InterruptMessage {
  return new InterruptMessage(flits, reply.interruptCode, bridge, reply.interruptTo, reply.tag, status);
}

/**
 * A list of places in memory, each a whole number of units and of words, as a copy that has nothing in common with what its
 * sender may still hold. Null if it is no such list.
 */
export function piecesOf(pieces: unknown, memory: MemorySize, unit: number): Piece[] | null {
  if (!Array.isArray(pieces)) return null;
  const checked: Piece[] = [];
  for (const given of pieces as unknown[]) {
    const piece = pieceOf(given, memory, unit);
    if (piece === null) return null;
    checked.push(piece);
  }
  return checked;
}

/** The bytes of a list of places. */
export function bytesOf(pieces: readonly { readonly bytes: number }[]): number {
  return pieces.reduce((sum, { bytes }) => sum + bytes, 0);
}

function pieceOf(given: unknown, { frames, pageBytes }: MemorySize, unit: number): Piece | null {
  if (typeof given !== 'object' || given === null) return null;
  const { frame, offset, bytes } = given as Partial<Record<keyof Piece, unknown>>;
  if (!isInt32(frame) || !isInt32(offset) || !isInt32(bytes)) return null;
  if (frame < 0 || frame >= frames || offset < 0 || bytes <= 0 || offset + bytes > pageBytes) return null;
  return ((offset | bytes) & 3) === 0 && bytes % unit === 0 ? { frame, offset, bytes } : null;
}

/** Whether something is a signed integer of 32 bits. */
export function isInt32(value: unknown): value is number {
  return typeof value === 'number' && (value | 0) === value;
}
