/**
 * What a processor executes. A program is an iterator of operations; what an operation yields goes back into the
 * iterator. User programs may be executed ahead of the clock, so they must not look at anything but their own state and
 * what operations return; system software is executed at the present and may.
 */
import type { MachineFrame } from '../messages/addresses.js';
import type { CommandContent } from '../messages/io-messages.js';
import type { Context } from './context.js';
import type { References } from './references.js';

/** Kinds of operations. */
export const Op = {
  Compute: 0,
  Block: 1,
  Load: 2,
  Store: 3,
  MachineLoad: 4,
  MachineStore: 5,
  CopyFrame: 6,
  ClearFrame: 7,
  Interrupt: 8,
  Wait: 9,
  Call: 10,
  Fence: 11,
  LoadLinked: 12,
  StoreConditional: 13,
  Copy: 14,
  Zero: 15,
  SpinWhile: 16,
  Annotate: 17,
  MonitorCall: 18,
  Resume: 19,
  ReadRegister: 20,
  WriteRegister: 21,
  TlbRead: 22,
  TlbWriteIndexed: 23,
  TlbWriteRandom: 24,
  TlbProbe: 25,
  ReturnFromException: 26,
  WaitForInterrupt: 27,
  DeviceCommand: 28,
  DeviceRead: 29,
} as const;

/** The first of the operations that only kernel mode may execute; all behind it are of that kind. */
export const FIRST_PRIVILEGED = Op.ReadRegister;

/**
 * An operation. Fields that a kind does not use are 0 or null. Make one with the functions of this file, which name and
 * describe the numbers. What the fields hold, by kind:
 *
 * | kind                        | `a`                 | `b`                  | `c`           | `d`              |
 * | --------------------------- | ------------------- | -------------------- | ------------- | ---------------- |
 * | `Compute`                   | cycles, 0 to 2^40   |                      |               |                  |
 * | `Block`                     | first index         | index after the last |               |                  |
 * | `Load`, `LoadLinked`        | virtual address     |                      |               |                  |
 * | `Store`, `StoreConditional` | virtual address     | value                |               |                  |
 * | `MachineLoad`               | frame               | offset               |               |                  |
 * | `MachineStore`              | frame               | offset               | value         |                  |
 * | `CopyFrame`                 | frame copied from   | frame copied to      | cycles a line |                  |
 * | `ClearFrame`                | frame               |                      | cycles a line |                  |
 * | `Interrupt`                 | processor           | code, 1 to 2^31 - 1  | an integer    |                  |
 * | `Copy`                      | address copied from | address copied to    | bytes         | cycles a line    |
 * | `Zero`                      | virtual address     |                      | bytes         | cycles a line    |
 * | `SpinWhile`                 | virtual address     | value waited out     | cycles a turn |                  |
 * | `Annotate`                  | service or -1       | activity or -1       | 1: counts     | 1: asks the time |
 * | `ReadRegister`              | Register            |                      |               |                  |
 * | `WriteRegister`             | Register            | value                |               |                  |
 * | `DeviceCommand`             | cache of a bridge   | device               |               |                  |
 * | `DeviceRead`                | cache of a bridge   | device               | register      |                  |
 *
 * - Addresses are in bytes; of addresses and values 32 bits count. Addresses of words are multiples of 4, or an address error.
 * - Offsets are in bytes, a multiple of 4 within a frame. Bytes are a multiple of 4 up to 2^32.
 * - Frames, processors, bridges and devices are numbers of the machine; a line is one of the coherence protocol.
 * - Cycles of a line are 0 to 2^40, of a turn 1 to 2^40, whole numbers. Activities are indices into ACTIVITIES.
 *
 * The other kinds use no numbers. `check-operation.ts` checks most of these ranges; alignment and bridges are checked where they are executed.
 */
export interface Operation {
  readonly kind: (typeof Op)[keyof typeof Op];
  /** Numbers, whose meaning depends on the kind: see the table. */
  readonly a: number;
  /** As `a`. */
  readonly b: number;
  /** As `a`. */
  readonly c: number;
  /** As `a`. */
  readonly d: number;
  /** What a `Block` executes; null for the other kinds. */
  readonly references: References | null;
  /**
   * What a `Call` or `MonitorCall` asks for, the command of a `DeviceCommand`, the context that a `Resume` or
   * `ReturnFromException` continues (null for that in EPC); null for the other kinds.
   */
  readonly request: unknown;
}

/** A program: yields operations and takes the value of each. It ends when the iterator does. */
export type Program = Iterator<Operation, void, number>;

function operation(kind: Operation['kind'], a = 0, b = 0, c = 0, d = 0, request: unknown = null): Operation {
  return { kind, a, b, c, d, references: null, request };
}

/** Executes instructions that touch no memory: `cycles` of them, a non-negative integer. */
export const compute = (cycles: number): Operation => operation(Op.Compute, cycles, 0, 0);

/** Executes packed references from index `from` up to, not including, `to`. */
export const block = (references: References, from: number, to: number): Operation => ({
  kind: Op.Block,
  a: from,
  b: to,
  c: 0,
  d: 0,
  references,
  request: null,
});

/** Loads the 32-bit word at a virtual address, a multiple of 4 or an address error is taken; its value is the result. */
export const load = (address: number): Operation => operation(Op.Load, address, 0, 0);

/** Stores a 32-bit word at a virtual address. */
export const store = (address: number, value: number): Operation => operation(Op.Store, address, value, 0);

/** Loads the word at `offset` bytes into a frame, past the TLB: for system software. */
export const machineLoad = (frame: MachineFrame, offset: number): Operation =>
  operation(Op.MachineLoad, frame, offset, 0);

/** Stores a word at `offset` bytes into a frame, past the TLB: for system software. */
export const machineStore = (frame: MachineFrame, offset: number, value: number): Operation =>
  operation(Op.MachineStore, frame, offset, value);

/** Copies a frame line by line through the caches, `cyclesPerLine` instructions for each. */
export const copyFrame = (from: MachineFrame, to: MachineFrame, cyclesPerLine: number): Operation =>
  operation(Op.CopyFrame, from, to, cyclesPerLine);

/** Fills a frame with zeros line by line through the caches. */
export const clearFrame = (frame: MachineFrame, cyclesPerLine: number): Operation =>
  operation(Op.ClearFrame, frame, 0, cyclesPerLine);

/** Sends an interrupt to a processor: `code` from 1 up (0 is the hardware's), and one integer. */
export const interrupt = (to: number, code: number, a: number): Operation => operation(Op.Interrupt, to, code, a);

/** Does nothing until somebody calls `wake` on this processor. Interrupts are served meanwhile. */
export const wait = (): Operation => operation(Op.Wait);

/** A system call: asks the system software for a service. Its result is what the software completes it with. */
export const call = (request: unknown): Operation => operation(Op.Call, 0, 0, 0, 0, request);

/** Waits until the stores before it have reached the caches. Without a store buffer they have, and it takes its cycle. */
export const fence = (): Operation => operation(Op.Fence);

/** Loads the word at a virtual address, after the stores before it, and links to it. */
export const loadLinked = (address: number): Operation => operation(Op.LoadLinked, address, 0, 0);

/**
 * Stores a word if the link to its address holds, and takes the link away. The result is 1 if it stored, or else 0. A link
 * breaks when the line is invalidated or evicted, at every trap, and when a handler returns.
 */
export const storeConditional = (address: number, value: number): Operation =>
  operation(Op.StoreConditional, address, value, 0);

/**
 * Copies bytes between virtual addresses as a loop of loads and stores does, `cyclesPerLine` instructions for each line of
 * the coherence protocol. Whole lines where both addresses allow it, otherwise words. `bytes` is a multiple of 4.
 * Interruptible at each access and resumed there.
 */
export const copy = (from: number, to: number, bytes: number, cyclesPerLine: number): Operation =>
  operation(Op.Copy, from, to, bytes, cyclesPerLine);

/** Fills bytes at a virtual address with zeros; otherwise as `copy`. */
export const zero = (address: number, bytes: number, cyclesPerLine: number): Operation =>
  operation(Op.Zero, address, 0, bytes, cyclesPerLine);

/**
 * Loads a word again and again while it is `value`, a turn of the loop every `cyclesPerTurn` cycles; the result is the
 * value that ended it. Costs exactly what spinning costs, and no events: nothing happens until the line is taken away.
 */
export const spinWhile = (address: number, value: number, cyclesPerTurn: number): Operation =>
  operation(Op.SpinWhile, address, value, cyclesPerTurn);

/**
 * For accounting, in no time: from now on the time of the context at hand belongs to a service and to an activity; -1
 * leaves either as it is. With `counted` it is another instance of the service. The result is the activity before.
 */
export const annotate = (service: number, activity = -1, counted = false): Operation =>
  operation(Op.Annotate, service, activity, counted ? 1 : 0);

/**
 * For accounting, in no time: the result is the present in simulated nanoseconds, which no software on a real machine could read
 * for nothing. For what a system reports of itself, never for what it decides.
 */
export const presentNs = (): Operation => operation(Op.Annotate, -1, -1, 0, 1);

/** Asks the monitor for a service. On a machine without a monitor it is a reserved instruction. */
export const monitorCall = (request: unknown): Operation => operation(Op.MonitorCall, 0, 0, 0, 0, request);

/**
 * Goes on with another context in the same mode, as a kernel does that switches stacks. The one at hand is suspended. What is no
 * context is a reserved instruction.
 */
export const resume = (context: Context): Operation => operation(Op.Resume, 0, 0, 0, 0, context);

/** Reads a system register (Register): the result is its value. Privileged, as all that follow. */
export const readRegister = (register: number): Operation => operation(Op.ReadRegister, register);

/** Writes those bits of a system register that can be written. */
export const writeRegister = (register: number, value: number): Operation =>
  operation(Op.WriteRegister, register, value);

/** Reads the TLB entry that Index names into EntryHi, EntryLo0 and EntryLo1. */
export const tlbRead = (): Operation => operation(Op.TlbRead);

/** Writes EntryHi, EntryLo0 and EntryLo1 into the TLB entry that Index names. */
export const tlbWriteIndexed = (): Operation => operation(Op.TlbWriteIndexed);

/** Writes EntryHi, EntryLo0 and EntryLo1 into a TLB entry from Wired up, chosen at random. */
export const tlbWriteRandom = (): Operation => operation(Op.TlbWriteRandom);

/** Looks for an entry that matches EntryHi; Index says which, or has its sign bit set. */
export const tlbProbe = (): Operation => operation(Op.TlbProbe);

/**
 * Returns from an exception: EXL is cleared, and the context in EPC goes on, or the one given, which the software has put
 * there (that instruction is its own to count).
 */
export const returnFromException = (context: Context | null = null): Operation =>
  operation(Op.ReturnFromException, 0, 0, 0, 0, context);

/** Waits until an interrupt is pending, whether it may be taken or not. */
export const waitForInterrupt = (): Operation => operation(Op.WaitForInterrupt);

/**
 * Tells a device what to do: `device` behind the I/O bridge that is cache `bridge`. Posted: it is on its way when the
 * operation is done. Stands for the uncached stores that write a command into a controller's registers.
 */
export const deviceCommand = (bridge: number, device: number, command: CommandContent): Operation =>
  operation(Op.DeviceCommand, bridge, device, 0, 0, command);

/** Reads a register of a device, an uncached load: the result is its value, NO_DEVICE if there is none. */
export const deviceRead = (bridge: number, device: number, register: number): Operation =>
  operation(Op.DeviceRead, bridge, device, register);
