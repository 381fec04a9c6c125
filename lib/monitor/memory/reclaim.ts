/** What is tried when frames run out: replicas go first, as they are only copies; then whoever has something to give back. */
import type { MonitorCpu } from '../monitor-cpu.js';
import type { FramePool } from '../../system/frame-pool.js';
import type { PageStates } from './page-states.js';
import type { Placement } from './placement.js';
import type { Code } from '../../system/code.js';

/** Gives back up to `frames` frames that it can do without, and says how many it did. */
export type Reclaimer = (cpu: MonitorCpu, frames: number) => Code<number>;

/** Frames asked for at once, so that not every new page has to ask. */
const BATCH = 16;

/** Where frames may come from. */
export interface Sources {
  readonly frames: FramePool;
  readonly states: PageStates;
  readonly placement: Placement;
}

/** Looks for frames. */
export class Reclaim {
  /** Called in order when frames run out. Added to while the monitor is made. */
  readonly reclaimers: Reclaimer[] = [];
  private readonly sources: Sources;
  /** Processors that are looking for memory: what they do for that is refused more of it. Each enters and removes itself. */
  private readonly looking = new Set<MonitorCpu>();

  constructor(sources: Sources) {
    this.sources = sources;
  }

  /** Looks for frames until `wanted` are free. False if it finds fewer, and for a processor that is looking already. */
  *find(cpu: MonitorCpu, wanted: number): Code<boolean> {
    if (this.looking.has(cpu)) return false;
    this.looking.add(cpu);
    yield* this.dropReplicas(cpu, wanted);
    const found = yield* this.ask(cpu, wanted);
    this.looking.delete(cpu);
    return found;
  }

  private *dropReplicas(cpu: MonitorCpu, wanted: number): Code {
    const { frames, states, placement } = this.sources;
    while (frames.allFree < wanted) {
      const [page] = states.replicated;
      if (page === undefined) break;
      // One that is busy gets one more replica, or loses all: its frames are as good as ours.
      if (page.busy) yield* states.untilFree(cpu, page);
      else yield* placement.dropReplicas(cpu, page);
    }
  }

  private *ask(cpu: MonitorCpu, wanted: number): Code<boolean> {
    const { frames } = this.sources;
    while (frames.allFree < wanted) {
      let given = 0;
      for (const reclaimer of this.reclaimers) {
        if (frames.allFree >= wanted) break;
        given += yield* reclaimer(cpu, Math.max(BATCH, wanted - frames.allFree));
      }
      // Another processor may have taken what was given back: it is tried again as long as something is found.
      if (given === 0) return frames.allFree >= wanted;
    }
    return true;
  }
}
