/**
 * The least that passes for a monitor, for the kernel alone on a machine: answers its calls and the accesses to its special
 * page, and hands everything else on. It does not virtualise anything.
 */
import { machineFrame } from '../../../lib/messages/addresses.js';
import type { Code } from '../../../lib/system/code.js';
import type { CommodityKernel } from '../../../lib/guest/commodity/kernel.js';
import type { Machine } from '../../../lib/machine/machine.js';
import { Context } from '../../../lib/processor/context.js';
import { MONITOR_VERSION, requestFault, SPECIAL_PAGE, type MonitorRequest } from '../../../lib/system/monitor-calls.js';
import {
  clearFrame,
  copyFrame,
  machineStore,
  Op,
  readRegister,
  waitForInterrupt,
  writeRegister,
  type Program,
} from '../../../lib/processor/operations.js';
import type { Processor } from '../../../lib/processor/processor.js';
import { ExceptionCode, Register } from '../../../lib/processor/registers.js';
import { Activity, type Exception, type SystemSoftware } from '../../../lib/processor/software.js';

/** What pages that are free get, a word in each line. */
export const POISON = 0xdeadbeef | 0;

const TLB_REGISTERS: readonly number[] = [Register.Context, Register.EntryLo0, Register.EntryLo1];

export class FakeMonitor implements SystemSoftware {
  readonly services;
  /** What was asked, by name, and the registers read and written on the special page. */
  readonly calls: MonitorRequest[] = [];
  readonly registers = { read: new Set<number>(), written: new Set<number>() };
  /** Answers nothing but versions and hints; other calls fail with this. */
  refusal = 0;
  version: number = MONITOR_VERSION;
  private readonly kernel: CommodityKernel;
  private readonly machine: Machine;
  /** Context and EntryHi of each processor as the kernel knows them: a miss on the special page changes the real ones. */
  private readonly known: { context: number; entryHi: number }[];

  constructor(kernel: CommodityKernel, machine: Machine) {
    this.kernel = kernel;
    this.machine = machine;
    this.services = kernel.services;
    this.known = machine.processors.map(() => ({ context: 0, entryHi: 0 }));
  }

  ended(): void {}

  exception(processor: Processor, exception: Exception): Context {
    const { code, address, context } = exception;
    const kernels = this.kernel.processors[processor.number].current.contexts.length > 0;
    if (kernels && code === ExceptionCode.ReservedInstruction && context?.operation?.kind === Op.MonitorCall)
      return handler(interrupted => this.serve(interrupted));
    if (address >= SPECIAL_PAGE && address < SPECIAL_PAGE + 4096)
      return handler((interrupted, self) =>
        this.special(interrupted, self, (address - SPECIAL_PAGE) / 4, processor.processor),
      );
    const { registers } = processor;
    if (code === ExceptionCode.TlbLoad || code === ExceptionCode.TlbStore)
      this.known[processor.processor] = {
        context: registers.read(Register.Context),
        entryHi: registers.read(Register.EntryHi),
      };
    return this.kernel.exception(processor, exception);
  }

  /** How often a call was made. */
  count(call: MonitorRequest['call']): number {
    return this.calls.filter(each => each.call === call).length;
  }

  private *serve(interrupted: Context): Code {
    const request = interrupted.operation!.request as MonitorRequest;
    const fault = requestFault(request, this.kernel.options.pages);
    if (fault < 0) throw new Error(`call ${JSON.stringify(request)}: error ${fault}`);
    this.calls.push(request);
    if (request.call === 'free page' && this.kernel.physical.useOf(request.page) === 'free')
      throw new Error(`page ${request.page} is told to be free when others may have it already`);
    let result = 0;
    if (request.call === 'version') result = this.version;
    else if (request.call === 'idle') yield waitForInterrupt();
    else if (request.call === 'free page') yield* this.poison(request.page);
    else if (this.refusal < 0) result = this.refusal;
    else if (request.call === 'zeroed page') yield clearFrame(machineFrame(this.frame(request.page)), 1);
    else if (request.call === 'remap')
      yield copyFrame(machineFrame(this.frame(request.from)), machineFrame(this.frame(request.to)), 1);
    else throw new Error('the kernel asks for a device, and there is none');
    interrupted.complete(result);
  }

  private *poison(page: number): Code {
    for (let offset = 0; offset < 4096; offset += 128)
      yield machineStore(machineFrame(this.frame(page)), offset, POISON);
  }

  private *special(interrupted: Context, self: Context, register: number, processor: number): Code {
    const { kind, b } = interrupted.operation!;
    const known = this.known[processor];
    let value = 0;
    if (kind === Op.Load) {
      this.registers.read.add(register);
      if (register === Register.Context) value = known.context;
      else value = register === Register.Status ? self.status : yield readRegister(register);
    } else if (kind === Op.Store) {
      this.registers.written.add(register);
      if (register === Register.EntryHi) known.entryHi = b;
      // Status is restored when this ends.
      if (register === Register.Status) self.status = b >>> 0;
      else yield writeRegister(register, b);
    } else throw new Error(`operation ${kind} on the special page`);
    // What is written next to them is a TLB entry.
    if (TLB_REGISTERS.includes(register)) yield writeRegister(Register.EntryHi, known.entryHi);
    interrupted.complete(value);
  }

  private frame(page: number): number {
    return this.machine.layout![page];
  }
}

function handler(program: (interrupted: Context, self: Context) => Code): Context {
  // A box, because the program names the context that it runs in.
  const made: { self: Context | null } = { self: null };
  const run = function* (): Program {
    yield* program(made.self!.interrupted!, made.self!);
  };
  return (made.self = new Context(run(), Activity.Kernel));
}
