/** What a guest tells its devices: checked once, and copied, so that what was checked is what is used. */
import { physicalPage, type PhysicalPage } from '../../messages/addresses.js';
import type { CommandContent } from '../../messages/io-messages.js';
import { piecesOf } from '../../messages/device-command.js';

/** A place in the physical memory of a virtual machine, within one page. */
export interface GuestPiece {
  readonly physical: PhysicalPage;
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

/** A list of places as real devices take it, `frame` being a physical page. Null if it is no such list, or empty. */
export function guestPieces(pieces: unknown, { pages, pageBytes, unit, most }: PieceLimits): GuestPiece[] | null {
  if (!Array.isArray(pieces) || pieces.length === 0 || pieces.length > most) return null;
  const checked = piecesOf(pieces, { frames: pages, pageBytes }, unit);
  return checked?.map(({ frame, offset, bytes }) => ({ physical: physicalPage(frame), offset, bytes })) ?? null;
}
