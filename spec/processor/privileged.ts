/**
 * For specs about privileged software: a small machine with pages of 4 KB and a layout, a kernel that records the
 * exceptions it is told of and answers them as the spec says, and the idioms of programs in kernel mode.
 */
import type { InterruptMessage } from '../../lib/messages/coherence-messages.js';
import { Context } from '../../lib/processor/context.js';
import {
  returnFromException,
  tlbWriteIndexed,
  writeRegister,
  type Operation,
  type Program,
} from '../../lib/processor/operations.js';
import type { Processor } from '../../lib/processor/processor.js';
import { Mode, Register, Status } from '../../lib/processor/registers.js';
import { Activity, type Exception, type SystemSoftware } from '../../lib/processor/software.js';
import { defaults, matrix, wire, type Machine, type MachineOptions } from '../system/wire.js';

export const PAGE = 4096;
export const LINE = 64;

/** Modes by name. */
export const MODES = Object.entries(Mode) as [keyof typeof Mode, number][];

/** An exception as software finds it. */
export interface Taken {
  readonly code: number;
  readonly vector: number;
  readonly address: number;
  readonly context: Context | null;
  readonly message: InterruptMessage | null;
  readonly at: number;
  readonly mode: number;
  readonly status: number;
  readonly cause: number;
  readonly badVAddr: number;
}

/** What a kernel answers an exception with. */
export type Answer = (exception: Exception, processor: Processor) => Context | null;

/** Answers exceptions as it is told, and records them. */
export class Kernel implements SystemSoftware {
  readonly taken: Taken[] = [];
  readonly services?: readonly string[];
  private readonly answer: Answer;

  constructor(answer: Answer, services?: readonly string[]) {
    this.answer = answer;
    if (services !== undefined) this.services = services;
  }

  exception(processor: Processor, exception: Exception): Context | null {
    const { registers } = processor;
    this.taken.push({
      ...exception,
      at: processor.simulation.now,
      mode: registers.mode,
      status: registers.status,
      cause: registers.read(Register.Cause),
      badVAddr: registers.read(Register.BadVAddr) >>> 0,
    });
    return this.answer(exception, processor);
  }

  ended(): void {}
}

/** A program of code in kernel mode. */
export type Code = Generator<Operation, void, number>;

/** A machine of nodes with one processor each, unless told otherwise; physical pages are frames. */
export function machineOf(nodes: number, changes: Partial<MachineOptions> = {}): Machine {
  const frames = (changes.frames ?? defaults(nodes).frames).reduce((sum, count) => sum + count, 0);
  return wire(nodes, {
    pageBytes: PAGE,
    lineBytes: LINE,
    tlbEntries: 8,
    topology: matrix(nodes, 19),
    layout: Int32Array.from({ length: frames }, (_, page) => page),
    ...changes,
  });
}

/** Runs a program for each processor, in kernel mode, to the end. */
export function boot(
  programs: readonly (Program | null)[],
  answer: Answer = unexpected,
  changes: Partial<MachineOptions> = {},
  services?: readonly string[],
): { machine: Machine; kernel: Kernel; taken: readonly Taken[] } {
  const machine = machineOf(changes.processors?.length ?? programs.length, changes);
  const kernel = new Kernel(answer, services);
  machine.cpus.forEach((cpu, i) => cpu.load(kernel, programs[i] ? new Context(programs[i], Activity.Kernel) : null));
  machine.sim.run();
  for (const cpu of machine.cpus) cpu.settle();
  return { machine, kernel, taken: kernel.taken };
}

/** Exceptions that a spec does not expect. */
export function unexpected({ code, address }: Exception): never {
  throw new Error(`exception ${code} about 0x${address.toString(16)} is not expected`);
}

/** A handler that executes operations and ends. */
export function handler(operations: readonly Operation[] = [], activity: number = Activity.Interrupt): Context {
  return new Context(operations.values(), activity);
}

/** Skips the instruction that took the exception, with a result. */
export function skip(result = 0): Answer {
  return ({ context }) => {
    context!.complete(result);
    return null;
  };
}

/** Executes operations; their results. */
export function* each(operations: readonly Operation[], results: number[] = []): Code {
  for (const operation of operations) results.push(yield operation);
}

/** Writes a TLB entry for the pair of a virtual page. */
export function* mapPair(index: number, page: number, even: number, odd: number, asid = 0): Code {
  yield writeRegister(Register.Index, index);
  yield writeRegister(Register.EntryHi, ((page >>> 1) << 13) | asid);
  yield writeRegister(Register.EntryLo0, even);
  yield writeRegister(Register.EntryLo1, odd);
  yield tlbWriteIndexed();
}

/** Status for a mode, with interrupts on all lines enabled. */
export function statusOf(mode: number, more = 0): number {
  return (mode << 3) | Status.IE | Status.IM | more;
}

/** Enters a program in a mode, as a kernel does that starts one. It does not come back. */
export function* enter(mode: number, program: Program, activity?: number): Code {
  yield writeRegister(Register.Status, statusOf(mode, Status.EXL));
  yield returnFromException(new Context(program, activity));
}
