/**
 * The memory of the machine as the virtual machines share it: which machine page each of their physical pages is, who may
 * write it, copy-on-write, and the end of pages. Disco, sections 4.2.2 and 4.2.4. More than
 * 250 lines: every way to get, share or lose a page keeps the same counts of users, keepers and pins.
 */
import type { MachineFrame, PhysicalPage } from '../../messages/addresses.js';
import { clearFrame, copyFrame } from '../../processor/operations.js';
import type { WriteCounts } from '../../placement/write-counts.js';
import { CLEAR_LINE, COPY_LINE } from '../costs.js';
import type { MonitorCode } from '../monitor-code.js';
import type { MonitorCpu } from '../monitor-cpu.js';
import type { MonitorSpace } from '../monitor-space.js';
import type { FramePool } from '../../system/frame-pool.js';
import type { PolicySettings } from '../../system/policy-host.js';
import { processorOf } from './hardware-tlb.js';
import type { MachinePage } from './machine-page.js';
import { Memmap } from './memmap.js';
import { PageStates } from './page-states.js';
import { Placement } from './placement.js';
import type { Pmap } from './pmap.js';
import { Pmaps } from './pmaps.js';
import { Reclaim } from './reclaim.js';
import { Shootdown } from './shootdown.js';
import type { Code } from '../../system/code.js';

/** What machine memory is made with. */
export interface MemoryOptions extends PolicySettings {
  /** All processors, by number. */
  readonly cpus: readonly MonitorCpu[];
  readonly space: MonitorSpace;
  readonly code: MonitorCode;
}

/** What was done with pages. */
export interface MemoryWork {
  /** Pages made of zeros. */
  zeroed: number;
  /** Physical pages that became a page which others hold. */
  shared: number;
  /** Pages copied because one of several holders stored. */
  copied: number;
  /** Requests refused because there was no memory. */
  refused: number;
}

/**
 * Pages of machine memory. Content never passes from one virtual machine to another but by `share`: frames are zeroed or
 * copied over before anybody sees them. Between two operations any page that is not pinned may be moved, so whoever works on
 * a frame itself (a device, a window) pins the page meanwhile and uses its master copy, `page.frame`.
 */
export class MachineMemory {
  readonly frames: FramePool;
  /** @internal */
  readonly memmap: Memmap;
  /** @internal */
  readonly shootdown: Shootdown;
  readonly placement: Placement;
  /** @internal */
  readonly states: PageStates;
  readonly work: MemoryWork = nothingDone();
  /** Those of virtual machines that exist. @internal */
  readonly pmaps: Pmaps;
  /** @internal */
  readonly reclaim: Reclaim;
  private readonly options: MemoryOptions;
  private readonly writes: WriteCounts<MachineFrame>;

  /** Throws a DiscoError if there is no memory for the memmap, and a RangeError for a policy that wants what there is not. */
  constructor(options: MemoryOptions) {
    const { cpus, frames, space, code } = options;
    this.options = options;
    this.frames = frames;
    this.memmap = new Memmap(frames.map, space);
    this.shootdown = new Shootdown(cpus, space, code);
    this.states = new PageStates({ cpus, frames, memmap: this.memmap, code });
    this.placement = new Placement({
      settings: options,
      cpus,
      memmap: this.memmap,
      states: this.states,
      shootdown: this.shootdown,
      space,
      code,
    });
    this.writes = this.placement.host.writes;
    this.pmaps = new Pmaps(frames.map, space);
    this.reclaim = new Reclaim({ frames, states: this.states, placement: this.placement });
  }

  /** Sees to it that so many frames are free, as far as anybody can do without. False if there are not so many. */
  makeRoom(cpu: MonitorCpu, frames: number): Code<boolean> {
    return this.findMemory(cpu, frames);
  }

  /** Sets everything that is counted to 0, but the policy's decisions. */
  resetStatistics(): void {
    Object.assign(this.work, nothingDone());
    this.shootdown.resetStatistics();
    this.placement.host.resetStatistics();
  }

  /** Virtual address of the memmap entry of a frame. */
  memmapAddress(frame: MachineFrame): number {
    return this.memmap.address(frame);
  }

  /**
   * The machine page of a physical page, not busy; makes one of zeros, placed by the policy, if it has none. Null: there is
   * no memory, even after reclaiming.
   */
  *pageAt(cpu: MonitorCpu, pmap: Pmap, physical: PhysicalPage, store: boolean): Code<MachinePage | null> {
    for (;;) {
      const found = yield* this.settled(cpu, pmap, physical);
      if (found !== null) return found;
      const frame = this.placement.firstTouch(cpu, physical, store);
      if (frame >= 0) {
        yield* this.makeZeros(pmap, physical, frame, store);
        yield* this.placement.relieve(cpu);
      } else if (!(yield* this.findMemory(cpu))) return null;
    }
  }

  /**
   * A page without users and keepers, for input of devices and the like: of zeros, or of undefined content unless `zeroed`,
   * which nobody must see. Near a node, of a colour. Null: there is no memory.
   */
  *take(cpu: MonitorCpu, node: number, colour: number, zeroed: boolean): Code<MachinePage | null> {
    for (;;) {
      const frame = this.frames.takeNear(node, colour);
      if (frame >= 0) {
        const page = this.memmap.make(frame);
        page.busy = zeroed;
        yield this.options.code.step('page allocate');
        yield* this.memmap.touch(frame);
        if (zeroed) yield* this.clear(frame);
        else this.writes.clear(frame);
        page.busy = false;
        return page;
      }
      if (!(yield* this.findMemory(cpu))) return null;
    }
  }

  /**
   * Makes a page that of one more physical page; what that was before is let go. The page is read-only to all of its holders
   * if there are several: write access is withdrawn first. False, and nothing is changed, if a device is writing to it.
   */
  *share(cpu: MonitorCpu, page: MachinePage, pmap: Pmap, physical: PhysicalPage): Code<boolean> {
    if (page.inputs > 0) return false;
    yield* this.hold(cpu, page);
    yield this.options.code.step('page share');
    const old = yield* this.settled(cpu, pmap, physical);
    if (old !== page) {
      if (old !== null) yield* this.unlink(cpu, old, pmap, physical);
      this.link(page, pmap, physical);
      this.work.shared++;
    }
    page.keepers--;
    yield* pmap.touch(physical);
    if (old !== null && old !== page) yield* this.states.finish(old);
    return true;
  }

  /**
   * Gives the physical page `to` the content of another one, by sharing its page; by a copy if a device is writing to that.
   * False: there is no memory; then nothing has changed.
   */
  *duplicate(cpu: MonitorCpu, pmap: Pmap, from: PhysicalPage, to: PhysicalPage): Code<boolean> {
    const page = yield* this.pageAt(cpu, pmap, from, false);
    if (page === null || (yield* this.share(cpu, page, pmap, to))) return page !== null;
    this.pin(page);
    const own = yield* this.ownPage(cpu, pmap, to, true);
    if (own !== null) {
      this.pin(own, true);
      yield copyFrame(page.frame, own.frame, COPY_LINE);
      this.writes.fill(own.frame);
      yield* this.unpin(cpu, own, true);
    }
    yield* this.unpin(cpu, page);
    return own !== null;
  }

  /**
   * The machine page of a physical page, not busy, such that this user alone holds it: copy-on-write is broken and replicas
   * are collapsed. With `whole` it is about to be overwritten whole: then its content is undefined, but nobody else's. Null:
   * there is no memory; then nothing has changed.
   */
  *ownPage(cpu: MonitorCpu, pmap: Pmap, physical: PhysicalPage, whole: boolean): Code<MachinePage | null> {
    for (;;) {
      const page = yield* this.pageAt(cpu, pmap, physical, true);
      if (page === null || page.single) return page;
      if (page.users.length + page.keepers === 1) yield* this.placement.replicaWrite(cpu, page);
      else {
        const frame = this.placement.firstTouch(cpu, physical, true);
        if (frame >= 0) yield* this.copyOnWrite(cpu, page, pmap, physical, frame, whole);
        else if (!(yield* this.findMemory(cpu))) return null;
      }
    }
  }

  /** Lets a physical page go: its content is zeros from then on. */
  *discard(cpu: MonitorCpu, pmap: Pmap, physical: PhysicalPage): Code {
    yield this.options.code.step('page share');
    const page = yield* this.settled(cpu, pmap, physical);
    if (page === null) return;
    yield* this.unlink(cpu, page, pmap, physical);
    yield* pmap.touch(physical);
    yield* this.states.finish(page);
  }

  /** Lets all physical pages of a virtual machine go that it has when this begins. */
  *discardAll(cpu: MonitorCpu, pmap: Pmap): Code {
    for (const [physical] of [...pmap.mapped()]) yield* this.discard(cpu, pmap, physical);
  }

  /** Counts on the content of a page from now on. Throws an Error if it may be written: then `hold` it. */
  keep(page: MachinePage): void {
    if (this.writable(page)) throw new Error(`page ${page.id} may be written by its user; hold it`);
    this.checkExists(page);
    page.keepers++;
  }

  /** Counts on the content that a page has in the end: write access is withdrawn from its user. */
  *hold(cpu: MonitorCpu, page: MachinePage): Code {
    this.checkExists(page);
    // Whoever loads a translation from here on loads one that is read-only, if the page has a user.
    page.keepers++;
    yield* this.shootdown.drop(cpu, page, { writable: true });
  }

  /** Ends a `keep` or `hold`. */
  *release(cpu: MonitorCpu, page: MachinePage): Code {
    if (page.keepers === 0) throw new Error(`processor ${cpu.number} releases page ${page.id}, which nobody keeps`);
    page.keepers--;
    yield* this.states.letGo(page);
  }

  /**
   * The frame of a page is being used by a device, or otherwise past its mappings: it is not moved nor given back until
   * `unpin`. With `input` it is being written: it is not shared meanwhile. Throws an Error if the page is busy.
   */
  pin(page: MachinePage, input = false): void {
    this.checkExists(page);
    if (page.busy) throw new Error(`page ${page.id} is busy; wait until it is free before pinning it`);
    page.pins++;
    if (input) page.inputs++;
  }

  /** Ends a `pin` with the same `input`. The page is given back if it has neither users nor keepers. */
  *unpin(cpu: MonitorCpu, page: MachinePage, input = false): Code {
    if (page.pins === 0 || (input && page.inputs === 0))
      throw new Error(`processor ${cpu.number} unpins page ${page.id}, which is not pinned`);
    page.pins--;
    if (input) page.inputs--;
    yield* this.states.letGo(page);
  }

  /** Waits until a page is not busy. Look up again what it is then: it may be nobody's. */
  untilFree(cpu: MonitorCpu, page: MachinePage): Code {
    return this.states.untilFree(cpu, page);
  }

  /** The machine page of a physical page, not busy, or null if it has none. */
  private *settled(cpu: MonitorCpu, pmap: Pmap, physical: PhysicalPage): Code<MachinePage | null> {
    for (;;) {
      const page = pmap.get(physical);
      if (page?.busy !== true) return page;
      yield* this.states.untilFree(cpu, page);
    }
  }

  private *makeZeros(pmap: Pmap, physical: PhysicalPage, frame: MachineFrame, store: boolean): Code {
    const page = this.memmap.make(frame);
    page.busy = true;
    this.link(page, pmap, physical);
    this.work.zeroed++;
    yield this.options.code.step('page allocate');
    yield* this.memmap.touch(frame);
    yield* pmap.touch(physical);
    yield* this.clear(frame);
    if (store) this.writes.serveStore(frame, this.options.nowNs());
    yield* this.states.finish(page);
  }

  /** Gives a physical page a copy of its page, which others hold too. */
  private *copyOnWrite(
    cpu: MonitorCpu,
    page: MachinePage,
    pmap: Pmap,
    physical: PhysicalPage,
    frame: MachineFrame,
    whole: boolean,
  ): Code {
    const own = this.memmap.make(frame);
    own.busy = true;
    // While it is copied it is neither written by a holder that is left alone with it, nor moved, nor given back.
    page.keepers++;
    page.pins++;
    this.separate(page, pmap, physical);
    this.link(own, pmap, physical);
    this.work.copied++;
    yield this.options.code.step('copy-on-write');
    yield* this.shootdown.drop(cpu, page, { owner: pmap });
    yield* this.memmap.touch(frame);
    yield* pmap.touch(physical);
    if (whole) yield* this.clear(frame);
    else {
      yield copyFrame(page.frame, frame, COPY_LINE);
      this.writes.fill(frame);
    }
    this.writes.serveStore(frame, this.options.nowNs());
    page.keepers--;
    page.pins--;
    yield* this.states.letGo(page);
    yield* this.states.finish(own);
  }

  private *clear(frame: MachineFrame): Code {
    yield clearFrame(frame, CLEAR_LINE);
    this.writes.fill(frame);
  }

  /** Takes a page from a physical page and leaves it busy: the caller finishes it. The page is not busy before. */
  private *unlink(cpu: MonitorCpu, page: MachinePage, pmap: Pmap, physical: PhysicalPage): Code {
    this.states.occupy(page);
    yield* this.shootdown.drop(cpu, page, { owner: pmap });
    this.separate(page, pmap, physical);
  }

  private link(page: MachinePage, pmap: Pmap, physical: PhysicalPage): void {
    pmap.set(physical, page);
    page.users.push({ pmap, physical });
  }

  private separate(page: MachinePage, pmap: Pmap, physical: PhysicalPage): void {
    pmap.set(physical, null);
    const index = page.users.findIndex(user => user.pmap === pmap && user.physical === physical);
    page.users.splice(index, 1);
  }

  /** Looks for memory; false if there is none to be had, which is a refusal. */
  private *findMemory(cpu: MonitorCpu, frames = 1): Code<boolean> {
    if (yield* this.reclaim.find(cpu, frames)) return true;
    this.work.refused++;
    return false;
  }

  private writable(page: MachinePage): boolean {
    const { cpus } = this.options;
    const { entries } = cpus[0].hardware;
    return [...page.mappings].some(mapping => cpus[processorOf(mapping, entries)].hardware.mayWrite(mapping));
  }

  private checkExists(page: MachinePage): void {
    if (page.frame < 0) throw new Error(`page ${page.id} does not exist any more`);
  }
}

const nothingDone = (): MemoryWork => ({ zeroed: 0, shared: 0, copied: 0, refused: 0 });
