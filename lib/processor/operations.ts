/**
 * What a processor executes. A program is an iterator of operations; what an operation yields goes back into the
 * iterator. User programs may be executed ahead of the clock, so they must not look at anything but their own state and
 * what operations return; system software is executed at the present and may.
 */
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
} as const;

/** An operation. Fields that a kind does not use are 0 or null. */
export interface Operation {
  readonly kind: (typeof Op)[keyof typeof Op];
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly references: References | null;
  readonly request: unknown;
}

/** A program: yields operations and takes the value of each. It ends when the iterator does. */
export type Program = Iterator<Operation, void, number>;

function operation(kind: Operation['kind'], a: number, b: number, c: number): Operation {
  return { kind, a, b, c, references: null, request: null };
}

/** Executes instructions that touch no memory: `cycles` of them, a non-negative integer. */
export const compute = (cycles: number): Operation => operation(Op.Compute, cycles, 0, 0);

/** Executes packed references from index `from` up to, not including, `to`. */
export const block = (references: References, from: number, to: number): Operation => ({
  kind: Op.Block,
  a: from,
  b: to,
  c: 0,
  references,
  request: null,
});

/** Loads the 32-bit word at a virtual address; its value is the result. */
export const load = (address: number): Operation => operation(Op.Load, address, 0, 0);

/** Stores a 32-bit word at a virtual address. */
export const store = (address: number, value: number): Operation => operation(Op.Store, address, value, 0);

/** Loads the word at `offset` bytes into a frame, past the TLB: for system software. */
export const machineLoad = (frame: number, offset: number): Operation => operation(Op.MachineLoad, frame, offset, 0);

/** Stores a word at `offset` bytes into a frame, past the TLB: for system software. */
export const machineStore = (frame: number, offset: number, value: number): Operation =>
  operation(Op.MachineStore, frame, offset, value);

/** Copies a frame line by line through the caches, `cyclesPerLine` instructions for each. */
export const copyFrame = (from: number, to: number, cyclesPerLine: number): Operation =>
  operation(Op.CopyFrame, from, to, cyclesPerLine);

/** Fills a frame with zeros line by line through the caches. */
export const clearFrame = (frame: number, cyclesPerLine: number): Operation =>
  operation(Op.ClearFrame, frame, 0, cyclesPerLine);

/** Sends an interrupt to a processor: `code` from 1 up (0 is the hardware's), and one integer. */
export const interrupt = (to: number, code: number, a: number): Operation => operation(Op.Interrupt, to, code, a);

/** Does nothing until somebody calls `wake` on this processor. Interrupts are served meanwhile. */
export const wait = (): Operation => operation(Op.Wait, 0, 0, 0);

/** Asks the system software for a service; its result is the result. */
export const call = (request: unknown): Operation => ({ kind: Op.Call, a: 0, b: 0, c: 0, references: null, request });

/** Waits until the stores before it have reached the caches. Without a store buffer they have, and it takes its cycle. */
export const fence = (): Operation => operation(Op.Fence, 0, 0, 0);

/** Loads the word at a virtual address, after the stores before it, and links to it. */
export const loadLinked = (address: number): Operation => operation(Op.LoadLinked, address, 0, 0);

/**
 * Stores a word if the link to its address holds, and takes the link away. The result is 1 if it stored, or else 0. A link
 * breaks when the line is invalidated or evicted, at every trap, and when a handler returns.
 */
export const storeConditional = (address: number, value: number): Operation =>
  operation(Op.StoreConditional, address, value, 0);
