/**
 * The memory of the machine, handed out to virtual machines page by page: pmaps say which machine page each physical page
 * is, the memmap who holds each frame. A page that several hold is read-only to all, and copied for whoever writes; a frame
 * is cleared before it gets to anybody who could read what was in it. Disco, section 4.2.
 *
 * A page that is being changed is busy: nobody loads a translation of it or begins another change. Whoever waits for that
 * holds no other busy page, so nobody waits for ever.
 */
import { clearFrame, copyFrame, load, store, wait } from '../../processor/operations.js';
import type { PlacementPolicy } from '../../placement/policy.js';
import { CLEAR_LINE, COPY_LINE } from '../costs.js';
import { DiscoError } from '../errors.js';
import type { MonitorCode } from '../monitor-code.js';
import type { MonitorCpu } from '../monitor-cpu.js';
import type { MonitorArena, MonitorSpace } from '../monitor-space.js';
import type { Steps } from '../steps.js';
import type { FrameLists } from './frame-lists.js';
import { MachinePage } from './machine-page.js';
import { PlacementHost } from './placement-host.js';
import { Pmap, PMAP_ENTRY_BYTES } from './pmap.js';
import { Shootdown } from './shootdown.js';

/** What memory is made with. */
export interface MemoryOptions {
  readonly cpus: readonly MonitorCpu[];
  readonly frames: FrameLists;
  readonly space: MonitorSpace;
  readonly code: MonitorCode;
  readonly policy: PlacementPolicy;
  /** The present in nanoseconds. */
  readonly nowNs: () => number;
  /** Unloaded read latency between nodes, for policies. */
  readonly latencyNs: (from: number, to: number) => number;
  /** Clears the hardware's miss counters of a frame that is put to a new use. */
  readonly clearCounters: (frame: number) => void;
  /** Decisions of the policy kept one by one; 0 for none. */
  readonly keepDecisions: number;
}

/** Gives back up to so many frames, and says how many. */
export type Reclaimer = (cpu: MonitorCpu, frames: number) => Steps<number>;

/** Bytes of the memmap's entry of a frame: users, backmaps, replicas. */
const MEMMAP_ENTRY_BYTES = 32;
/** Frames asked of reclaimers at a time. */
const RECLAIMED = 16;

/** Machine memory. */
export class MachineMemory {
  readonly shootdown: Shootdown;
  readonly placement: PlacementHost;
  /** Asked in order when frames run out. */
  readonly reclaimers: Reclaimer[] = [];
  /** Pages made, shared and copied; frames cleared; requests that could not be met. */
  readonly statistics = { made: 0, cleared: 0, shared: 0, copied: 0, reclaimed: 0, refused: 0 };
  /** The page that a frame holds a copy of, null for none. */
  readonly memmap: (MachinePage | null)[];
  readonly pmaps = new Map<number, Pmap>();
  private readonly options: MemoryOptions;
  /** Virtual addresses of the memmap's parts, by node. */
  private readonly maps: readonly number[];
  private pages = 0;

  /** Throws a DiscoError if there is no memory for the memmap. */
  constructor(options: MemoryOptions) {
    const { cpus, frames, space, code } = options;
    const { map } = frames;
    this.options = options;
    this.memmap = new Array<MachinePage | null>(map.frames).fill(null);
    this.maps = Array.from({ length: map.nodes }, (_, node) => {
      const count = map.firstFrame[node + 1] - map.firstFrame[node];
      return count === 0 ? 0 : space.allocate(node, count * MEMMAP_ENTRY_BYTES);
    });
    this.shootdown = new Shootdown(cpus, space, code);
    this.placement = new PlacementHost(this, options);
  }

  /** The physical memory of a new virtual machine, all of it without machine pages. Throws a DiscoError if there is no memory for its entries. */
  addPmap(machine: number, name: string, pages: number, node: number, arena: MonitorArena): Pmap {
    const { pageBytes } = this.options.frames.map;
    const tables = Array.from({ length: Math.ceil((pages * PMAP_ENTRY_BYTES) / pageBytes) }, () =>
      arena.allocate(node, pageBytes),
    );
    const pmap = new Pmap(machine, name, pages, tables, pageBytes);
    this.pmaps.set(machine, pmap);
    return pmap;
  }

  /** Forgets a pmap, whose pages must all have been discarded. Throws a DiscoError if one is left. */
  removePmap(pmap: Pmap): void {
    for (const [physical] of pmap.mapped())
      throw new DiscoError(`${pmap.name} still has physical page ${physical} when it is taken apart`);
    this.pmaps.delete(pmap.machine);
  }

  /** Virtual address of the memmap's entry of a frame. */
  memmapAddress(frame: number): number {
    const { map } = this.options.frames;
    const node = map.homeOfFrame(frame);
    return this.maps[node] + (frame - map.firstFrame[node]) * MEMMAP_ENTRY_BYTES;
  }

  /**
   * The machine page of a physical page; one of zeros, placed by the policy, if it had none. Null if there is no memory, even
   * after reclaiming. `store`: what led to it was a store.
   */
  *pageAt(cpu: MonitorCpu, pmap: Pmap, physical: number, store: boolean): Steps<MachinePage | null> {
    for (;;) {
      const present = pmap.get(physical);
      if (present !== null) {
        if (!present.busy) return present;
        yield* this.untilFree(cpu, present);
        continue;
      }
      const page = yield* this.take(cpu, this.placement.firstTouch(cpu, physical, store), physical, true);
      if (page === null) return null;
      if (pmap.get(physical) !== null) {
        // Another processor was faster.
        yield* this.free(page);
        continue;
      }
      yield* this.enter(page, pmap, physical);
      return page;
    }
  }

  /**
   * A fresh page without users or keepers: of zeros, or, if it will be overwritten whole before anybody reads it, of whatever
   * was in its frame. On the node or near it. Null if there is no memory. Keep it, share it, or free it.
   */
  *take(cpu: MonitorCpu, node: number, colour: number, zeroed: boolean): Steps<MachinePage | null> {
    const { frames, code, clearCounters } = this.options;
    yield code.step('page allocate');
    let frame = frames.takeNear(node, colour);
    if (frame < 0) {
      yield* this.reclaim(cpu);
      frame = frames.takeNear(node, colour);
    }
    if (frame < 0) {
      this.statistics.refused++;
      return null;
    }
    const page = new MachinePage(this.pages++, frame, frames.map.homeOfFrame(frame));
    this.memmap[frame] = page;
    this.statistics.made++;
    yield* this.touchMemmap(frame);
    if (zeroed) {
      this.statistics.cleared++;
      yield clearFrame(frame, CLEAR_LINE);
    }
    // Clearing is no use of the page: its misses and stores must not look like sharing.
    clearCounters(frame);
    return page;
  }

  /** Makes a page that of a physical page too; what that was before is let go. All who hold it can only read it from then on. */
  *share(cpu: MonitorCpu, page: MachinePage, pmap: Pmap, physical: number): Steps {
    const { code } = this.options;
    if (pmap.get(physical) === page) return;
    // Held meanwhile, so that it does not go when what is discarded was its last user.
    this.keep(page);
    yield* this.discard(cpu, pmap, physical);
    yield* this.untilFree(cpu, page);
    page.busy = true;
    yield code.step('page share');
    yield* this.shootdown.drop(cpu, page, { writable: true });
    // While others were asked, another processor may have touched the physical page.
    this.unbusy(page);
    if (pmap.get(physical) !== null) {
      yield* this.release(cpu, page);
      return yield* this.share(cpu, page, pmap, physical);
    }
    this.statistics.shared++;
    page.keepers--;
    yield* this.enter(page, pmap, physical);
    yield* this.touchMemmap(page.frame);
  }

  /**
   * The machine page of a physical page such that this alone holds it, so that it may be written: copied if others hold it,
   * its replicas dropped. With `whole` it is about to be overwritten whole, and its content is not kept. Null if there is no
   * memory: then nothing has changed.
   */
  *ownPage(cpu: MonitorCpu, pmap: Pmap, physical: number, whole: boolean): Steps<MachinePage | null> {
    for (;;) {
      const page = yield* this.pageAt(cpu, pmap, physical, true);
      if (page === null || page.single) return page;
      page.busy = true;
      if (page.users.length + page.keepers === 1) {
        yield* this.placement.collapse(cpu, page);
        yield* this.done(page);
        continue;
      }
      const own = yield* this.copyFor(cpu, page, pmap, physical, whole);
      yield* this.done(page);
      return own;
    }
  }

  /** Lets a physical page go: it has no content from then on, and is of zeros when it is next used. */
  *discard(cpu: MonitorCpu, pmap: Pmap, physical: number): Steps {
    for (;;) {
      const page = pmap.get(physical);
      if (page === null) return;
      if (page.busy) {
        yield* this.untilFree(cpu, page);
        continue;
      }
      page.busy = true;
      yield* this.shootdown.drop(cpu, page);
      this.leave(page, pmap, physical);
      yield store(pmap.address(physical), 0);
      return yield* this.done(page);
    }
  }

  /** Somebody besides physical pages counts on the content. Translations that may write must have been dropped, or be dropped before they are used: see `freeze`. */
  keep(page: MachinePage): void {
    page.keepers++;
  }

  /** Keeps a page that somebody may be writing: who holds it can only read it from then on. */
  *freeze(cpu: MonitorCpu, page: MachinePage): Steps {
    this.keep(page);
    yield* this.untilFree(cpu, page);
    page.busy = true;
    yield* this.shootdown.drop(cpu, page, { writable: true });
    this.unbusy(page);
  }

  /** The opposite of `keep`; a page that nobody holds is freed. */
  *release(_cpu: MonitorCpu, page: MachinePage): Steps {
    if (page.keepers === 0) throw new Error(`machine page ${page.id} is released, but nobody keeps it`);
    page.keepers--;
    yield* this.freeUnused(page);
  }

  /** A device transfers from or to the page's frame: it stays there until `unpin`. */
  pin(page: MachinePage): void {
    page.pins++;
  }

  /** The transfer is over. */
  *unpin(_cpu: MonitorCpu, page: MachinePage): Steps {
    page.pins--;
    yield* this.freeUnused(page);
  }

  /** Waits until a page is not busy. It may be free or gone then. */
  *untilFree(cpu: MonitorCpu, page: MachinePage): Steps {
    while (page.busy) {
      if (!page.waiters.includes(cpu.number)) page.waiters.push(cpu.number);
      yield wait();
    }
  }

  /** A change of a page is over. */
  unbusy(page: MachinePage): void {
    page.busy = false;
    for (const waiter of page.waiters.splice(0)) this.options.cpus[waiter].processor.wake();
  }

  /** A change of a page is over, during which whoever held it may have let it go. */
  *done(page: MachinePage): Steps {
    this.unbusy(page);
    yield* this.freeUnused(page);
  }

  /** Gives a frame of a page back, which is no copy of it any more. */
  giveFrame(frame: number): void {
    this.memmap[frame] = null;
    this.options.frames.give(frame);
  }

  /** Reads and writes the memmap's entry of a frame. */
  *touchMemmap(frame: number): Steps {
    const address = this.memmapAddress(frame);
    yield store(address, (yield load(address)) + 1);
  }

  private *copyFor(
    cpu: MonitorCpu,
    page: MachinePage,
    pmap: Pmap,
    physical: number,
    whole: boolean,
  ): Steps<MachinePage | null> {
    yield this.options.code.step('copy-on-write');
    const own = yield* this.take(cpu, cpu.node, physical, false);
    if (own === null) return null;
    if (!whole) yield copyFrame(page.frameFor(cpu.node), own.frame, COPY_LINE);
    this.options.clearCounters(own.frame);
    // Translations of this machine are to find the copy; those of others stay as they are, but backmaps do not tell.
    yield* this.shootdown.drop(cpu, page);
    this.leave(page, pmap, physical);
    this.statistics.copied++;
    yield* this.enter(own, pmap, physical);
    return own;
  }

  private *enter(page: MachinePage, pmap: Pmap, physical: number): Steps {
    pmap.set(physical, page);
    page.users.push({ pmap, physical });
    yield store(pmap.address(physical), page.id);
  }

  private leave(page: MachinePage, pmap: Pmap, physical: number): void {
    const place = page.users.findIndex(user => user.pmap === pmap && user.physical === physical);
    page.users.splice(place, 1);
    pmap.set(physical, null);
  }

  private *freeUnused(page: MachinePage): Steps {
    if (page.users.length + page.keepers + page.pins === 0 && !page.busy && this.memmap[page.frame] === page)
      yield* this.free(page);
  }

  /** Gives back a page that nobody holds, with its replicas. */
  *free(page: MachinePage): Steps {
    for (const frame of page.replicas?.values() ?? []) this.giveFrame(frame);
    page.replicas = null;
    this.placement.forget(page);
    this.giveFrame(page.frame);
    yield this.options.code.step('page free');
  }

  /** Replicas first: they are only for speed. */
  private *reclaim(cpu: MonitorCpu): Steps {
    let got = yield* this.placement.dropReplicas(cpu, RECLAIMED);
    for (const reclaimer of this.reclaimers) if (got < RECLAIMED) got += yield* reclaimer(cpu, RECLAIMED - got);
    this.statistics.reclaimed += got;
  }
}
