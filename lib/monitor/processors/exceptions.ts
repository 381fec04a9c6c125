/** Exceptions of guests: what hardware does on the bare machine, done to a virtual processor. */
import { Context } from '../../processor/context.js';
import { described } from '../../processor/foreign.js';
import { load, returnFromException, store, type Program } from '../../processor/operations.js';
import { ExceptionCode, InterruptLine, Register, Vector } from '../../processor/registers.js';
import type { InterruptMessage } from '../../messages/coherence-messages.js';
import type { Exception, ProgramFault } from '../../processor/software.js';
import type { Core } from '../core.js';
import type { MonitorCpu } from '../monitor-cpu.js';
import type { GuestSystem } from '../virtual-machine.js';
import type { VirtualProcessor } from './virtual-processor.js';
import type { Code } from '../../system/code.js';

/** An exception that a guest is to see. */
export interface GuestException {
  readonly code: number;
  readonly vector: number;
  /** The address it is about, -1 if none. */
  readonly address: number;
  readonly message?: InterruptMessage | null;
  /** What is wrong with the operation, of a reserved instruction that is malformed. */
  readonly fault?: ProgramFault | null | undefined;
}

const TRANSLATION: readonly number[] = [ExceptionCode.TlbLoad, ExceptionCode.TlbStore, ExceptionCode.Modified];

/**
 * Has the guest go on at its vector: its registers say why, and its handler is what the virtual processor does next. A
 * guest that has nothing to execute for it goes on where it was.
 */
export function* inject(core: Core, cpu: MonitorCpu, virtual: VirtualProcessor, exception: GuestException): Code {
  const { processor } = cpu;
  const { registers } = virtual;
  const { code, vector, address, message = null, fault = null } = exception;
  yield core.code.step('inject');
  core.statistics.injected++;
  const kernels = virtual.inKernel;
  const { status } = registers;
  const { epc, context } = virtual;
  // EPC stays at exception level, as on hardware.
  if (!registers.exceptional) virtual.epc = context;
  const translation = TRANSLATION.includes(code);
  registers.enter(code, address, translation);
  if (translation && virtual.patched) yield* writeSpecial(virtual, [Register.Context]);
  const machine = core.machines[virtual.options.machine]!;
  const answer = answerOf(machine.system!, virtual, { code, vector, address, context: virtual.epc, message, fault });
  const { handler } = answer;
  const wrong = answer.wrong ?? handlerFault(cpu, virtual, handler);
  if (wrong !== null) return yield* core.fail(cpu, machine, `its kernel ${wrong}`, answer.thrown);
  if (handler === null) {
    registers.status = status;
    virtual.epc = epc;
    return;
  }
  // A kernel's miss belongs to the service that missed, with all that the guest does about it.
  if (vector === Vector.Refill && kernels && processor.services !== null) handler.service = processor.service;
  if (handler.counted && processor.services !== null) processor.services.counts[handler.service]++;
  // A handler that simply ends returns to whoever was interrupted, with the Status of then.
  handler.interrupted = endOf(handler, context, status);
  handler.status = -1;
}

/** What a guest's kernel answers an exception with: a handler, or none, or what is wrong. */
interface Answer {
  readonly handler: Context | null;
  readonly wrong: string | null;
  readonly thrown?: unknown;
}

/** Makes a handler what the virtual processor does next; what is wrong with it, if anything is. */
function handlerFault({ processor }: MonitorCpu, virtual: VirtualProcessor, handler: Context | null): string | null {
  const fault = handler === null ? null : (processor.contextFault(handler) ?? virtual.take(handler));
  return fault === null ? null : `answers with ${fault}`;
}

/** Asks a guest's kernel, which may throw or answer with anything. */
function answerOf(system: GuestSystem, virtual: VirtualProcessor, exception: Exception): Answer {
  let handler: unknown;
  try {
    handler = system.exception(virtual, exception);
  } catch (thrown) {
    return { handler: null, wrong: `threw ${described(thrown)}`, thrown };
  }
  const good = handler === null || Context.is(handler);
  return good
    ? { handler: handler as Context | null, wrong: null }
    : {
        handler: null,
        wrong: `answers exception ${exception.code} with ${described(handler)}; give a context or null`,
      };
}

/** Takes the interrupt that is pending for a virtual processor. */
export function* injectInterrupt(core: Core, cpu: MonitorCpu, virtual: VirtualProcessor): Code {
  const { registers, interrupts } = virtual;
  const external = (registers.status & InterruptLine.External) !== 0;
  const message = external ? (interrupts.shift() ?? null) : null;
  if (interrupts.length === 0) registers.setLine(InterruptLine.External, false);
  core.statistics.interruptsInjected++;
  yield* inject(core, cpu, virtual, {
    code: ExceptionCode.Interrupt,
    vector: Vector.General,
    address: -1,
    message,
  });
}

/** Registers that may have changed whenever the guest goes on: they are written to its special page each time. */
export const CHANGING: readonly number[] = [Register.Status, Register.Cause, Register.EntryHi];

/** Writes registers to the special page, where the guest will read them. EPC reads as 0, as on hardware. */
export function* writeSpecial({ options, registers }: VirtualProcessor, which: readonly number[]): Code {
  for (const register of which) yield store(options.special.address + 4 * register, registers.read(register));
}

/** Reads registers that the guest has written to its special page. */
export function* readSpecial({ options, registers }: VirtualProcessor, which: readonly number[]): Code {
  for (const register of which) registers.write(register, yield load(options.special.address + 4 * register));
}

/**
 * What comes behind the end of a context of a guest: a return to `target`, with `status` in Status; as the instruction leaves it if
 * that is not given.
 */
export function endOf({ activity }: Context, target: Context | null, status = -1): Context {
  const program: Program = { next: () => ({ done: false, value: returnFromException(target) }) };
  const end = new Context(program, activity);
  if (status !== -1) end.status = status >>> 0;
  return end;
}
