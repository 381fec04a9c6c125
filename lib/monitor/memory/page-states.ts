/** Who may change a page, who waits for it, and its end when nobody counts on it any more. */
import { NO_FRAME, type MachineFrame } from '../../messages/addresses.js';
import { wait } from '../../processor/operations.js';
import type { MonitorCode } from '../monitor-code.js';
import type { MonitorCpu } from '../monitor-cpu.js';
import type { FramePool } from '../../system/frame-pool.js';
import type { MachinePage } from './machine-page.js';
import type { Memmap } from './memmap.js';
import type { Code } from '../../system/code.js';

/** What page states are made with. */
export interface PageStatesOptions {
  readonly cpus: readonly MonitorCpu[];
  readonly frames: FramePool;
  readonly memmap: Memmap;
  readonly code: MonitorCode;
}

/**
 * A page is changed by one handler at a time, which marks it busy. Whoever has a busy page never waits for memory or for
 * another busy page, so its change comes to an end.
 */
export class PageStates {
  /** Pages that have replicas. No lock: looked at and changed between yields only. */
  readonly replicated = new Set<MachinePage>();
  private readonly options: PageStatesOptions;

  constructor(options: PageStatesOptions) {
    this.options = options;
  }

  /** Waits until a page is not busy. It may be anywhere then, or nobody's. */
  *untilFree(cpu: MonitorCpu, page: MachinePage): Code {
    while (page.busy) {
      if (!page.waiters.includes(cpu.number)) page.waiters.push(cpu.number);
      yield wait();
    }
  }

  /** Marks a page that is not busy. */
  occupy(page: MachinePage): void {
    if (page.busy) throw new Error(`page ${page.id} is busy already`);
    page.busy = true;
  }

  /** Ends a change. */
  *finish(page: MachinePage): Code {
    page.busy = false;
    for (const waiter of page.waiters.splice(0)) this.options.cpus[waiter].processor.wake();
    yield* this.letGo(page);
  }

  /** Gives the frames of a page back if nobody counts on it and nothing is being done with it. */
  *letGo(page: MachinePage): Code {
    const { code, memmap } = this.options;
    if (page.users.length + page.keepers + page.pins > 0 || page.busy || page.frame < 0) return;
    if (page.mappings.size > 0)
      throw new Error(`page ${page.id} is given back, but ${page.mappings.size} TLB entries map it`);
    const { frame } = page;
    for (const replica of page.replicas?.values() ?? []) this.giveFrame(replica);
    page.replicas = null;
    this.replicated.delete(page);
    this.giveFrame(frame);
    page.frame = NO_FRAME;
    yield code.step('page free');
    yield* memmap.touch(frame);
  }

  /** Gives one frame of a page back. */
  giveFrame(frame: MachineFrame): void {
    this.options.memmap.set(frame, null);
    this.options.frames.give(frame);
  }
}
