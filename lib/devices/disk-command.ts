/** What a disk can be asked to do, and whether it can do what it is asked. */
import type { CommandContent } from '../messages/io-messages.js';
import type { Ticks } from '../engine/time.js';
import { bytesOf, isInt32, piecesOf, type MemorySize, type Piece, type Reply } from '../messages/device-command.js';
import { SECTOR_BYTES } from './disk-mechanism.js';
import { DeviceStatus } from '../messages/device-status.js';

/** What a disk is asked to do. It answers with an interrupt: `a` is the tag, `b` a DeviceStatus. */
export interface DiskCommand extends Reply {
  readonly op: 'read' | 'write';
  /** The first sector. */
  readonly sector: number;
  /** How many, at least 1. */
  readonly sectors: number;
  /** Where in memory, in whole sectors, as many as `sectors` in all. */
  readonly pieces: readonly Piece[];
}

/** A command under way, with what the disk wants to know of it. */
export interface DiskJob {
  readonly command: DiskCommand;
  readonly arrived: Ticks;
  /** The track of the first sector. */
  readonly track: number;
}

/** What a command has to fit: the sectors of the disk, and the memory that its places are in. */
export interface DiskLimits {
  readonly sectors: number;
  readonly memory: MemorySize;
}

/** The command in a message that says whom to tell, as a copy; or a DeviceStatus, which says what is wrong with it. */
export function parseDiskCommand(content: CommandContent, reply: Reply, limits: DiskLimits): DiskCommand | number {
  const { op, sector, sectors } = content;
  if (op !== 'read' && op !== 'write') return DeviceStatus.BadCommand;
  if (!isInt32(sector) || !isInt32(sectors) || sector < 0 || sectors < 1) return DeviceStatus.OutOfRange;
  if (sector + sectors > limits.sectors) return DeviceStatus.OutOfRange;
  const pieces = piecesOf(content['pieces'], limits.memory, SECTOR_BYTES);
  if (pieces === null || bytesOf(pieces) !== sectors * SECTOR_BYTES) return DeviceStatus.BadPieces;
  return { op, sector, sectors, pieces, ...reply };
}
