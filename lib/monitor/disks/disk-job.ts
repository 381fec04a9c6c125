/** A command of a guest that has been found right, while it is carried out. */
import type { DiskCommand } from '../../devices/disk-command.js';
import { SECTOR_BYTES } from '../../devices/disk-mechanism.js';
import { physicalPage, type PhysicalPage } from '../../messages/addresses.js';
import type { MachineMemory } from '../memory/machine-memory.js';
import type { MachinePage } from '../memory/machine-page.js';
import type { MonitorCpu } from '../monitor-cpu.js';
import type { BlockWaiter } from './disk-cache.js';
import { blockOf, PAGE_SECTORS } from './ground.js';
import type { Code } from '../../system/code.js';

/** Sectors of one block, in one physical page. */
export interface Unit {
  readonly physical: PhysicalPage;
  /** Bytes into the physical page. */
  readonly offset: number;
  readonly sector: number;
  readonly sectors: number;
}

/** Blocks that a read has in its hands at once, at most: a read that is larger than memory ends too. */
const MOST_BLOCKS = 32;

/** What is known of a command under way. No lock: looked at and changed between yields only. */
export class DiskJob implements BlockWaiter {
  readonly command: DiskCommand;
  readonly units: readonly Unit[];
  /** The unit that is next. */
  next = 0;
  /** Units that are dealt with together. */
  most = MOST_BLOCKS;
  /** Pages of blocks that it keeps until it has used them; null for a block that the disk cannot read. */
  readonly held = new Map<number, MachinePage | null>();
  /** Blocks that the job waits for; one more while the job still looks for them. */
  awaited = 0;
  /** It goes on no more: its machine is gone. */
  abandoned = false;
  private readonly memory: MachineMemory;
  private readonly goOn: (cpu: MonitorCpu) => Code;

  /** `goOn` is called when the blocks that it waited for are there. */
  constructor(command: DiskCommand, memory: MachineMemory, goOn: (cpu: MonitorCpu) => Code) {
    this.command = command;
    this.memory = memory;
    this.goOn = goOn;
    this.units = unitsOf(command);
  }

  expect(): void {
    this.awaited++;
  }

  arrived(block: number, page: MachinePage | null): boolean {
    if (!this.abandoned) this.hold(block, page);
    this.awaited--;
    return this.awaited === 0;
  }

  *resume(cpu: MonitorCpu): Code {
    if (!this.abandoned) yield* this.goOn(cpu);
  }

  /** Keeps the page of a block, or remembers that it cannot be read. */
  hold(block: number, page: MachinePage | null): void {
    if (page !== null) this.memory.keep(page);
    this.held.set(block, page);
  }

  /** Lets go of all that it keeps. */
  *releaseHeld(cpu: MonitorCpu): Code {
    const pages = [...this.held.values()];
    this.held.clear();
    for (const page of pages) if (page !== null) yield* this.memory.release(cpu, page);
  }
}

/** A command cut at the ends of its pieces and of blocks. */
function unitsOf({ sector, pieces }: DiskCommand): Unit[] {
  const units: Unit[] = [];
  let at = sector;
  for (const { frame, offset, bytes } of pieces)
    for (let done = 0; done < bytes;) {
      const sectors = Math.min((bytes - done) / SECTOR_BYTES, blockOf(at) + PAGE_SECTORS - at);
      units.push({ physical: physicalPage(frame), offset: offset + done, sector: at, sectors });
      at += sectors;
      done += sectors * SECTOR_BYTES;
    }
  return units;
}
