/** Exceptions of guests: what hardware does on the bare machine, done to a virtual processor. */
import type { Processor } from '../../processor/processor.js';
import { Context } from '../../processor/context.js';
import { returnFromException, store, type Program } from '../../processor/operations.js';
import { ExceptionCode, InterruptLine, Register, Vector } from '../../processor/registers.js';
import type { InterruptMessage } from '../../coherence/messages.js';
import type { Core } from '../core.js';
import type { Steps } from '../steps.js';
import type { GuestSystem } from '../virtual-machine.js';
import type { VirtualProcessor } from './virtual-processor.js';

/** An exception that a guest is to see. */
export interface GuestException {
  readonly code: number;
  readonly vector: number;
  /** The address it is about, -1 if none. */
  readonly address: number;
  readonly message?: InterruptMessage | null;
}

const TRANSLATION: readonly number[] = [ExceptionCode.TlbLoad, ExceptionCode.TlbStore, ExceptionCode.Modified];

/**
 * Has the guest go on at its vector: its registers say why, and its handler is what the virtual processor does next. A
 * guest that has nothing to execute for it goes on where it was.
 */
export function* inject(core: Core, processor: Processor, virtual: VirtualProcessor, exception: GuestException): Steps {
  const { registers } = virtual;
  const { code, vector, address, message = null } = exception;
  yield core.code.step('inject');
  core.statistics.injected++;
  const kernels = virtual.inKernel;
  const { status } = registers;
  const { epc, context } = virtual;
  // EPC stays at exception level, as on hardware.
  if (!registers.exceptional) virtual.epc = context;
  registers.enter(code, address, TRANSLATION.includes(code));
  const system = core.machines[virtual.options.machine]!.system as GuestSystem;
  const handler = system.exception(virtual, { code, vector, address, context: virtual.epc, message });
  if (handler === null) {
    registers.status = status;
    virtual.epc = epc;
    return;
  }
  // A kernel's miss in its own segment belongs to the service that missed, with all that the guest does about it.
  if (vector === Vector.Refill && kernels && processor.services !== null) handler.service = processor.service;
  if (handler.counted && processor.services !== null) processor.services.counts[handler.service]++;
  // A handler that simply ends returns to whoever was interrupted, with the Status of then.
  handler.interrupted = endOf(handler, context, status);
  handler.status = -1;
  virtual.context = handler;
}

/** Takes the interrupt that is pending for a virtual processor. */
export function* injectInterrupt(core: Core, processor: Processor, virtual: VirtualProcessor): Steps {
  const { registers, interrupts } = virtual;
  const external = (registers.status & InterruptLine.External) !== 0;
  const message = external ? (interrupts.shift() ?? null) : null;
  if (interrupts.length === 0) registers.setLine(InterruptLine.External, false);
  core.statistics.interruptsInjected++;
  yield* inject(core, processor, virtual, {
    code: ExceptionCode.Interrupt,
    vector: Vector.General,
    address: -1,
    message,
  });
}

/** Writes the registers of the special page that the guest will read there. EPC reads as 0, as on hardware. */
export function* writeSpecial(virtual: VirtualProcessor): Steps {
  const { address } = virtual.options.special;
  for (const register of [Register.Status, Register.Cause, Register.EntryHi])
    yield store(address + 4 * register, virtual.registers.read(register));
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
