/** What a disk can be asked to do, and whether it can do what it is asked. */
import type { CommandContent } from '../messages/io-messages.js';
import type { Ticks } from '../engine/time.js';
import { bytesOf, isInt32, type MemorySize, type Piece, type Reply } from '../messages/device-command.js';
import { SECTOR_BYTES, type DiskMechanism } from './disk-mechanism.js';
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

/** A command that has been found right, with what the disk wants to know of it. */
export interface DiskJob extends DiskCommand {
  readonly arrived: Ticks;
  /** The track of the first sector. */
  readonly track: number;
}

/** What is wrong with a command that says whom to tell: a DeviceStatus, Ok for nothing. */
export function diskFault(command: CommandContent, disk: Pick<DiskMechanism, 'sectors'>, memory: MemorySize): number {
  const { op, sector, sectors, pieces } = command;
  if (op !== 'read' && op !== 'write') return DeviceStatus.BadCommand;
  if (!isInt32(sector) || !isInt32(sectors) || sector < 0 || sectors < 1) return DeviceStatus.OutOfRange;
  if (sector + sectors > disk.sectors) return DeviceStatus.OutOfRange;
  return bytesOf(pieces, memory, SECTOR_BYTES) === sectors * SECTOR_BYTES ? DeviceStatus.Ok : DeviceStatus.BadPieces;
}

/** The job of a command without a fault. */
export function diskJob(command: CommandContent, mechanism: DiskMechanism, arrived: Ticks): DiskJob {
  const own = ownCommand(command);
  return { ...own, arrived, track: mechanism.trackOf(own.sector) };
}

/** A command without a fault, as a copy that has nothing in common with what its sender may still hold. */
export function ownCommand(command: CommandContent): DiskCommand {
  const { op, sector, sectors, pieces, tag, interruptTo, interruptCode } = command as unknown as DiskCommand;
  const copies = pieces.map(({ frame, offset, bytes }) => ({ frame, offset, bytes }));
  return { op, sector, sectors, pieces: copies, tag, interruptTo, interruptCode };
}
