/**
 * Disco: the virtual machine monitor (Bugnion, Devine and Rosenblum, SOSP 1997), as system software of a machine. It runs in
 * kernel mode on every processor; guests run in supervisor and user mode, and every trap comes here first. This file puts the
 * parts together and takes traps apart, in more than 250 lines because the way in and the way out belong together; what is
 * done about a trap is in processors/, memory/, devices/, disks/ and subnet/, and the life of virtual machines in lifecycle.ts.
 */
import { plainObject } from '../engine/checks.js';
import { HOT_PAGE, type InterruptMessage } from '../messages/coherence-messages.js';
import { MHz, ns } from '../engine/time.js';
import { machineFacts } from '../machine/load-meter.js';
import type { Machine } from '../machine/machine.js';
import { firstTouch } from '../placement/policies/static/first-touch.js';
import { Context } from '../processor/context.js';
import { Op, returnFromException, waitForInterrupt, writeRegister, type Program } from '../processor/operations.js';
import type { Processor } from '../processor/processor.js';
import { ASID_MASK, ExceptionCode, KSU_SHIFT, Mode, Register, Status, Vector } from '../processor/registers.js';
import { Activity, type Exception, type Refill, type SystemSoftware } from '../processor/software.js';
import { FIRST_DEVICE_INTERRUPT, MonitorInterrupt, type Core } from './core.js';
import { MachineDevices } from './devices/machine-devices.js';
import { DiscoError } from './errors.js';
import { createMachine } from './create-machine.js';
import { machineFaults } from './machine-checks.js';
import { EvidenceSources } from '../system/evidence-sources.js';
import { FramePool } from '../system/frame-pool.js';
import { MachineMemory } from './memory/machine-memory.js';
import { SHOOTDOWN } from './memory/shootdown.js';
import { MonitorCode } from './monitor-code.js';
import { MonitorCpu } from './monitor-cpu.js';
import { MonitorSpace } from './monitor-space.js';
import { Lifecycle } from './lifecycle.js';
import { completed, optionFaults, policyFaults, type DiscoOptions } from './options.js';
import { Emulation } from './processors/emulation.js';
import { CHANGING, inject, injectInterrupt, readSpecial, writeSpecial } from './processors/exceptions.js';
import { TlbFaults } from './processors/tlb-faults.js';
import { MonitorCalls } from './processors/monitor-calls.js';
import { Scheduler } from './processors/scheduler.js';
import type { VirtualProcessor } from './processors/virtual-processor.js';
import { MonitorStatistics } from './statistics.js';
import { takeBack } from './take-back.js';
import type { GuestSystem, VirtualMachine, VirtualMachineSpecification } from './virtual-machine.js';
import { kindOf, missWork } from './processors/trap-work.js';
import { work, workServices, type Work } from './work.js';
import type { Code } from '../system/code.js';

/** Status of the monitor's idle loop, and the bits of it that guests run with. */
const OPEN = Status.IM | Status.IE;
/** Bytes of a processor's own record. */
const CPU_RECORD_BYTES = 256;

/** Serves the end of a transfer of a device of the machine. */
export type DeviceService = (cpu: MonitorCpu, a: number, b: number) => Code;

/** The monitor. Make it on a machine that has no software yet and no physical layout, and create virtual machines. */
export class Disco implements SystemSoftware {
  readonly machine: Machine;
  readonly options: Required<Omit<DiscoOptions, 'services' | 'policy'>>;
  readonly statistics = new MonitorStatistics();
  readonly frames: FramePool;
  readonly space: MonitorSpace;
  readonly code = new MonitorCode();
  readonly cpus: readonly MonitorCpu[];
  readonly memory: MachineMemory;
  readonly scheduler: Scheduler;
  readonly devices: MachineDevices;
  /** By number; null for one that is destroyed. Changed between yields only. */
  readonly machines: (VirtualMachine | null)[] = [];
  /** Who serves interrupts of the machine's devices, by code. */
  readonly deviceServices = new Map<number, DeviceService>();
  readonly services?: readonly string[];
  private readonly guestServices: number;
  private readonly core: Core;
  private readonly sources: EvidenceSources;
  private readonly lifecycle: Lifecycle;
  private readonly emulation: Emulation;
  private readonly calls: MonitorCalls;
  private readonly faults: TlbFaults;
  private readonly idle: (Context | null)[];
  /** What is asked from outside, not yet begun. Changed between yields only. */
  private readonly requests: ((cpu: MonitorCpu) => Code)[] = [];

  /**
   * Throws a DiscoError with all faults of its options, if the machine has a physical layout, or if there is too little memory for
   * the monitor itself or its gateway; a RangeError for a policy that wants evidence which the monitor does not produce.
   */
  constructor(machine: Machine, options: DiscoOptions = {}) {
    plainObject(machine, 'the machine of a monitor');
    plainObject(options, 'the options of a monitor');
    if (machine.layout !== null)
      throw new DiscoError(
        'the monitor is to run on a machine whose physical pages are frames: build it without a layout',
      );
    const { services, policy = firstTouch(), ...given } = options;
    this.machine = machine;
    this.options = completed(given);
    const wrong = [...optionFaults(this.options, machine), ...policyFaults(policy, machine)];
    if (wrong.length > 0) throw new DiscoError(wrong.join('\n'));
    const { map, simulation, specification } = machine;
    const { l2, clockMHz } = specification.processor;
    this.frames = new FramePool(map, Math.max(1, l2.sizeBytes / (l2.ways * map.pageBytes)));
    this.space = new MonitorSpace(machine.processors, this.frames);
    this.cpus = machine.processors.map(processor => new MonitorCpu(processor));
    this.memory = new MachineMemory({
      cpus: this.cpus,
      frames: this.frames,
      space: this.space,
      code: this.code,
      policy,
      nowNs: () => machine.elapsedNs,
      facts: machineFacts(machine, 'monitor'),
      clearCounters: frame => machine.controllers[map.homeOfFrame(frame)].counters?.clear(frame),
      keepDecisions: this.options.keepDecisions,
    });
    const { cpus, code, memory, statistics, machines, frames, space } = this;
    this.devices = new MachineDevices({
      machine,
      code,
      memory,
      frames,
      space,
      consoleCharacters: this.options.consoleCharacters,
      gateway: this.options.gateway,
      serve: (interrupt, service) => this.deviceServices.set(interrupt, service),
    });
    this.core = {
      cpus,
      code,
      memory,
      statistics,
      machines,
      fail: (cpu, vm, why, thrown) => this.lifecycle.fail(cpu, vm, why, thrown),
      now: () => simulation.now,
    };
    this.scheduler = new Scheduler(
      this.core,
      {
        quantum: simulation.ticks(ns(this.options.quantumNs)),
        gang: this.options.gang,
        ticksPerCount: 2 * simulation.clock(MHz(clockMHz)).period,
        stopped: virtual => this.lifecycle.stopped(virtual),
      },
      cpus.map(({ node }) => this.space.allocate(node, CPU_RECORD_BYTES)),
    );
    this.lifecycle = new Lifecycle({
      machine,
      machines,
      memory,
      scheduler: this.scheduler,
      request: act => this.request(act),
    });
    memory.reclaim.reclaimers.push((cpu, wanted) => takeBack(cpu, this, wanted));
    this.emulation = new Emulation(this.core, this.scheduler);
    this.calls = new MonitorCalls(this.core, this.scheduler, this.emulation);
    this.faults = new TlbFaults(this.core, this.space);
    const codes = {
      interval: MonitorInterrupt.Interval,
      scan: MonitorInterrupt.Scan,
      samples: MonitorInterrupt.Samples,
    };
    this.sources = new EvidenceSources(policy, codes, () => machines.some(one => one?.state === 'started'));
    for (const processor of machine.processors) this.sources.add(processor);
    this.idle = cpus.map(() => null);
    this.guestServices = services?.length ?? 0;
    if (services !== undefined) this.services = workServices(services);
    machine.load(
      this,
      cpus.map(() => null),
    );
    const { gateway } = this.devices.subnet;
    if (gateway !== null) this.request(cpu => gateway.open(cpu));
  }

  /** Has a processor of the machine do something, now. For whoever acts from outside, between two runs. */
  request(steps: (cpu: MonitorCpu) => Code): void {
    this.requests.push(steps);
    this.machine.processors[0].interrupt(MonitorInterrupt.Manage);
  }

  /** For the processors: guests are hostile, and what they yield and throw is theirs. */
  readonly isolates = true;

  /** For the processors. */
  ended(): void {}

  /** For the processors: the refill vector. */
  refill(processor: Processor, page: number): Refill | null {
    const virtual = this.scheduler.queues[processor.processor].current;
    if (virtual === null) return null;
    return this.faults.refill(
      this.cpus[processor.processor],
      this.machineOf(virtual),
      virtual,
      page,
      this.guestServices > 0 ? this.accountOf(missWork(virtual), processor.service) : -1,
    );
  }

  /** For the processors. */
  exception(processor: Processor, exception: Exception): Context {
    const cpu = this.cpus[processor.processor];
    if (cpu.busy) return this.nested(cpu, exception);
    cpu.busy = true;
    const virtual = this.scheduler.queues[cpu.number].current;
    this.statistics.traps++;
    const context = new Context(this.handle(cpu, virtual, exception), Activity.Monitor);
    if (this.guestServices > 0) {
      // An idle processor takes nothing but interrupts.
      const kind = virtual === null ? 'interrupts' : kindOf(exception, virtual, this.machineOf(virtual).pmap);
      context.service = this.accountOf(kind, exception.context?.service ?? 0);
    }
    return context;
  }

  /** What work for a service of a guest is accounted to. What is for a refill of the guest's kernel stays with that. */
  private accountOf(kind: Work, service: number): number {
    return service >= this.guestServices ? service : work(kind, service, this.guestServices);
  }

  /** The handler waits, and something else comes: only what others wait for is done at once. */
  private nested(cpu: MonitorCpu, { message, code }: Exception): Context {
    if (code !== ExceptionCode.Interrupt || message === null)
      throw new Error(`${cpu.processor.path}: exception ${code} in the monitor itself`);
    if (message.code === SHOOTDOWN)
      return new Context(this.memory.shootdown.acknowledge(cpu, message.a), Activity.Monitor);
    cpu.deferred.push(message);
    return new Context(this.interrupted(), Activity.Monitor);
  }

  private *interrupted(): Program {
    yield this.code.step('interrupt');
  }

  private *handle(cpu: MonitorCpu, virtual: VirtualProcessor | null, exception: Exception): Program {
    if (virtual === null) yield this.code.step('enter');
    else {
      virtual.context = exception.context;
      if (virtual.context === null) this.scheduler.stop(virtual); // a program of the guest's has ended, and nothing came behind it
      yield virtual.options.enter;
      if (virtual.patched) yield* this.patched(virtual);
    }
    if (exception.code === ExceptionCode.Interrupt) yield* this.interrupt(cpu, exception.message);
    else yield* this.trap(cpu, virtual!, exception);
    yield* this.leave(cpu);
  }

  /**
   * Makes a virtual machine. Throws a DiscoError with all faults of its specification, or if there is no memory for what the
   * monitor has to know of it.
   */
  create(specification: VirtualMachineSpecification): VirtualMachine {
    const faults = machineFaults(specification, this.machine, this.machines);
    if (faults.length > 0) throw new DiscoError(faults.join('\n'));
    // A number is never used again, not even that of one for which there turns out to be no memory.
    const number = this.machines.push(null) - 1;
    const machine = createMachine(this, number, structuredClone(specification));
    this.machines[number] = machine;
    return machine;
  }

  /**
   * Has a virtual machine run a system: `contexts` are what its processors execute first, as for `Machine.load`. Throws a
   * DiscoError if it runs one already, or if there is not one for each processor.
   */
  start(machine: VirtualMachine, system: GuestSystem, contexts: readonly Context[]): void {
    this.lifecycle.start(machine, system, contexts);
    this.sources.start(this.machine.simulation.now);
  }

  /** Stops a virtual machine: its processors do not execute any more, its devices are silent. It keeps its memory. */
  stop(machine: VirtualMachine): void {
    this.lifecycle.stop(machine);
  }

  /** Stops a virtual machine if it runs, and takes back everything that it held. */
  destroy(machine: VirtualMachine): void {
    this.lifecycle.destroy(machine);
  }

  /** What the guest has written into its special page counts from now on. */
  private *patched(virtual: VirtualProcessor): Code {
    const { registers, tlb } = virtual;
    yield* readSpecial(virtual, [Register.Status, Register.EntryHi]);
    tlb.enter(registers.read(Register.EntryHi) & ASID_MASK);
    tlb.setMode(registers.mode);
  }

  private *trap(cpu: MonitorCpu, virtual: VirtualProcessor, exception: Exception): Code {
    const machine = this.machineOf(virtual);
    const context = virtual.context!;
    const { fault } = exception;
    if (fault?.fatal === true) return yield* this.lifecycle.fail(cpu, machine, fault.message, fault.thrown);
    switch (exception.code) {
      case ExceptionCode.TlbLoad:
      case ExceptionCode.TlbStore:
      case ExceptionCode.Modified:
        return yield* this.faults.serve(cpu, machine, virtual, exception);
      case ExceptionCode.CoprocessorUnusable:
        return yield* this.emulation.emulate(cpu, machine, virtual, context);
      case ExceptionCode.ReservedInstruction:
        if (virtual.inKernel && context.operation?.kind === Op.MonitorCall)
          return yield* this.calls.serve(cpu, machine, virtual, context);
    }
    const { code, address } = exception;
    yield* inject(this.core, cpu, virtual, { code, vector: Vector.General, address, fault });
  }

  private *interrupt(cpu: MonitorCpu, message: InterruptMessage | null): Code {
    yield this.code.step('interrupt');
    if (message === null) yield* this.scheduler.rung(cpu);
    else yield* this.message(cpu, message);
  }

  private *message(cpu: MonitorCpu, message: InterruptMessage): Code {
    const { code, a, b } = message;
    switch (code) {
      case HOT_PAGE:
        return yield* this.memory.placement.hotPage(cpu, message);
      case SHOOTDOWN:
        return yield* this.memory.shootdown.acknowledge(cpu, a);
      case MonitorInterrupt.Post:
        return; // what it is to look at is looked at on the way back
      case MonitorInterrupt.Interval:
        return yield* this.sources.serve(code, this.memory.placement.host.interval(cpu.processor));
      case MonitorInterrupt.Scan:
        return yield* this.sources.serve(code, this.memory.placement.host.scan(cpu.processor));
      case MonitorInterrupt.Samples:
        return yield* this.memory.placement.host.sampled(cpu.processor, this.sources.samplesOf(cpu.processor));
      case MonitorInterrupt.Manage: {
        const request = this.requests.shift();
        if (request !== undefined) yield* request(cpu);
        return;
      }
    }
    const service = this.deviceServices.get(code);
    if (code < FIRST_DEVICE_INTERRUPT || service === undefined)
      throw new Error(`${cpu.processor.path}: nobody in the monitor serves interrupt ${code}`);
    yield* service(cpu, a, b);
  }

  /** On to whoever is to run: the one that was interrupted, another one, or nobody. */
  private *leave(cpu: MonitorCpu): Code {
    const { processor } = cpu;
    const queue = this.scheduler.queues[cpu.number];
    for (;;) {
      const message = cpu.deferred.shift();
      if (message !== undefined) {
        yield* this.message(cpu, message);
        continue;
      }
      yield* this.scheduler.choose(cpu);
      const { current } = queue;
      if (current === null || !current.interrupting) break;
      const waiting = current.interrupts.length;
      yield* injectInterrupt(this.core, cpu, current);
      if (current.state === 'stopped') continue; // its kernel was at fault
      // A guest that has no handler goes on where it was; a line that stays up would be for ever.
      if (current.interrupting && current.interrupts.length === waiting) break;
    }
    const { current } = queue;
    if (current?.patched === true) yield* writeSpecial(current, CHANGING);
    yield current === null ? this.code.step('leave') : current.options.leave;
    const mode = current === null ? Mode.Kernel : current.inKernel ? Mode.Supervisor : Mode.User;
    yield writeRegister(Register.Status, OPEN | Status.EXL | (mode << KSU_SHIFT));
    if (current !== null) processor.tlb.enter(current.tlb.space);
    cpu.busy = false;
    yield returnFromException(current === null ? this.idleContext(cpu) : current.context);
  }

  /** What a processor executes that has nothing to do. It comes to rest when no virtual machine is left. */
  private idleContext({ number }: MonitorCpu): Context {
    const present = this.idle[number];
    if (present !== null && !present.done) return present;
    return (this.idle[number] = new Context(this.idleLoop(), Activity.Idle));
  }

  private *idleLoop(): Program {
    while (this.scheduler.live) yield waitForInterrupt();
  }

  private machineOf(virtual: VirtualProcessor): VirtualMachine {
    return this.machines[virtual.options.machine]!;
  }
}
