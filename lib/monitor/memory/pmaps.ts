/** The pmaps of the virtual machines that exist, and the memory that their tables lie in. */
import type { AddressMap } from '../../messages/address-map.js';
import type { MonitorArena, MonitorSpace } from '../monitor-space.js';
import { Pmap, PMAP_ENTRY_BYTES } from './pmap.js';

/** All pmaps. Changed only between yields. */
export class Pmaps {
  private readonly map: AddressMap;
  private readonly space: MonitorSpace;
  /** Those that exist. */
  readonly all = new Set<Pmap>();
  /** Pages of tables by pmap, and by node those left over from pmaps that are gone. */
  private readonly tables = new Map<Pmap, { readonly node: number; readonly pages: readonly number[] }>();
  private readonly spareTables: number[][];

  constructor(map: AddressMap, space: MonitorSpace) {
    this.map = map;
    this.space = space;
    this.spareTables = Array.from({ length: map.nodes }, () => []);
  }

  /**
   * Makes the pmap of a virtual machine of that number and name, near a node. Its tables are of the arena, which the caller
   * gives back; without one they are kept for later pmaps. Throws a DiscoError if there is no memory for it.
   */
  add(machine: number, name: string, pages: number, node: number, arena?: MonitorArena): Pmap {
    const { pageBytes } = this.map;
    const count = Math.ceil((pages * PMAP_ENTRY_BYTES) / pageBytes);
    const tables: number[] = [];
    if (arena !== undefined) {
      for (let i = 0; i < count; i++) tables.push(arena.allocate(node, pageBytes));
      const made = new Pmap(machine, name, pages, tables, pageBytes);
      this.all.add(made);
      return made;
    }
    // A table at a time: what there is when memory ends is not lost.
    while (this.spareTables[node].length < count) this.spareTables[node].push(this.space.allocate(node, pageBytes));
    for (let i = 0; i < count; i++) tables.push(this.spareTables[node].pop()!);
    const pmap = new Pmap(machine, name, pages, tables, pageBytes);
    this.all.add(pmap);
    this.tables.set(pmap, { node, pages: tables });
    return pmap;
  }

  /** Forgets a pmap; its memory is kept for the next one. Throws an Error if it still has machine pages. */
  remove(pmap: Pmap): void {
    for (const [physical] of pmap.mapped())
      throw new Error(`${pmap.name} still has a machine page at physical page ${physical}`);
    this.all.delete(pmap);
    const kept = this.tables.get(pmap);
    if (kept === undefined) return;
    this.spareTables[kept.node].push(...kept.pages);
    this.tables.delete(pmap);
  }
}
