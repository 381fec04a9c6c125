/**
 * The global cache of a disk: for each block of eight sectors that any virtual machine has read, the machine page that has
 * its content. Machines that map it share it. Pages that nobody maps are given back when memory runs out, the least
 * recently used ones first. Disco, section 4.2.4.
 */
import { SECTOR_BYTES } from '../../devices/disk-mechanism.js';
import { load } from '../../processor/operations.js';
import type { MachinePage } from '../memory/machine-page.js';
import type { MonitorCpu } from '../monitor-cpu.js';
import { PAGE_SECTORS, visit, type DiskGround } from './ground.js';
import type { RealDisk } from './real-disk.js';
import { SectorTree } from './sector-tree.js';
import type { TreeNodes } from './tree-nodes.js';
import type { Code } from '../../system/code.js';

/** Who waits for blocks. */
export interface BlockWaiter {
  /** One more block is awaited. */
  expect(): void;
  /** A block is there, or cannot be read: null. Whoever wants the page keeps it now. Says whether it was the last one awaited. */
  arrived(block: number, page: MachinePage | null): boolean;
  /** Goes on after the last one. */
  resume(cpu: MonitorCpu): Code;
}

/** A block that is being read. */
interface Flight {
  readonly block: number;
  /** The flight is a keeper, and it is pinned. */
  readonly page: MachinePage;
  readonly waiters: BlockWaiter[];
  /** The disk has been written there since. */
  stale: boolean;
}

/** Blocks of a disk that are in memory. */
export class DiskCache {
  /** Look-ups, those that found the block, those that waited for another's read, blocks read, and pages given back. */
  readonly stats = { lookups: 0, hits: 0, joined: 0, blocksRead: 0, reclaimed: 0 };
  private readonly ground: DiskGround;
  private readonly real: RealDisk;
  private readonly nodes: TreeNodes;
  private readonly tree: SectorTree<MachinePage>;
  /** What is in the tree, the least recently used block first. No lock: looked at and changed between yields only. */
  private readonly blocks = new Map<number, MachinePage>();
  /** Blocks that are being read. No lock: looked at and changed between yields only. */
  private readonly flights = new Map<number, Flight>();

  constructor(ground: DiskGround, real: RealDisk, nodes: TreeNodes) {
    this.ground = ground;
    this.real = real;
    this.nodes = nodes;
    this.tree = new SectorTree(nodes);
    ground.memory.reclaim.reclaimers.push((cpu, frames) => this.reclaim(cpu, frames));
  }

  /** Pages in the cache, with their blocks. */
  get pages(): ReadonlyMap<number, MachinePage> {
    return this.blocks;
  }

  /** The page of a block, or null. Whoever wants it keeps it before the next yield. */
  *find(block: number): Code<MachinePage | null> {
    this.tree.find(block);
    yield* visit(this.ground, this.tree.visited);
    const page = this.blocks.get(block);
    this.stats.lookups++;
    if (page === undefined) return null;
    this.stats.hits++;
    this.blocks.delete(block);
    this.blocks.set(block, page);
    return page;
  }

  /** Has blocks read, ascending, that are not there; consecutive ones at once. False: there was no memory for some. */
  *fetch(cpu: MonitorCpu, blocks: readonly number[], waiter: BlockWaiter): Code<boolean> {
    let run: Flight[] = [];
    let complete = true;
    for (const block of blocks) {
      if (this.join(block, waiter)) continue;
      const page = yield* this.ground.memory.take(cpu, cpu.node, block / PAGE_SECTORS, false);
      if (page === null) {
        complete = false;
        break;
      }
      this.ground.memory.keep(page);
      if (this.join(block, waiter)) {
        yield* this.ground.memory.release(cpu, page);
        continue;
      }
      this.ground.memory.pin(page, true);
      const flight: Flight = { block, page, waiters: [waiter], stale: false };
      waiter.expect();
      this.flights.set(block, flight);
      if (run.length > 0 && run.at(-1)!.block + PAGE_SECTORS !== block) {
        yield* this.read(cpu, run);
        run = [];
      }
      run.push(flight);
    }
    if (run.length > 0) yield* this.read(cpu, run);
    return complete;
  }

  /** Forgets sectors that are about to be written on the disk itself. */
  *invalidate(cpu: MonitorCpu, first: number, end: number): Code {
    for (const flight of this.flights.values())
      if (flight.block < end && flight.block + PAGE_SECTORS > first) flight.stale = true;
    for (const { first: block } of this.tree.within(first, end)) yield* this.forget(cpu, block);
  }

  /** Gives back pages that nobody else has, until so many frames are free. Says how many it gave. */
  *reclaim(cpu: MonitorCpu, frames: number): Code<number> {
    const { memory } = this.ground;
    let given = 0;
    for (let left = this.blocks.size; left > 0 && given < frames; left--) {
      const [oldest] = this.blocks;
      if (oldest === undefined) break;
      const [block, page] = oldest;
      yield load(memory.memmapAddress(page.frame));
      if (this.blocks.get(block) !== page) continue;
      if (page.users.length > 0 || page.keepers > 1 || page.pins > 0 || page.busy) {
        this.blocks.delete(block);
        this.blocks.set(block, page);
        continue;
      }
      const size = 1 + (page.replicas?.size ?? 0);
      yield* this.forget(cpu, block);
      this.stats.reclaimed++;
      given += size;
    }
    return given;
  }

  /** Whether a block is on its way or there after all; then the waiter knows. */
  private join(block: number, waiter: BlockWaiter): boolean {
    const flight = this.flights.get(block);
    const page = this.blocks.get(block);
    if (flight === undefined && page === undefined) return false;
    waiter.expect();
    this.stats.joined++;
    if (flight !== undefined) flight.waiters.push(waiter);
    else waiter.arrived(block, page!);
    return true;
  }

  private *read(cpu: MonitorCpu, run: readonly Flight[]): Code {
    const sector = run[0].block;
    const sectors = Math.min(run.length * PAGE_SECTORS, this.real.options.sectors - sector);
    const pieces = run.map(({ block, page }) => {
      const bytes = Math.min(PAGE_SECTORS, sector + sectors - block) * SECTOR_BYTES;
      return { frame: page.frame, offset: 0, bytes };
    });
    const transfer = { op: 'read' as const, sector, sectors, pieces };
    yield* this.real.start(cpu, transfer, (by, status) => this.ended(by, run, status));
  }

  private *ended(cpu: MonitorCpu, run: readonly Flight[], status: number): Code {
    if (status !== 0 && run.length > 1) {
      // One bad sector must not take along the blocks before and behind it.
      for (const flight of run) yield* this.read(cpu, [flight]);
      return;
    }
    const ready = status === 0 && (yield* this.nodes.prepare(cpu, run.length * (this.tree.nodesPerInsert + 3)));
    // Before anybody finds them: a page that is being written is not shared.
    for (const { page } of run) yield* this.ground.memory.unpin(cpu, page, true);
    const awake: BlockWaiter[] = [];
    const visited: number[] = [];
    const dropped: MachinePage[] = [];
    for (const { block, page, waiters, stale } of run) {
      this.flights.delete(block);
      for (const waiter of waiters) if (waiter.arrived(block, status === 0 ? page : null)) awake.push(waiter);
      if (!ready || stale) {
        dropped.push(page);
        continue;
      }
      this.tree.insert(block, block + PAGE_SECTORS, page);
      this.blocks.set(block, page);
      visited.push(...this.tree.visited);
      this.stats.blocksRead++;
    }
    yield* visit(this.ground, visited);
    for (const page of dropped) yield* this.ground.memory.release(cpu, page);
    for (const waiter of awake) yield* waiter.resume(cpu);
  }

  private *forget(cpu: MonitorCpu, block: number): Code {
    const page = this.blocks.get(block);
    if (page === undefined) return;
    this.blocks.delete(block);
    this.tree.remove(block, block + PAGE_SECTORS);
    const { visited } = this.tree;
    yield* visit(this.ground, visited);
    yield* this.ground.memory.release(cpu, page);
  }
}
