/**
 * Page tables that the refill handler walks, and identifiers under which TLBs hold what they say. As in IRIX, threads that
 * share an address space may have tables of their own each.
 */
export class PageTables {
  /** Physical pages of the tables, by virtual page >> 10. Guarded by the lock of the space; refills look without it. */
  readonly pages = new Map<number, number>();
  /** Virtual pages whose entries say what the space's mapping says; all others are 0. Guarded by the lock of the space, held alone or shared. */
  readonly entered = new Set<number>();
  /** The identifier on each processor, 0 for none, and the generation that it is of. No lock: changed between yields only. */
  readonly identifiers: Int32Array;
  readonly generations: Int32Array;

  constructor(processors: number) {
    this.identifiers = new Int32Array(processors);
    this.generations = new Int32Array(processors);
  }
}
