/**
 * The life of virtual machines: created, started, stopped or ended by a failure, destroyed. What is asked from outside is done
 * by a processor of the machine, as a request.
 */
import type { Machine } from '../machine/machine.js';
import type { Context } from '../processor/context.js';
import { wait } from '../processor/operations.js';
import type { Code } from '../system/code.js';
import { DiscoError } from './errors.js';
import type { MachineMemory } from './memory/machine-memory.js';
import type { MonitorCpu } from './monitor-cpu.js';
import { endOf } from './processors/exceptions.js';
import type { Scheduler } from './processors/scheduler.js';
import type { VirtualProcessor } from './processors/virtual-processor.js';
import type { GuestSystem, VirtualMachine } from './virtual-machine.js';

/** The parts of a monitor that virtual machines live from. */
export interface LifecycleParts {
  readonly machine: Machine;
  /** By number; null for one that is destroyed. */
  readonly machines: (VirtualMachine | null)[];
  readonly memory: MachineMemory;
  readonly scheduler: Scheduler;
  /** Has a processor of the machine do something, now. */
  readonly request: (act: (cpu: MonitorCpu) => Code) => void;
}

/** Starts and ends virtual machines. */
export class Lifecycle {
  private readonly parts: LifecycleParts;

  constructor(parts: LifecycleParts) {
    this.parts = parts;
  }

  /** See Disco.start. */
  start(machine: VirtualMachine, system: GuestSystem, contexts: readonly Context[]): void {
    this.checkOwn(machine);
    if (machine.state !== 'created')
      throw new DiscoError(`${machine.name} is ${machine.state}; create another virtual machine`);
    if (contexts.length !== machine.processors.length)
      throw new DiscoError(
        `${machine.name} has ${machine.processors.length} processors, and ${contexts.length} contexts are given; give one for each`,
      );
    const faults = contexts.flatMap((context, number) => this.startFault(machine.processors[number], context));
    if (faults.length > 0) throw new DiscoError(faults.map(fault => `${machine.name}: ${fault}`).join('\n'));
    machine.system = system;
    machine.state = 'started';
    for (const [number, virtual] of machine.processors.entries()) {
      const context = contexts[number];
      context.interrupted ??= endOf(context, virtual.end);
    }
    this.parts.request(cpu => this.begin(cpu, machine));
  }

  /** See Disco.stop. */
  stop(machine: VirtualMachine): void {
    this.checkOwn(machine);
    if (machine.state !== 'started')
      throw new DiscoError(`${machine.name} is ${machine.state}, so it cannot be stopped`);
    this.parts.request(cpu => this.halt(cpu, machine));
  }

  /** See Disco.destroy. */
  destroy(machine: VirtualMachine): void {
    if (machine.state === 'destroyed') throw new DiscoError(`${machine.name} is destroyed already`);
    this.checkOwn(machine);
    this.parts.request(cpu => this.dismantle(cpu, machine));
  }

  /** A virtual machine whose processors have all stopped is stopped. */
  stopped(virtual: VirtualProcessor): void {
    const machine = this.parts.machines[virtual.options.machine];
    if (machine?.processors.every(({ state }) => state === 'stopped') === true) machine.state = 'stopped';
  }

  /** Ends a virtual machine that cannot continue, and takes its devices and memory back. Others continue. */
  *fail(cpu: MonitorCpu, machine: VirtualMachine, why: string, thrown?: unknown): Code {
    // The first reason counts; one that was stopped meanwhile is over without one.
    if (machine.state !== 'started') return;
    machine.failure = why;
    machine.thrown = thrown;
    yield* this.halt(cpu, machine);
    yield* this.empty(cpu, machine);
  }

  /** Stops a virtual machine's processors, wherever they are. */
  private *halt(cpu: MonitorCpu, machine: VirtualMachine): Code {
    if (machine.state === 'destroyed') return;
    machine.state = 'stopped';
    for (const virtual of machine.processors) {
      const place = this.parts.scheduler.placeOf(virtual);
      this.parts.scheduler.stop(virtual);
      if (place >= 0 && place !== cpu.number) yield* this.parts.scheduler.ask(place);
    }
    yield* this.parts.scheduler.restIfLast(cpu);
  }

  private checkOwn(machine: VirtualMachine): void {
    if (machine.state === 'destroyed' || this.parts.machines[machine.number] === machine) return;
    throw new DiscoError(`${machine.name} is a virtual machine of another monitor; create one here`);
  }

  /** Gives a virtual processor what it executes first; what keeps it from that, if anything does. */
  private startFault(virtual: VirtualProcessor, context: Context): string[] {
    const fault = this.parts.machine.processors[0].contextFault(context) ?? virtual.take(context);
    return fault === null
      ? []
      : [`processor ${virtual.number} cannot begin with ${fault}; give each a context of its own`];
  }

  private *begin(cpu: MonitorCpu, machine: VirtualMachine): Code {
    if (machine.state !== 'started') return; // destroyed before it began
    for (const virtual of machine.processors) yield* this.parts.scheduler.start(cpu, virtual);
  }

  private *dismantle(cpu: MonitorCpu, machine: VirtualMachine): Code {
    if (machine.state === 'destroyed') return; // asked for twice
    yield* this.halt(cpu, machine);
    yield* this.empty(cpu, machine);
    const { memory, scheduler, machines } = this.parts;
    for (const virtual of machine.processors) {
      yield* memory.shootdown.drop(cpu, virtual.options.special.page);
      scheduler.forget(virtual);
    }
    memory.pmaps.remove(machine.pmap);
    machine.arena.free();
    machines[machine.number] = null;
    machine.state = 'destroyed';
  }

  /** Takes the devices and the memory of a machine back that was halted, once no processor executes it any more. */
  private *empty(cpu: MonitorCpu, { number, processors, devices, pmap }: VirtualMachine): Code {
    const { memory, scheduler } = this.parts;
    // The current one is left at the end of this handler; those of other processors have to be left there.
    const own = scheduler.queues[cpu.number];
    if (own.current?.options.machine === number) own.current = null;
    scheduler.leaving.push(cpu);
    while (processors.some(virtual => scheduler.placeOf(virtual) >= 0)) yield wait();
    scheduler.leaving.splice(scheduler.leaving.indexOf(cpu), 1);
    for (const device of devices) yield* device.close(cpu);
    for (const [physical] of [...pmap.mapped()]) yield* memory.discard(cpu, pmap, physical);
  }
}
