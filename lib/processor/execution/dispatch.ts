/**
 * What each operation does: which may begin now, which part of the processor executes it, and those that involve others, which
 * are executed here at the present. Longer than others: two switches over the kinds of operations.
 */
import type { AddressMap } from '../../messages/address-map.js';
import { InterruptMessage, type NodeMessage } from '../../messages/coherence-messages.js';
import { DeviceCommand, DeviceRead, type CommandContent } from '../../messages/io-messages.js';
import type { Port } from '../../engine/port.js';
import type { Ticks } from '../../engine/time.js';
import { Context } from '../context.js';
import { takeOver } from '../check-context.js';
import { described, OwnOperation, slip } from '../foreign.js';
import { CAN_BE_FAULTY, faultOf } from '../check-operation.js';
import { FIRST_PRIVILEGED, Op, type Operation } from '../operations.js';
import { ExceptionCode, Mode, type SystemRegisters } from '../registers.js';
import type { ProgramFault } from '../software.js';
import type { SystemUnit } from '../system-unit.js';
import type { Accounts } from './accounts.js';
import type { BlockLoop } from './block-loop.js';
import type { Copies } from './copies.js';
import type { ExceptionUnit } from './exceptions.js';
import { STOPPED, type Execution } from './execution.js';
import type { Spin } from './spin.js';
import type { StoreDrain } from './store-drain.js';
import type { Words } from './words.js';

/** Operations that continue with stores in the buffer. The others involve others, or have no values to forward. */
const WITH_STORES: readonly number[] = [Op.Compute, Op.Load, Op.Store, Op.MachineLoad, Op.MachineStore, Op.Annotate];
/** By kind of operation, 1 if it begins only when the store buffer is empty. */
const WAITS_FOR_STORES = Uint8Array.from(Object.values(Op), kind => Number(!WITH_STORES.includes(kind)));

/** By kind of operation, 1 if its cycle comes before its effect, which is at the present. */
const TAKES_CYCLE = Uint8Array.from(Object.values(Op), kind => Number(kind >= Op.SpinWhile && kind !== Op.Annotate));
/** Operations on frames and on other processors, which only system software may execute. */
const FOR_SYSTEMS: readonly number[] = [Op.MachineLoad, Op.MachineStore, Op.CopyFrame, Op.ClearFrame, Op.Interrupt];
/** By kind of operation, 1 if only kernel mode may execute it. */
const PRIVILEGED = Uint8Array.from(Object.values(Op), kind =>
  Number(kind >= FIRST_PRIVILEGED || FOR_SYSTEMS.includes(kind)),
);

/** What the dispatch is made with. */
export interface DispatchParts {
  readonly processor: number;
  readonly node: Port<NodeMessage, NodeMessage>;
  readonly map: AddressMap;
  readonly period: Ticks;
  /** Length of a message without data. */
  readonly controlFlits: number;
  readonly unit: SystemUnit;
  readonly execution: Execution;
  readonly accounts: Accounts;
  readonly stores: StoreDrain;
  readonly exceptions: ExceptionUnit;
  readonly words: Words;
  readonly spin: Spin;
  readonly copies: Copies;
  readonly blocks: BlockLoop;
}

/** Executes the operations of one processor. It owns the wake-up that no wait has used yet. */
export class Dispatch {
  /** A `wake` that the next wait uses up. */
  woken = false;
  private readonly processor: number;
  private readonly node: Port<NodeMessage, NodeMessage>;
  private readonly map: AddressMap;
  private readonly period: Ticks;
  private readonly controlFlits: number;
  private readonly unit: SystemUnit;
  private readonly registers: SystemRegisters;
  private readonly execution: Execution;
  private readonly accounts: Accounts;
  private readonly stores: StoreDrain;
  private readonly exceptions: ExceptionUnit;
  private readonly words: Words;
  private readonly spin: Spin;
  private readonly copies: Copies;
  private readonly blocks: BlockLoop;

  constructor(parts: DispatchParts) {
    this.processor = parts.processor;
    this.node = parts.node;
    this.map = parts.map;
    this.period = parts.period;
    this.controlFlits = parts.controlFlits;
    this.unit = parts.unit;
    this.registers = parts.unit.registers;
    this.execution = parts.execution;
    this.accounts = parts.accounts;
    this.stores = parts.stores;
    this.exceptions = parts.exceptions;
    this.words = parts.words;
    this.spin = parts.spin;
    this.copies = parts.copies;
    this.blocks = parts.blocks;
  }

  /** Performs an operation from `time` on. Returns when it is done, or where it has come to the horizon, or STOPPED. */
  perform(frame: Context, operation: Operation, time: Ticks, horizon: Ticks): Ticks {
    const { a, b, c, kind } = operation;
    const { exceptions, execution } = this;
    if (this.stores.buffer.size > 0 && WAITS_FOR_STORES[kind] === 1) return this.stores.wait(time, horizon);
    if (PRIVILEGED[kind] === 1 && this.registers.mode !== Mode.Kernel)
      return time > execution.now ? execution.appoint(time) : exceptions.take(ExceptionCode.CoprocessorUnusable);
    if (CAN_BE_FAULTY[kind] === 1) {
      const fault = faultOf(operation, exceptions.present);
      if (fault !== null) return exceptions.refuse(slip(fault), time, horizon);
    }
    switch (kind) {
      case Op.Block:
        return this.blocks.run(frame, operation, time, horizon);
      case Op.Compute:
        frame.operation = null;
        return time + a * this.period;
      case Op.Load:
      case Op.Store:
      case Op.LoadLinked:
      case Op.StoreConditional:
        return this.words.atAddress(frame, kind, a >>> 0, b, time, horizon);
      case Op.MachineLoad:
      case Op.MachineStore:
        return this.words.inFrame(frame, kind === Op.MachineStore ? Op.Store : Op.Load, a, b, c, time, horizon);
      case Op.CopyFrame:
      case Op.ClearFrame:
        return this.copies.ofFrames(frame, operation, time, horizon);
      case Op.Fence:
        frame.operation = null;
        return time + this.period;
      case Op.Copy:
      case Op.Zero:
        return this.copies.atAddresses(frame, operation, time, horizon);
      case Op.Annotate:
        return this.annotate(frame, operation, time);
      default:
        if (TAKES_CYCLE[kind] === 1 && !frame.gapDone) {
          frame.gapDone = true;
          return time + this.period;
        }
        if (!isKind(kind)) return exceptions.refuse(faultIn(operation), time, horizon);
        if (time > execution.now && !execution.reach(time)) return execution.appoint(time);
        execution.acted = true;
        return this.performNow(frame, operation);
    }
  }

  private annotate(frame: Context, { a, b, c, d }: Operation, time: Ticks): Ticks {
    const { accounts } = this;
    if (time > accounts.account.until) accounts.upTo(time);
    frame.operation = null;
    frame.result = d === 0 ? frame.activity : this.execution.simulation.time.ns(time);
    if (a >= 0) frame.service = a;
    if (b >= 0) frame.activity = b;
    if (c !== 0) accounts.countService(frame.service);
    return time;
  }

  /** Operations that involve others. */
  private performNow(frame: Context, operation: Operation): Ticks {
    const { a, b, c, kind, request } = operation;
    const { exceptions } = this;
    const { now } = this.execution;
    switch (kind) {
      case Op.Interrupt:
        frame.operation = null;
        this.node.send(new InterruptMessage(this.controlFlits, b, this.processor, a, c, 0));
        return now + this.period;
      case Op.Wait:
        return this.wait(frame);
      case Op.WaitForInterrupt:
        if (!this.registers.pending) return this.stop();
        frame.operation = null;
        return this.unlessInterrupted();
      case Op.Call:
        return exceptions.take(ExceptionCode.SystemCall);
      case Op.MonitorCall:
        return exceptions.take(ExceptionCode.ReservedInstruction);
      case Op.SpinWhile:
        return this.spin.turn(frame, operation);
      case Op.DeviceCommand:
        if (!this.reaches(a)) return exceptions.take(ExceptionCode.BusData);
        frame.operation = null;
        this.node.send(new DeviceCommand(this.controlFlits, this.processor, a, b, request as CommandContent));
        return now;
      case Op.DeviceRead:
        if (!this.reaches(a)) return exceptions.take(ExceptionCode.BusData);
        this.node.send(new DeviceRead(this.controlFlits, this.processor, a, b, c));
        this.accounts.stall(this.map.nodeOfProcessor[a]);
        return STOPPED;
      case Op.Resume:
        return this.resume(frame, request);
      case Op.ReturnFromException:
        return exceptions.leave(request as Context | null);
      default:
        frame.operation = null;
        frame.result = this.unit.execute(operation, now);
        return this.unlessInterrupted();
    }
  }

  private wait(frame: Context): Ticks {
    const { exceptions } = this;
    const { now } = this.execution;
    if (exceptions.guarded) return exceptions.refuse(WAITS, now, now + 1);
    if (this.woken) {
      this.woken = false;
      frame.operation = null;
      return now;
    }
    return exceptions.interruptible() ? this.execution.appoint(now) : this.stop();
  }

  private resume(frame: Context, to: unknown): Ticks {
    const { exceptions } = this;
    const { now } = this.execution;
    if (!(to instanceof Context)) return exceptions.take(ExceptionCode.ReservedInstruction);
    if (exceptions.guarded) {
      const fault = takeOver(frame, to, exceptions.present);
      if (fault !== null) return exceptions.refuse(slip(`it resumes ${fault}`), now, now + 1);
    }
    return exceptions.switchTo(to);
  }

  /** Waits for an interrupt, or to be woken. */
  private stop(): Ticks {
    const { execution } = this;
    this.accounts.upTo(execution.now);
    execution.state = 'waiting';
    return STOPPED;
  }

  /** Goes on at the present, unless the operation has let an interrupt in. */
  private unlessInterrupted(): Ticks {
    const { execution } = this;
    return this.exceptions.interruptible() ? execution.appoint(execution.now) : execution.now;
  }

  /** Whether there is a bridge with that number. */
  private reaches(bridge: number): boolean {
    return Number.isSafeInteger(bridge) && bridge >= this.map.processors && bridge < this.map.caches;
  }
}

/** Only the software of this processor could wake it, and that is not the program's. */
const WAITS = slip('it waits for system software to wake it, and has none that could; take waitForInterrupt()');

/** Whether it is a kind of operation: a program may yield anything. */
function isKind(kind: unknown): boolean {
  return Number.isInteger(kind) && (kind as number) >= 0 && (kind as number) <= Op.DeviceRead;
}

/** What is wrong with an operation whose kind does not exist. */
function faultIn(operation: Operation): ProgramFault {
  const fault = OwnOperation.is(operation) ? operation.fault : null;
  return fault ?? slip(`there is no operation ${described(operation.kind)}`);
}
