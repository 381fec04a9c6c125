/**
 * Exceptions of a processor: interrupts, traps and system calls push the handler that the software answers with; a return,
 * the end of a program and a switch of stacks continue another context. All of it is done at the present.
 */
import type { InterruptMessage } from '../../messages/coherence-messages.js';
import type { Ticks } from '../../engine/time.js';
import type { PrivateCaches } from '../caches/private-caches.js';
import type { Context } from '../context.js';
import { takeOver } from '../check-context.js';
import { crash, faultyOperation } from '../foreign.js';
import type { Present } from '../check-operation.js';
import { Op } from '../operations.js';
import type { Processor } from '../processor.js';
import { ExceptionCode, InterruptLine, Mode, Vector, type SystemRegisters } from '../registers.js';
import type { ProgramFault, SystemSoftware } from '../software.js';
import type { Tlb } from '../tlb.js';
import type { Accounts } from './accounts.js';
import type { Counts } from './counts.js';
import { STOPPED, type Execution } from './execution.js';
import type { StoreDrain } from './store-drain.js';

/** Operations, or interrupts, without any time passing before a program, or a device, is taken to be stuck. */
export const MOST_TIMELESS = 1_000_000;

/** What an exception unit is made with. */
export interface ExceptionUnitParts {
  /** Whom the software is told about. */
  readonly processor: Processor;
  readonly execution: Execution;
  readonly accounts: Accounts;
  readonly stores: StoreDrain;
  readonly caches: PrivateCaches;
  readonly tlb: Tlb;
  readonly registers: SystemRegisters;
  readonly counts: Counts;
  /** What there is on the machine, without services. */
  readonly present: Present;
}

/** The exception unit of one processor. It owns the system software, the pending interrupts and what EPC points at. */
export class ExceptionUnit {
  /** What there is on the machine, for operations that name it. */
  present: Present;
  system: SystemSoftware | null = null;
  /** The processor's program has ended, or it never had one. */
  programEnded = false;
  private readonly processor: Processor;
  private readonly execution: Execution;
  private readonly accounts: Accounts;
  private readonly stores: StoreDrain;
  private readonly caches: PrivateCaches;
  private readonly tlb: Tlb;
  private readonly registers: SystemRegisters;
  private readonly counts: Counts;
  /** Programs outside of kernel mode may be hostile: see SystemSoftware.isolates. */
  private isolates = false;
  /** What EPC points at. */
  private epc: Context | null = null;
  /** What is wrong with the program, for the exception that is about to be taken. */
  private fault: ProgramFault | null = null;
  private readonly interrupts: InterruptMessage[] = [];
  private takenAt: Ticks = -1;
  /** Interrupts taken at that time. */
  private takenAtOnce = 0;

  constructor(parts: ExceptionUnitParts) {
    this.processor = parts.processor;
    this.execution = parts.execution;
    this.accounts = parts.accounts;
    this.stores = parts.stores;
    this.caches = parts.caches;
    this.tlb = parts.tlb;
    this.registers = parts.registers;
    this.counts = parts.counts;
    this.present = parts.present;
  }

  /** The software that answers exceptions from now on. */
  attach(software: SystemSoftware): void {
    this.system = software;
    this.isolates = software.isolates === true;
    const { services } = software;
    if (services !== undefined) this.present = { ...this.present, services: services.length };
  }

  /** What executes may be hostile. */
  get guarded(): boolean {
    return this.isolates && this.registers.mode !== Mode.Kernel;
  }

  /** An interrupt has arrived. */
  pend(message: InterruptMessage): void {
    this.interrupts.push(message);
    this.registers.setLine(InterruptLine.External, true);
  }

  /** Interrupts are taken as the registers say, and by handlers that wait for other software. */
  interruptible(): boolean {
    const { state, context } = this.execution;
    if (state === 'stalled') return false;
    if (context?.operation?.kind === Op.Wait && this.interrupts.length > 0) return true;
    return this.registers.interrupting;
  }

  /** Takes a pending interrupt. */
  takeInterrupt(): void {
    const { registers, interrupts, execution } = this;
    const { now } = execution;
    this.counts.interrupts++;
    if (now !== this.takenAt) this.takenAtOnce = 0;
    this.takenAt = now;
    if (++this.takenAtOnce > MOST_TIMELESS)
      execution.fail(`took ${MOST_TIMELESS} interrupts without any time passing: nobody lowers the line`);
    // A handler that waits is reached by messages only; otherwise those come first.
    const waits = execution.context?.operation?.kind === Op.Wait;
    const message = waits || (registers.status & InterruptLine.External) !== 0 ? (interrupts.shift() ?? null) : null;
    if (interrupts.length === 0) registers.setLine(InterruptLine.External, false);
    this.raise(ExceptionCode.Interrupt, Vector.General, -1, message);
  }

  /** Takes an exception that is not an interrupt. `address` is what it is about, unsigned, or -1. Returns the present. */
  take(code: number, vector: number = Vector.General, address = -1): Ticks {
    this.counts.exceptions++;
    this.raise(code, vector, address, null);
    return this.execution.now;
  }

  /** What the program did cannot be executed: an error, or a reserved instruction of a program that may be hostile, at the present. */
  refuse(fault: ProgramFault, time: Ticks, horizon: Ticks): Ticks {
    const { execution, stores } = this;
    if (!this.guarded) execution.fail(fault.message);
    if (stores.buffer.size > 0) return stores.wait(time, horizon);
    if (time > execution.now) return execution.appoint(time);
    this.fault = fault;
    return this.take(ExceptionCode.ReservedInstruction);
  }

  /** Returns from an exception: to the context in EPC, or to that given. STOPPED if the processor has to stop for that. */
  leave(to: Context | null): Ticks {
    const { registers, execution } = this;
    this.accounts.upTo(execution.now);
    execution.top.operation = null;
    this.caches.linkedLine = -1;
    registers.leave();
    this.tlb.setMode(registers.mode);
    return this.continueWith(to ?? this.epc) ? execution.now : STOPPED;
  }

  /** Suspends what executes and continues another context in the same mode. STOPPED if the processor has to stop for that. */
  switchTo(to: Context): Ticks {
    const { execution } = this;
    const { top } = execution;
    this.accounts.upTo(execution.now);
    top.operation = null;
    this.suspend(top);
    return this.continueWith(to) ? execution.now : STOPPED;
  }

  /** Ends what executes. False if the processor has to stop for that. */
  end(): boolean {
    const { execution, registers } = this;
    const ended = execution.top;
    execution.acted = true;
    this.accounts.upTo(execution.now);
    if (ended.activity >= 0) this.caches.linkedLine = -1;
    if (this.guarded) {
      if (!this.endHostile(ended)) return true;
    } else if (ended.status >= 0) {
      registers.status = ended.status;
      this.tlb.setMode(registers.mode);
    }
    return this.continueWith(ended.interrupted);
  }

  /** A context that may be hostile ends, whose Status is not the machine's. False if what it returns to cannot be executed: then it has a fault. */
  private endHostile(ended: Context): boolean {
    const { interrupted } = ended;
    const fault = interrupted === null ? null : takeOver(ended, interrupted, this.present);
    if (fault === null) return true;
    ended.done = false;
    ended.operation = faultyOperation(crash(`its program returns to ${fault}`));
    return false;
  }

  /** The software's handler goes on top of what executes. */
  private raise(code: number, vector: number, address: number, message: InterruptMessage | null): void {
    const { registers, epc, execution } = this;
    const { context } = execution;
    const { status } = registers;
    execution.acted = true;
    this.accounts.upTo(execution.now);
    this.caches.linkedLine = -1;
    // EPC stays at exception level, where a handler is lost that takes an exception. One that waits is to come back.
    if (!registers.exceptional || context?.operation?.kind === Op.Wait) this.epc = context;
    registers.enter(code, address, translates(code));
    this.tlb.setMode(registers.mode);
    const { fault } = this;
    this.fault = null;
    const exception = { code, vector, address, context: this.epc, message, fault };
    const handler = this.system!.exception(this.processor, exception);
    if (handler === null) {
      registers.status = status;
      this.tlb.setMode(registers.mode);
      this.epc = epc;
      return;
    }
    if (handler.counted) this.accounts.countService(handler.service);
    if (context !== null) this.suspend(context);
    execution.mode = 0;
    handler.interrupted = context;
    handler.status = status >>> 0;
    execution.context = handler;
    if (execution.observer !== null) execution.observer.entered?.(handler, exception);
  }

  /** Keeps what the processor holds for a context. */
  private suspend(context: Context): void {
    context.line = this.caches.wholeLine;
    context.mode = this.execution.mode;
  }

  /** Continues a context, or none. False if the processor has to stop for that. */
  private continueWith(context: Context | null): boolean {
    const { execution } = this;
    execution.context = context;
    if (context !== null) {
      this.caches.wholeLine = context.line;
      execution.mode = context.mode;
    } else execution.state = 'idle';
    if (execution.observer !== null) execution.observer.continued?.(context);
    if (this.interruptible()) {
      execution.continueAt(execution.now);
      return false;
    }
    if (context !== null) return true;
    if (!this.programEnded) {
      this.programEnded = true;
      this.system!.ended(this.processor);
    }
    return false;
  }
}

/** Exceptions that are about a translation, and put it into EntryHi and Context. */
function translates(code: number): boolean {
  return code === ExceptionCode.TlbLoad || code === ExceptionCode.TlbStore || code === ExceptionCode.Modified;
}
