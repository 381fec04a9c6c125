/** Privileged instructions of guests: executed on the virtual processor by the class that executes them on hardware. */
import { InterruptMessage } from '../../messages/coherence-messages.js';
import { Context } from '../../processor/context.js';
import { load, Op, store, type Operation } from '../../processor/operations.js';
import { ExceptionCode, Register, Vector } from '../../processor/registers.js';
import type { Core } from '../core.js';
import { copiedCommand } from '../devices/guest-command.js';
import type { VirtualDevice } from '../devices/virtual-device.js';
import type { MonitorCpu } from '../monitor-cpu.js';
import type { VirtualMachine } from '../virtual-machine.js';
import { endOf, inject, readSpecial, writeSpecial } from './exceptions.js';
import type { Scheduler } from './scheduler.js';
import { probe, wire, wiredEntries, writeEntry } from './translations.js';
import { VIRTUAL_TLB_ENTRIES, type VirtualProcessor } from './virtual-processor.js';
import type { Code } from '../../system/code.js';

/** Where privileged registers are in a record. */
const REGISTERS_OFFSET = 256;
/** What a TLB write takes, and registers that a patched guest has on its special page alone, until an instruction wants them. */
const ENTRY_LO: readonly number[] = [Register.EntryLo0, Register.EntryLo1];
const KEPT_ON_PAGE: readonly number[] = [...ENTRY_LO, Register.Context];
/** Flits of an interrupt; virtual ones travel nowhere. */
const NO_FLITS = 1;

/** Emulates what the context at hand of a virtual processor has begun and may not do. */
export class Emulation {
  private readonly core: Core;
  private readonly scheduler: Scheduler;

  constructor(core: Core, scheduler: Scheduler) {
    this.core = core;
    this.scheduler = scheduler;
  }

  /** `context` is the one at hand: its operation was refused by the mode. */
  *emulate(cpu: MonitorCpu, machine: VirtualMachine, virtual: VirtualProcessor, context: Context): Code {
    const operation = context.operation!;
    if (!virtual.inKernel || isForSystems(operation)) return yield* this.refuse(cpu, virtual);
    this.core.statistics.emulated++;
    yield this.core.code.step('decode');
    switch (operation.kind) {
      case Op.ReadRegister:
      case Op.WriteRegister:
        return yield* this.register(cpu, virtual, context, operation);
      case Op.TlbWriteIndexed:
      case Op.TlbWriteRandom:
        return yield* this.writeTlb(cpu, machine, virtual, context, operation.kind === Op.TlbWriteRandom);
      case Op.TlbProbe:
        yield* probe(this.core, cpu, virtual);
        return context.complete();
      case Op.TlbRead:
        yield this.core.code.step('register access');
        context.complete(virtual.unit.execute(operation, this.core.now()));
        if (virtual.patched) yield* writeSpecial(virtual, ENTRY_LO);
        return;
      case Op.ReturnFromException:
        return yield* this.returnFromException(cpu, virtual, context, operation);
      case Op.WaitForInterrupt:
        context.complete();
        return this.scheduler.rest(virtual);
      case Op.Interrupt:
        return yield* this.interrupt(cpu, machine, virtual, context, operation);
      case Op.DeviceCommand:
      case Op.DeviceRead:
        return yield* this.device(cpu, machine, virtual, context, operation);
      default:
        return yield* this.refuse(cpu, virtual);
    }
  }

  private *register(cpu: MonitorCpu, virtual: VirtualProcessor, context: Context, operation: Operation): Code {
    const { kind, a: register, b: value } = operation;
    const reads = kind === Op.ReadRegister;
    yield this.core.code.step('register access');
    const onPage = virtual.patched && KEPT_ON_PAGE.includes(register);
    const at = virtual.options.record + REGISTERS_OFFSET + 4 * (register & 31);
    if (reads && onPage) yield* readSpecial(virtual, [register]);
    else if (reads) yield load(at);
    context.complete(virtual.unit.execute(operation, this.core.now()));
    if (reads) return;
    if (onPage) yield* writeSpecial(virtual, [register]);
    else yield store(at, value);
    if (register === Register.Wired) yield* wire(cpu, wiredEntries(cpu, virtual));
  }

  private *writeTlb(
    cpu: MonitorCpu,
    { pmap }: VirtualMachine,
    virtual: VirtualProcessor,
    context: Context,
    random: boolean,
  ): Code {
    const { unit, registers } = virtual;
    if (virtual.patched) yield* readSpecial(virtual, ENTRY_LO);
    const named = Math.min(registers.read(Register.Index) & 0x3f, VIRTUAL_TLB_ENTRIES - 1);
    yield* writeEntry(this.core, cpu, pmap, virtual, random ? unit.drawEntry() : named, random);
    context.complete();
  }

  private *returnFromException(
    cpu: MonitorCpu,
    virtual: VirtualProcessor,
    context: Context,
    { request }: Operation,
  ): Code {
    // A guest may have put anything there; what is no context cannot be jumped to.
    if (request !== null && !Context.is(request)) return yield* this.refuse(cpu, virtual);
    const target = request ?? virtual.epc;
    if (target !== null && cpu.processor.contextFault(target) !== null) return yield* this.refuse(cpu, virtual);
    yield this.core.code.step('exception return');
    // Once it has the target, no other processor gets it.
    if (virtual.take(target) !== null) return yield* this.refuse(cpu, virtual);
    context.complete();
    // The end of a handler restores Status; the instruction clears a bit.
    if (context.status >= 0) virtual.registers.status = context.status;
    else virtual.registers.leave();
    virtual.tlb.setMode(virtual.registers.mode);
    if (target === null || target === virtual.end) this.scheduler.stop(virtual);
    else target.interrupted ??= endOf(target, virtual.end);
  }

  private *interrupt(
    cpu: MonitorCpu,
    machine: VirtualMachine,
    virtual: VirtualProcessor,
    context: Context,
    { a, b, c }: Operation,
  ): Code {
    context.complete();
    const target = machine.processors[a];
    // No processor, no interrupt: on hardware the message would have nowhere to go.
    if (target === undefined || !Number.isSafeInteger(b) || b < 1) return;
    yield* this.scheduler.post(cpu, target, new InterruptMessage(NO_FLITS, b, virtual.number, a, c | 0, 0));
  }

  private *device(
    cpu: MonitorCpu,
    machine: VirtualMachine,
    virtual: VirtualProcessor,
    context: Context,
    { kind, a, b, c, request }: Operation,
  ): Code {
    const device = a === machine.bridge ? deviceAt(machine, b) : undefined;
    if (device === undefined)
      return yield* inject(this.core, cpu, virtual, {
        code: ExceptionCode.BusData,
        vector: Vector.General,
        address: -1,
      });
    if (kind === Op.DeviceRead) return context.complete(yield* device.read(cpu, c));
    yield* this.command(cpu, device, request);
    context.complete();
  }

  /** A command for a device, by whichever way it came. */
  *command(cpu: MonitorCpu, device: VirtualDevice, content: unknown): Code {
    this.core.statistics.deviceCommands++;
    yield* device.command(cpu, copiedCommand(content));
  }

  /** The guest sees what hardware would have shown it: an instruction that is not for its mode. */
  *refuse(cpu: MonitorCpu, virtual: VirtualProcessor): Code {
    const exception = { code: ExceptionCode.CoprocessorUnusable, vector: Vector.General, address: -1 };
    yield* inject(this.core, cpu, virtual, exception);
  }
}

/** A device by its number, which may be anything. */
export function deviceAt({ devices }: VirtualMachine, device: unknown): VirtualDevice | undefined {
  return typeof device === 'number' ? devices[device] : undefined;
}

/** Operations on frames: physical memory past the TLB is not for guests. */
function isForSystems({ kind }: Operation): boolean {
  return kind === Op.MachineLoad || kind === Op.MachineStore || kind === Op.CopyFrame || kind === Op.ClearFrame;
}
