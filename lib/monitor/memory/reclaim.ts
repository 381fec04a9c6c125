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
  readonly reclaimers: readonly Reclaimer[];
}

/** Looks for frames until so many are free. False if there are not so many; who is asked may be refused memory meanwhile. */
export function* reclaim(cpu: MonitorCpu, sources: Sources, wanted: number): Code<boolean> {
  const { frames, states, placement, reclaimers } = sources;
  while (frames.allFree < wanted) {
    const [page] = states.replicated;
    if (page === undefined) break;
    // One that is busy gets one more replica, or loses all: its frames are as good as ours.
    if (page.busy) yield* states.untilFree(cpu, page);
    else yield* placement.dropReplicas(cpu, page);
  }
  while (frames.allFree < wanted) {
    let given = 0;
    for (const reclaimer of reclaimers) {
      if (frames.allFree >= wanted) break;
      given += yield* reclaimer(cpu, Math.max(BATCH, wanted - frames.allFree));
    }
    // What was given back, somebody else may have taken: as long as there is something, it is tried again.
    if (given === 0) return frames.allFree >= wanted;
  }
  return true;
}
