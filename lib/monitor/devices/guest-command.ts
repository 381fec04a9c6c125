/** What a guest tells its devices: checked once, and copied, so that what was checked is what is used. */
import type { CommandContent } from '../../messages/io-messages.js';
import { isInt32, type Reply } from '../../messages/device-command.js';

/** A place in the physical memory of a virtual machine, within one page. */
export interface GuestPiece {
  readonly physical: number;
  /** Bytes into the page, a multiple of 4. */
  readonly offset: number;
  /** From 4, a multiple of 4. */
  readonly bytes: number;
}

/** What pieces have to fit: the machine's physical pages, their size, the unit of the device, and how many there may be. */
export interface PieceLimits {
  readonly pages: number;
  readonly pageBytes: number;
  readonly unit: number;
  readonly most: number;
}

/** Pieces that are copied of a command, at most: more than any device takes, one for each sector of the longest transfer. */
const MOST_PIECES = 1 << 17;

/**
 * A copy of a command, to be looked at and used in peace: the guest may change its own meanwhile, and getters of it may answer
 * differently each time. Empty for what is no object or cannot be read.
 */
export function copiedCommand(content: unknown): CommandContent {
  if (typeof content !== 'object' || content === null) return {};
  try {
    const copy: Record<string, unknown> = { ...content };
    const { pieces } = copy;
    if (Array.isArray(pieces)) copy['pieces'] = pieces.length <= MOST_PIECES ? Array.from(pieces, copyOf) : null;
    return copy;
  } catch {
    return {};
  }
}

function copyOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? { ...value } : value;
}

/** Whom to tell that a command is done: a virtual processor, a code from 1 up, and a tag of 32 bits. Null if it does not say. */
export function replyOf({ tag, interruptTo, interruptCode }: CommandContent, processors: number): Reply | null {
  if (!isInt32(tag) || !isInt32(interruptTo) || !isInt32(interruptCode)) return null;
  if (interruptTo < 0 || interruptTo >= processors || interruptCode < 1) return null;
  return { tag, interruptTo, interruptCode };
}

/** A list of places as real devices take it, `frame` being a physical page. Null if it is no such list, or empty. */
export function guestPieces(pieces: unknown, limits: PieceLimits): readonly GuestPiece[] | null {
  if (!Array.isArray(pieces) || pieces.length === 0 || pieces.length > limits.most) return null;
  const checked: GuestPiece[] = [];
  for (const piece of pieces as unknown[]) {
    const one = guestPiece(piece, limits);
    if (one === null) return null;
    checked.push(one);
  }
  return checked;
}

function guestPiece(piece: unknown, { pages, pageBytes, unit }: PieceLimits): GuestPiece | null {
  if (typeof piece !== 'object' || piece === null) return null;
  const { frame, offset, bytes } = piece as Readonly<Record<string, unknown>>;
  if (!isInt32(frame) || !isInt32(offset) || !isInt32(bytes)) return null;
  if (frame < 0 || frame >= pages || offset < 0 || bytes <= 0 || offset + bytes > pageBytes) return null;
  return ((offset | bytes) & 3) === 0 && bytes % unit === 0 ? { physical: frame, offset, bytes } : null;
}
