/** Memory for the nodes of trees by sectors, in pages that stay the monitor's. */
import type { MonitorCpu } from '../monitor-cpu.js';
import type { DiskGround } from './ground.js';
import type { NodeAddresses } from './sector-tree.js';
import type { Code } from '../../system/code.js';

/** Bytes of a node: 15 first sectors and lengths in the first half, as many origins and pages in the second. */
const NODE_BYTES = 256;
/** Tries to get a page before others have taken it. */
const TRIES = 4;

/** The nodes of all trees of a disk, near the disk. */
export class TreeNodes implements NodeAddresses {
  private readonly ground: DiskGround;
  private readonly node: number;
  /** No lock: looked at and changed between yields only. */
  private readonly free: number[] = [];

  constructor(ground: DiskGround, node: number) {
    this.ground = ground;
    this.node = node;
  }

  /** Sees to it that so many nodes can be taken, if they are taken before the next yield. False: there is no memory. */
  *prepare(cpu: MonitorCpu, nodes: number): Code<boolean> {
    const { memory, frames } = this.ground;
    for (let tries = 0; tries < TRIES; tries++) {
      while (this.free.length < nodes && frames.allFree > 0) this.addPage();
      if (this.free.length >= nodes) return true;
      // The memory knows who can give something back. What it finds is free for a moment.
      const page = yield* memory.take(cpu, this.node, 0, false);
      if (page === null) return false;
      memory.keep(page);
      yield* memory.release(cpu, page);
    }
    return false;
  }

  take(): number {
    const address = this.free.pop();
    if (address === undefined) throw new Error('a tree by sectors takes a node that nobody has prepared');
    return address;
  }

  give(address: number): void {
    this.free.push(address);
  }

  private addPage(): void {
    const { space, frames } = this.ground;
    const { pageBytes } = frames.map;
    const page = space.allocate(this.node, pageBytes);
    for (let at = pageBytes - NODE_BYTES; at >= 0; at -= NODE_BYTES) this.free.push(page + at);
  }
}
