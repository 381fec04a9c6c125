/** What the parts of the monitor share. */
import type { Ticks } from '../engine/time.js';
import type { MachineMemory } from './memory/machine-memory.js';
import type { MonitorCode } from './monitor-code.js';
import type { MonitorCpu } from './monitor-cpu.js';
import type { MonitorStatistics } from './statistics.js';
import type { VirtualMachine } from './virtual-machine.js';
import type { Code } from '../system/code.js';

/** Interrupts between processors: see also SHOOTDOWN. */
export const MonitorInterrupt = {
  /** Look at your virtual processors. */
  Post: 2,
  /** Somebody outside asks for something. */
  Manage: 3,
  /** An interval of the placement policy is over. */
  Interval: 4,
  /** The next pass of the scanner that takes mappings away is due. */
  Scan: 5,
  /** The buffer of sampled misses of the processor is full. */
  Samples: 6,
} as const;

/** Codes of the machine's devices begin here. */
export const FIRST_DEVICE_INTERRUPT = 16;

/** The parts. */
export interface Core {
  readonly cpus: readonly MonitorCpu[];
  readonly code: MonitorCode;
  readonly memory: MachineMemory;
  readonly statistics: MonitorStatistics;
  /** Virtual machines by number; null for one that is destroyed. */
  readonly machines: readonly (VirtualMachine | null)[];
  /** Ends a virtual machine that cannot continue, with what its guest has thrown if it has. Other machines run on. */
  readonly fail: (cpu: MonitorCpu, machine: VirtualMachine, why: string, thrown?: unknown) => Code;
  /** The present. */
  readonly now: () => Ticks;
}
