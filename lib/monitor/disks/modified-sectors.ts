/**
 * Sectors that were written and are not on the disk: a tree from ranges to the machine pages that have their content. The
 * content of such a page never changes; writing to its sectors again gives them to another page. So whoever finds a sector
 * here finds all of one write or nothing of it.
 */
import { SECTOR_BYTES } from '../../devices/disk-mechanism.js';
import type { MachinePage } from '../memory/machine-page.js';
import type { MonitorCpu } from '../monitor-cpu.js';
import { blockOf, copySectors, PAGE_SECTORS, visit, type DiskGround, type PageSectors } from './ground.js';
import { SectorTree, type SectorRange } from './sector-tree.js';
import type { TreeNodes } from './tree-nodes.js';
import type { Code } from '../../system/code.js';

/** A page of which the tree is a keeper. One for each time that it was written to the disk. */
export interface Written {
  readonly page: MachinePage;
}

/** The modified sectors of one virtual machine, or those that all see. */
export class ModifiedSectors {
  private readonly ground: DiskGround;
  private readonly nodes: TreeNodes;
  /** No lock: looked at and changed between yields only. */
  private readonly tree: SectorTree<Written>;

  constructor(ground: DiskGround, nodes: TreeNodes) {
    this.ground = ground;
    this.nodes = nodes;
    this.tree = new SectorTree(nodes);
  }

  /** Ranges of sectors that are modified. */
  get ranges(): number {
    return this.tree.size;
  }

  /** Pages that have modified sectors, each once. For the memory report. */
  get pages(): Iterable<MachinePage> {
    return new Set(this.tree.values.map(({ page }) => page));
  }

  /** How many times it keeps a page. For checks. */
  keepersOf(page: MachinePage): number {
    return this.tree.values.filter(written => written.page === page).length;
  }

  /** The modified ones of so many sectors, ascending, as they are when it returns. */
  *find(first: number, end: number): Code<readonly SectorRange<Written>[]> {
    this.tree.within(first, end);
    yield* visit(this.ground, this.tree.visited);
    return this.tree.within(first, end);
  }

  /** The sectors of a block become those of a page whose content nobody changes any more. False: no memory, nothing is changed. */
  *writeBlock(cpu: MonitorCpu, block: number, page: MachinePage): Code<boolean> {
    const { memory } = this.ground;
    memory.keep(page);
    if (!(yield* this.nodes.prepare(cpu, this.tree.nodesPerInsert))) {
      yield* memory.release(cpu, page);
      return false;
    }
    const lost = this.tree.insert(block, block + PAGE_SECTORS, { page });
    yield* visit(this.ground, this.tree.visited);
    yield* this.release(cpu, lost);
    return true;
  }

  /**
   * Some sectors of one block become copies of those of a page. They share a page with the other modified ones of their
   * block, so a block never takes more than one. False: no memory, nothing is changed.
   */
  *writeSectors(cpu: MonitorCpu, sector: number, source: PageSectors): Code<boolean> {
    const { memory } = this.ground;
    const block = blockOf(sector);
    const page = yield* memory.take(cpu, cpu.node, block / PAGE_SECTORS, false);
    if (page === null) return false;
    memory.keep(page);
    yield* copySectors(this.ground, cpu, source, page, (sector - block) * SECTOR_BYTES);
    const written = { first: sector, end: sector + source.sectors };
    const others = yield* this.gather(cpu, block, written, page);
    if (others === null) {
      yield* memory.release(cpu, page);
      return false;
    }
    const value = { page };
    const lost: Written[] = [];
    const visited: number[] = [];
    for (const { first, end } of joined([...others, written])) {
      lost.push(...this.tree.insert(first, end, value, block));
      visited.push(...this.tree.visited);
    }
    yield* visit(this.ground, visited);
    yield* this.release(cpu, lost);
    return true;
  }

  /** Forgets all. */
  *clear(cpu: MonitorCpu): Code {
    yield* this.release(cpu, this.tree.clear());
  }

  /** Copies the modified sectors of a block but some to a page of its own; what it returns is true until the next yield. */
  private *gather(
    cpu: MonitorCpu,
    block: number,
    but: { readonly first: number; readonly end: number },
    page: MachinePage,
  ): Code<SectorRange<Written>[] | null> {
    for (;;) {
      const ranges = yield* this.find(block, block + PAGE_SECTORS);
      const parts = ranges.flatMap(range => [
        { ...range, first: Math.max(range.first, block), end: Math.min(range.end, but.first) },
        { ...range, first: Math.max(range.first, but.end), end: Math.min(range.end, block + PAGE_SECTORS) },
      ]);
      const others = parts.filter(({ first, end }) => first < end);
      const { memory } = this.ground;
      for (const { value } of others) memory.keep(value.page);
      for (const { first, end, origin, value } of others) {
        const source = { page: value.page, offset: (first - origin) * SECTOR_BYTES, sectors: end - first };
        yield* copySectors(this.ground, cpu, source, page, (first - block) * SECTOR_BYTES);
        yield* memory.release(cpu, value.page);
      }
      if (!(yield* this.nodes.prepare(cpu, (others.length + 1) * this.tree.nodesPerInsert))) return null;
      const now = this.tree.within(block, block + PAGE_SECTORS);
      // Another machine that sees the same sectors may have written meanwhile.
      if (now.length === ranges.length && now.every((range, i) => range === ranges[i])) return others;
    }
  }

  private *release(cpu: MonitorCpu, lost: readonly Written[]): Code {
    for (const { page } of lost) yield* this.ground.memory.release(cpu, page);
  }
}

/** Ranges in ascending order, those that meet as one. */
function joined(ranges: readonly { readonly first: number; readonly end: number }[]): { first: number; end: number }[] {
  const result: { first: number; end: number }[] = [];
  for (const { first, end } of [...ranges].sort((a, b) => a.first - b.first)) {
    const last = result.at(-1);
    if (last?.end === first) last.end = end;
    else result.push({ first, end });
  }
  return result;
}
