/** The least memory of machine pages that devices of virtual machines can be tried on: shares, copies on write, and forgets nothing. */
import type { FrameLists } from '../../../lib/monitor/memory/frame-lists.js';
import { MachinePage } from '../../../lib/monitor/memory/machine-page.js';
import { Pmap } from '../../../lib/monitor/memory/pmap.js';
import type { MonitorCpu } from '../../../lib/monitor/monitor-cpu.js';
import type { MonitorSpace } from '../../../lib/monitor/monitor-space.js';
import type { Steps } from '../../../lib/monitor/steps.js';
import type { SubnetMemory } from '../../../lib/monitor/subnet/frame.js';
import { clearFrame, compute, copyFrame, wait } from '../../../lib/processor/operations.js';

export class PlainMemory implements SubnetMemory {
  /** Pages that may still be taken. */
  left = Infinity;
  readonly pages = new Set<MachinePage>();
  private readonly frames: FrameLists;
  private readonly space: MonitorSpace;
  private readonly cpus: readonly MonitorCpu[];
  private next = 0;

  constructor(frames: FrameLists, space: MonitorSpace, cpus: readonly MonitorCpu[]) {
    this.frames = frames;
    this.space = space;
    this.cpus = cpus;
  }

  pmap(machine: number, pages: number): Pmap {
    const tables = Array.from({ length: Math.ceil(pages / 256) }, () => this.space.allocate(0, 4096));
    return new Pmap(machine, `machine ${machine}`, pages, tables, 4096);
  }

  *pageAt(cpu: MonitorCpu, pmap: Pmap, physical: number): Steps<MachinePage | null> {
    for (;;) {
      const page = pmap.get(physical);
      if (page === null) break;
      if (!page.busy) return page;
      yield* this.untilFree(cpu, page);
    }
    const page = this.fresh(pmap, physical);
    if (page === null) return null;
    this.hold(page, pmap, physical);
    page.busy = true;
    yield clearFrame(page.frame, 20);
    this.done(page);
    return page;
  }

  *take(_cpu: MonitorCpu, node: number, colour: number, zeroed: boolean): Steps<MachinePage | null> {
    const page = this.make(node, colour);
    if (page !== null && zeroed) yield clearFrame(page.frame, 20);
    return page;
  }

  *share(cpu: MonitorCpu, page: MachinePage, pmap: Pmap, physical: number): Steps {
    yield* this.untilFree(cpu, page);
    const old = pmap.get(physical);
    if (old === page) return;
    this.hold(page, pmap, physical);
    if (old !== null) this.letGo(old, pmap, physical);
    yield compute(90);
  }

  *ownPage(cpu: MonitorCpu, pmap: Pmap, physical: number, whole: boolean): Steps<MachinePage | null> {
    for (;;) {
      const old = whole ? pmap.get(physical) : yield* this.pageAt(cpu, pmap, physical);
      if (!whole && old === null) return null;
      if (old !== null) yield* this.untilFree(cpu, old);
      if (old !== pmap.get(physical)) continue;
      if (old?.single === true) return old;
      const page = this.fresh(pmap, physical);
      if (page === null) return null;
      this.hold(page, pmap, physical);
      if (old === null) return page;
      page.busy = true;
      this.pin(old);
      this.letGo(old, pmap, physical);
      yield whole ? compute(260) : copyFrame(old.frame, page.frame, 40);
      yield* this.unpin(cpu, old);
      this.done(page);
      return page;
    }
  }

  *discard(pmap: Pmap, physical: number): Steps {
    yield compute(10);
    const page = pmap.get(physical);
    if (page === null) return;
    pmap.set(physical, null);
    this.letGo(page, pmap, physical);
  }

  keep(page: MachinePage): void {
    page.keepers++;
  }

  *release(_cpu: MonitorCpu, page: MachinePage): Steps {
    yield compute(10);
    page.keepers--;
    this.freeIfUnused(page);
  }

  pin(page: MachinePage): void {
    if (!this.pages.has(page)) throw new Error('a page that is free is pinned');
    page.pins++;
  }

  *unpin(_cpu: MonitorCpu, page: MachinePage): Steps {
    yield compute(10);
    if (page.pins === 0) throw new Error('a page is unpinned too often');
    page.pins--;
    this.freeIfUnused(page);
  }

  *untilFree(cpu: MonitorCpu, page: MachinePage): Steps {
    while (page.busy) {
      page.waiters.push(cpu.number);
      yield wait();
    }
  }

  private done(page: MachinePage): void {
    page.busy = false;
    for (const waiter of page.waiters.splice(0)) this.cpus[waiter]!.processor.wake();
  }

  private fresh(pmap: Pmap, physical: number): MachinePage | null {
    return this.make(pmap.machine % this.cpus.length, physical);
  }

  private make(node: number, colour: number): MachinePage | null {
    const frame = this.left > 0 ? this.frames.takeNear(node, colour) : -1;
    if (frame < 0) return null;
    this.left--;
    const page = new MachinePage(this.next++, frame, node);
    this.pages.add(page);
    return page;
  }

  private hold(page: MachinePage, pmap: Pmap, physical: number): void {
    if (!this.pages.has(page)) throw new Error('a page that is free gets a user');
    page.users.push({ pmap, physical });
    pmap.set(physical, page);
  }

  private letGo(page: MachinePage, pmap: Pmap, physical: number): void {
    const at = page.users.findIndex(user => user.pmap === pmap && user.physical === physical);
    page.users.splice(at, 1);
    this.freeIfUnused(page);
  }

  private freeIfUnused(page: MachinePage): void {
    if (page.users.length + page.keepers + page.pins > 0) return;
    this.pages.delete(page);
    this.frames.give(page.frame);
    this.left++;
  }
}
