/** Memory of virtual machines that the monitor has ended for want of it: the others shall not run out of it, too. */
import type { MachineMemory } from './memory/machine-memory.js';
import type { MonitorCpu } from './monitor-cpu.js';
import type { Scheduler } from './processors/scheduler.js';
import type { VirtualMachine } from './virtual-machine.js';
import type { Code } from '../system/code.js';

/** What it is taken back with. */
export interface TakeBack {
  readonly memory: MachineMemory;
  readonly scheduler: Scheduler;
  readonly machines: readonly (VirtualMachine | null)[];
}

/**
 * Takes up to `frames` frames back, and says how many. Nobody reads what is lost: a machine that was ended does not execute any
 * more, from when its last processor has been left. One that was stopped because somebody asked keeps what it has.
 */
export function* takeBack(cpu: MonitorCpu, { memory, scheduler, machines }: TakeBack, frames: number): Code<number> {
  const { allFree } = memory.frames;
  for (const machine of machines) {
    if (machine === null || machine.failure === null) continue;
    if (machine.processors.some(virtual => scheduler.placeOf(virtual) >= 0)) continue;
    for (const [physical, page] of [...machine.pmap.mapped()]) {
      if (memory.frames.allFree - allFree >= frames) break;
      // Whoever is at work on a page may be the one who asks, and would wait for itself.
      if (!page.busy && page.pins === 0) yield* memory.discard(cpu, machine.pmap, physical);
    }
  }
  return Math.max(0, memory.frames.allFree - allFree);
}
