/** Memory for the kernel's own records, in whole lines: from the layout at first, from an arena once the layout is fixed. */
import { GuestError } from '../../../system/guest-error.js';
import { LINE_BYTES, PAGE_BYTES, type KernelLayout } from '../address-layout.js';

/** Hands out kernel data, which lives for ever. */
export class KernelData {
  private readonly layout: KernelLayout;
  /** What is left of the arena. Touched only between yields. */
  private arena = 0;
  private arenaEnd = 0;

  constructor(layout: KernelLayout) {
    this.layout = layout;
  }

  /** Lays out an arena: from now on data come from there. */
  openArena(bytes: number): void {
    this.arena = this.layout.allocate(bytes, PAGE_BYTES);
    this.arenaEnd = this.arena + bytes;
  }

  /** Whole pages of the arena of which nothing was handed out. */
  get unusedPages(): number {
    return Math.floor((this.arenaEnd - this.arena) / PAGE_BYTES);
  }

  /** Kernel virtual address of fresh data. Throws a GuestError when the arena is used up. */
  allocate(bytes: number): number {
    const size = Math.ceil(bytes / LINE_BYTES) * LINE_BYTES;
    if (this.arenaEnd === 0) return this.layout.allocate(size);
    if (this.arena + size > this.arenaEnd)
      throw new GuestError('the memory for kernel data is used up; run fewer processes');
    this.arena += size;
    return this.arena - size;
  }
}
