/**
 * Moving pages: translations are taken out, the content is copied through the caches, and the page is somewhere else.
 * Disco, section 4.2.3. The page is marked busy by the caller, and frames come from the caller.
 */
import { NO_FRAME, type MachineFrame } from '../../messages/addresses.js';
import type { WriteCounts } from '../../placement/write-counts.js';
import { copyFrame } from '../../processor/operations.js';
import { COPY_LINE } from '../costs.js';
import type { MonitorCpu } from '../monitor-cpu.js';
import type { MachinePage } from './machine-page.js';
import type { Memmap } from './memmap.js';
import type { PageStates } from './page-states.js';
import type { Shootdown } from './shootdown.js';
import type { Code } from '../../system/code.js';

/** Carries out decisions about pages. */
export class PageMover {
  private readonly memmap: Memmap;
  private readonly states: PageStates;
  private readonly shootdown: Shootdown;
  /** Cleared after a change: the misses that led here, and those of copying, are no evidence. */
  private readonly writes: WriteCounts<MachineFrame>;

  constructor(memmap: Memmap, states: PageStates, shootdown: Shootdown, writes: WriteCounts<MachineFrame>) {
    this.memmap = memmap;
    this.states = states;
    this.shootdown = shootdown;
    this.writes = writes;
  }

  /** Moves the master copy to another frame: invalidate, copy, remap. The page has no replicas and is not pinned. */
  *migrate(cpu: MonitorCpu, page: MachinePage, frame: MachineFrame): Code {
    yield* this.shootdown.drop(cpu, page);
    const old = page.frame;
    yield copyFrame(old, frame, COPY_LINE);
    this.memmap.set(frame, page);
    page.frame = frame;
    page.home = this.memmap.map.homeOfFrame(frame);
    this.states.giveFrame(old);
    yield* this.touch(page, [old, frame], frame);
  }

  /** Copies the page to a frame of a node that has no copy yet, which that node uses from then on: downgrade, copy, remap. */
  *replicate(cpu: MonitorCpu, page: MachinePage, frame: MachineFrame): Code {
    const node = this.memmap.map.homeOfFrame(frame);
    const first = page.replicas === null;
    // From here on whoever loads a translation loads one that is read-only.
    page.replicas ??= new Map();
    if (first) yield* this.shootdown.drop(cpu, page, { writable: true });
    yield* this.shootdown.drop(cpu, page, { nodes: [node] });
    yield copyFrame(page.frame, frame, COPY_LINE);
    this.memmap.set(frame, page);
    page.replicas.set(node, frame);
    this.states.replicated.add(page);
    yield* this.touch(page, [page.frame, frame], frame);
  }

  /** Lets two pages of different nodes change places, by way of a spare frame. Neither has replicas or is pinned. */
  *exchange(cpu: MonitorCpu, page: MachinePage, other: MachinePage, spare: MachineFrame): Code {
    yield* this.shootdown.drop(cpu, page);
    yield* this.shootdown.drop(cpu, other);
    const { frame, home } = page;
    yield copyFrame(frame, spare, COPY_LINE);
    yield copyFrame(other.frame, frame, COPY_LINE);
    yield copyFrame(spare, other.frame, COPY_LINE);
    Object.assign(page, { frame: other.frame, home: other.home });
    Object.assign(other, { frame, home });
    this.memmap.set(page.frame, page);
    this.memmap.set(frame, other);
    yield* this.touch(page, [page.frame], page.frame);
    yield* this.touch(other, [frame], frame);
  }

  /** Drops all replicas; the master copy remains. Whoever maps it may go on. */
  *collapse(cpu: MonitorCpu, page: MachinePage): Code {
    const replicas = page.replicas ?? new Map<number, MachineFrame>();
    yield* this.shootdown.drop(cpu, page, { nodes: [...replicas.keys()] });
    page.replicas = null;
    this.states.replicated.delete(page);
    for (const frame of replicas.values()) this.states.giveFrame(frame);
    yield* this.touch(page, [page.frame, ...replicas.values()]);
  }

  /** What is known of the frames has changed, and of the page to everybody who has it in a pmap. */
  private *touch(page: MachinePage, frames: readonly MachineFrame[], copied = NO_FRAME): Code {
    for (const frame of frames) {
      if (frame === copied) this.writes.fill(frame);
      else this.writes.clear(frame);
      yield* this.memmap.touch(frame);
    }
    for (const { pmap, physical } of [...page.users]) yield* pmap.touch(physical);
  }
}
