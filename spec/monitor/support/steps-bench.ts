/** Runs pieces of the monitor on a machine without the rest of it: a list of programs for each processor, one after the other. */
import { buildMachine, type Machine } from '../../../lib/machine/machine.js';
import { presets } from '../../../lib/machine/presets/presets.js';
import type { DeviceSpecification } from '../../../lib/machine/specification/device-specification.js';
import { FramePool } from '../../../lib/system/frame-pool.js';
import { MonitorCode } from '../../../lib/monitor/monitor-code.js';
import { MonitorCpu } from '../../../lib/monitor/monitor-cpu.js';
import { MonitorSpace } from '../../../lib/monitor/monitor-space.js';
import { Context } from '../../../lib/processor/context.js';
import { writeRegister, type Program } from '../../../lib/processor/operations.js';
import { Register, Status } from '../../../lib/processor/registers.js';
import { Activity, type Exception, type SystemSoftware } from '../../../lib/processor/software.js';
import type { Processor } from '../../../lib/processor/processor.js';
import type { Code } from '../../../lib/system/code.js';

/** What a processor does on behalf of the monitor. */
export type Piece = (cpu: MonitorCpu) => Code<unknown>;

/** What a case changes. */
export interface StepsBenchOptions {
  readonly nodes?: number;
  /** Of each node; 1 unless given. */
  readonly processors?: number;
  readonly framesPerNode?: number;
  readonly devices?: readonly DeviceSpecification[];
  readonly seed?: number;
}

/** A machine of a few processors, with the ground that the monitor stands on. */
export class StepsBench implements SystemSoftware {
  readonly machine: Machine;
  readonly frames: FramePool;
  readonly space: MonitorSpace;
  readonly code = new MonitorCode();
  readonly cpus: readonly MonitorCpu[];
  /** Who serves interrupts, by code. */
  readonly handlers = new Map<number, (cpu: MonitorCpu, a: number, b: number) => Code>();

  constructor({ nodes = 2, processors = 1, framesPerNode = 256, devices = [], seed = 1 }: StepsBenchOptions = {}) {
    const disco = presets['disco-1997']({ nodes });
    this.machine = buildMachine(
      { ...disco, nodes: { count: nodes, processors, memoryBytes: framesPerNode * 4096 }, devices },
      { seed },
    );
    this.frames = new FramePool(this.machine.map, 4);
    this.space = new MonitorSpace(this.machine.processors, this.frames);
    this.cpus = this.machine.processors.map(processor => new MonitorCpu(processor));
  }

  /** Runs a list of pieces on each processor, to the end of all; those without a list serve interrupts only. */
  run(...lists: readonly (readonly Piece[])[]): void {
    const contexts = this.cpus.map((cpu, i) => new Context(all(cpu, lists[i] ?? []), Activity.Kernel));
    this.machine.load(this, contexts);
    this.machine.run();
  }

  exception(processor: Processor, { message }: Exception): Context {
    const service = message === null ? undefined : this.handlers.get(message.code);
    if (message === null || service === undefined)
      throw new Error(`${processor.path}: an exception that nobody serves: ${JSON.stringify(message)}`);
    return new Context(service(this.cpus[processor.processor], message.a, message.b), Activity.Kernel);
  }

  ended(): void {
    // Other processors may still be at work.
  }
}

/** With interrupts off but in waits, as the monitor is; then, idle, they are on. */
function* all(cpu: MonitorCpu, pieces: readonly Piece[]): Program {
  yield writeRegister(Register.Status, Status.IM | Status.EXL);
  for (const piece of pieces) yield* piece(cpu);
  yield writeRegister(Register.Status, Status.IM | Status.IE);
}
