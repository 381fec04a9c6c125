/** What a network card can be asked to do, and whether it can do what it is asked. */
import { bytesOf, piecesOf, type MemorySize, type Piece, type Reply } from '../messages/device-command.js';
import { DeviceStatus } from '../messages/device-status.js';
import type { CommandContent } from '../messages/io-messages.js';
import { isAddress } from './network-segment.js';

/** Sends a frame. The interrupt says its tag and a DeviceStatus when the frame is off the medium. */
export interface SendCommand extends Reply {
  readonly op: 'send';
  /** The address of a card, or BROADCAST. */
  readonly to: number;
  /** The data, from at least a word up to the MTU. */
  readonly pieces: readonly Piece[];
}

/** Posts a receive buffer. The interrupt says its tag and the bytes received, or a negative DeviceStatus if it is refused. */
export interface PostCommand extends Reply {
  readonly op: 'post';
  readonly pieces: readonly Piece[];
}

/** What a network card is asked to do. */
export type NetworkCardCommand = SendCommand | PostCommand;

/** A frame to be sent, with its length. */
export interface SendJob extends SendCommand {
  readonly bytes: number;
}

/** A receive buffer, with its length. */
export interface ReceiveBuffer extends PostCommand {
  readonly bytes: number;
}

/** What a command has to fit: the card's MTU, whether it can take one more buffer, and the memory that places are in. */
export interface CardLimits {
  readonly mtuBytes: number;
  readonly room: boolean;
  readonly memory: MemorySize;
}

/** The command in a message that says whom to tell, as a copy; or what its interrupt says, which is what is wrong with it. */
export function parseCardCommand(
  content: CommandContent,
  reply: Reply,
  limits: CardLimits,
): SendJob | ReceiveBuffer | number {
  const { op, to } = content;
  if (op !== 'send' && op !== 'post') return -DeviceStatus.BadCommand;
  const pieces = piecesOf(content['pieces'], limits.memory, 4) ?? [];
  const bytes = bytesOf(pieces);
  if (bytes === 0) return op === 'send' ? DeviceStatus.BadPieces : -DeviceStatus.BadPieces;
  if (op === 'post') return limits.room ? { op, pieces, bytes, ...reply } : -DeviceStatus.NoRoom;
  if (!isAddress(to)) return DeviceStatus.BadAddress;
  return bytes > limits.mtuBytes ? DeviceStatus.TooLong : { op, to, pieces, bytes, ...reply };
}
