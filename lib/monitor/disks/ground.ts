/** What virtual disks stand on: the monitor's memory and code, and what they do with both alike. */
import { SECTOR_BYTES } from '../../devices/disk-mechanism.js';
import { copy, load } from '../../processor/operations.js';
import { COPY_LINE } from '../costs.js';
import type { FramePool } from '../../system/frame-pool.js';
import type { MachineMemory } from '../memory/machine-memory.js';
import type { MachinePage } from '../memory/machine-page.js';
import type { MonitorCode } from '../monitor-code.js';
import type { MonitorCpu } from '../monitor-cpu.js';
import type { MonitorSpace } from '../monitor-space.js';
import type { Code } from '../../system/code.js';

/** Sectors of a page. */
export const PAGE_SECTORS = 8;

/** The monitor as virtual disks use it. */
export interface DiskGround {
  readonly memory: MachineMemory;
  readonly frames: FramePool;
  readonly space: MonitorSpace;
  readonly code: MonitorCode;
}

/** So many sectors that begin at a byte of a machine page, a multiple of 4. */
export interface PageSectors {
  readonly page: MachinePage;
  readonly offset: number;
  readonly sectors: number;
}

/** The first sector of the page of sectors that a sector is in. */
export const blockOf = (sector: number): number => sector - (sector % PAGE_SECTORS);

/**
 * Copies sectors into a page at a byte offset. The target is pinned, or nobody else's. Somebody keeps the source; or, if it
 * is pinned only, its content is whatever its users write meanwhile.
 */
export function* copySectors(
  { memory, space }: DiskGround,
  cpu: MonitorCpu,
  { page, offset, sectors }: PageSectors,
  to: MachinePage,
  at: number,
): Code {
  // The mover must not take the frame away under the copy.
  yield* memory.untilFree(cpu, page);
  memory.pin(page);
  const source = space.show(cpu.processor, 0, page.frame) + offset;
  const target = space.show(cpu.processor, 1, to.frame) + at;
  yield copy(source, target, sectors * SECTOR_BYTES, COPY_LINE);
  yield* memory.unpin(cpu, page);
}

/** Goes through nodes of a tree, two lines each: what is looked for in one, what is found in the other. */
export function* visit({ code, frames }: DiskGround, nodes: readonly number[]): Code {
  for (const node of nodes) {
    yield code.step('tree node');
    yield load(node);
    yield load(node + frames.map.lineBytes);
  }
}
