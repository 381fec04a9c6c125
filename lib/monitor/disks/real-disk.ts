/** A disk of the machine as the monitor drives it: commands by tag, each with what is to be done when it ends. */
import type { MachineFrame } from '../../messages/addresses.js';
import { deviceCommand } from '../../processor/operations.js';
import type { Piece } from '../../messages/device-command.js';
import type { MonitorCpu } from '../monitor-cpu.js';
import type { DiskGround } from './ground.js';
import type { Code } from '../../system/code.js';

/** Where a disk is, and how it answers. */
export interface RealDiskOptions {
  /** As the machine has it (Machine.devices): the bridge, a cache, and the index of the disk there. */
  readonly bridge: number;
  readonly index: number;
  /** Its sectors. */
  readonly sectors: number;
  /** The code of its interrupts, for the core to hand on. */
  readonly interruptCode: number;
}

/** What is read or written: whole sectors, between a place on the disk and frames of the machine. */
export interface Transfer {
  readonly op: 'read' | 'write';
  readonly sector: number;
  readonly sectors: number;
  readonly pieces: readonly (Piece & { readonly frame: MachineFrame })[];
}

/** What goes on when a transfer ends, on the processor that is interrupted: a DeviceStatus. */
export type TransferEnd = (cpu: MonitorCpu, status: number) => Code;

/** A disk of the machine. It takes any number of commands; the order among them is its own. */
export class RealDisk {
  /** Commands, sectors read and written, commands that failed, and the most that were under way at once. */
  readonly stats = { commands: 0, sectorsRead: 0, sectorsWritten: 0, failed: 0, largestQueue: 0 };
  readonly options: RealDiskOptions;
  private readonly ground: DiskGround;
  /** No lock: looked at and changed between yields only. */
  private readonly pending = new Map<number, { readonly transfer: Transfer; readonly end: TransferEnd }>();
  private lastTag = 0;

  constructor(ground: DiskGround, options: RealDiskOptions) {
    this.ground = ground;
    this.options = options;
  }

  /** Transfers under way. */
  get underWay(): number {
    return this.pending.size;
  }

  /** Starts a transfer. Its frames stay where they are until it ends; the processor that starts it is told. */
  *start(cpu: MonitorCpu, transfer: Transfer, end: TransferEnd): Code {
    const { bridge, index, interruptCode } = this.options;
    const tag = this.freshTag();
    this.pending.set(tag, { transfer, end });
    this.stats.commands++;
    this.stats.largestQueue = Math.max(this.stats.largestQueue, this.pending.size);
    yield this.ground.code.step('device command');
    yield deviceCommand(bridge, index, { ...transfer, tag, interruptTo: cpu.number, interruptCode });
  }

  /** The disk's interrupt. One that nobody waits for is none of ours. */
  *interrupt(cpu: MonitorCpu, tag: number, status: number): Code {
    const ended = this.pending.get(tag);
    if (ended === undefined) return;
    this.pending.delete(tag);
    const { op, sectors } = ended.transfer;
    if (status !== 0) this.stats.failed++;
    else if (op === 'read') this.stats.sectorsRead += sectors;
    else this.stats.sectorsWritten += sectors;
    yield* ended.end(cpu, status);
  }

  private freshTag(): number {
    do this.lastTag = (this.lastTag + 1) & 0x7fffffff;
    while (this.pending.has(this.lastTag));
    return this.lastTag;
  }
}
