/**
 * A stream of a whole-system trace as steps of a guest: references are cut where the mode changes and where an
 * instruction of the system stands, and the recorded handlers of TLB refills are taken out.
 *
 * The vectors are those of MIPS32 release 2: refills at the first byte of a page (EBase), other exceptions at 0x180,
 * interrupts from 0x200 on, 0x100 apart. The page is found by the handler that ends with tlbwr and eret.
 */
import type { EnterCause, Privileged, SystemCounts, SystemStep } from '../../guest/recorded/image.js';
import { ReferenceKind } from '../../processor/references.js';
import { NtrSpecial } from '../../traces/ntr/ntr.js';
import { TraceError, type RecordedStream, type TraceMark } from '../../traces/trace.js';

/** Offsets of the vectors in their page. */
const GENERAL = 0x180;
const INTERRUPTS = 0x200;
const INTERRUPT_SPACING = 0x100;
/** Instructions between the last of a block and the exception that it takes: it, and what is in its delay slot. */
const DELAY = 2;

/** Operations by code; those that are missing are ordinary instructions, or are steps of their own. */
const OPERATIONS: Readonly<Record<number, Privileged>> = {
  [NtrSpecial.mfc0]: 'mfc0',
  [NtrSpecial.mtc0]: 'mtc0',
  [NtrSpecial.tlbr]: 'tlbr',
  [NtrSpecial.tlbwi]: 'tlbwi',
  [NtrSpecial.tlbwr]: 'tlbwr',
  [NtrSpecial.tlbp]: 'tlbp',
  [NtrSpecial.wait]: 'wait',
  [NtrSpecial.di]: 'di',
  [NtrSpecial.ei]: 'ei',
  [NtrSpecial.cache]: 'cache',
  [NtrSpecial.mt]: 'mt',
};

/** A stream that is cut into steps. `words` are as recorded. */
export interface CutStream {
  readonly words: Int32Array;
  readonly gaps: Uint16Array;
  readonly steps: SystemStep[];
  readonly kept: SystemCounts;
  readonly removed: SystemCounts;
  readonly removedRefills: number;
}

/** How streams are cut. */
export interface CutOptions {
  /** Where the page of the vectors begins, unsigned. */
  readonly vectors: number;
  /** Whether `cache` instructions are privileged operations, or ordinary instructions. */
  readonly cacheOperations: boolean;
}

/** No instructions. */
export function noCounts(): SystemCounts {
  return { userInstructions: 0, kernelInstructions: 0, loads: 0, stores: 0, special: new Array<number>(32).fill(0) };
}

/** Adds counts to others. */
export function addCounts(to: SystemCounts, from: SystemCounts): void {
  to.userInstructions += from.userInstructions;
  to.kernelInstructions += from.kernelInstructions;
  to.loads += from.loads;
  to.stores += from.stores;
  from.special.forEach((count, code) => (to.special[code] += count));
}

/** Cuts a stream that was read with `specials`. Throws a TraceError where it enters user mode without an eret. */
export function cutStream(name: string, stream: RecordedStream, options: CutOptions): CutStream {
  return new Cutter(name, stream, options).cut();
}

class Cutter {
  private readonly name: string;
  private readonly stream: RecordedStream;
  private readonly options: CutOptions;
  private readonly words: Int32Array;
  private readonly gaps: Uint16Array;
  private length = 0;
  private readonly steps: SystemStep[] = [];
  private readonly kept = noCounts();
  private readonly removed = noCounts();
  private removedRefills = 0;
  /** Instructions that steps account for, as numbered in the recording. */
  private done = 0;
  private user: boolean | null = null;
  private inRefill = false;
  /** First reference of the run that has not become a step. */
  private runFrom = 0;
  /** The last return, whose target the next fetch tells, or -1. */
  private returning = -1;
  /** Modes that the visits of the kernel at hand came from. */
  private readonly visits: boolean[] = [];
  private lastSpecial = { code: 0, instruction: -DELAY - 1 };

  constructor(name: string, stream: RecordedStream, options: CutOptions) {
    this.name = name;
    this.stream = stream;
    this.options = options;
    this.words = new Int32Array(stream.words.length);
    this.gaps = new Uint16Array(stream.words.length);
  }

  cut(): CutStream {
    const { words, gaps, marks, tail } = this.stream;
    let mark = 0;
    let position = 0;
    for (let i = 0; i < words.length; i++) {
      position += gaps[i];
      for (; mark < marks.length && marks[mark].at <= i; mark++) this.mark(marks[mark]);
      this.reference(words[i], position);
    }
    for (; mark < marks.length; mark++) this.mark(marks[mark]);
    if (this.inRefill) this.removed.kernelInstructions += position + tail - this.done;
    else this.computeUpTo(position + tail);
    this.endRun();
    const { steps, kept, removed, removedRefills, length } = this;
    const packed = { words: this.words.slice(0, length), gaps: this.gaps.slice(0, length) };
    return { ...packed, steps, kept, removed, removedRefills };
  }

  private mark(mark: TraceMark): void {
    if (mark.kind === 'special') this.special(mark.code, mark.instruction);
    else if (mark.kind === 'task') this.step({ kind: 'task', task: mark.task });
    else if (mark.kind === 'map') this.step({ kind: 'map', page: mark.page, physical: mark.physical });
  }

  private special(code: number, instruction: number): void {
    if (this.inRefill) {
      this.removed.special[code]++;
      if (code === NtrSpecial.tlbwr) this.removedRefills++;
      return;
    }
    this.kept.special[code]++;
    this.lastSpecial = { code, instruction };
    const operation = OPERATIONS[code];
    const returns = code === NtrSpecial.eret;
    if (!returns && (operation === undefined || (operation === 'cache' && !this.options.cacheOperations))) return;
    this.computeUpTo(instruction);
    this.done = instruction + 1;
    this.kept.kernelInstructions++;
    if (returns) {
      this.step({ kind: 'return', to: 'user', status: false });
      this.returning = this.steps.length - 1;
    } else this.step({ kind: 'privileged', operation: operation, page: -1 });
  }

  private reference(word: number, position: number): void {
    const kind = word & 3;
    if (kind === ReferenceKind.Fetch) this.fetch(word & ~3, position);
    const counts = this.inRefill ? this.removed : this.kept;
    if (kind === ReferenceKind.Load) counts.loads++;
    else if (kind === ReferenceKind.Store) counts.stores++;
    if (this.inRefill) return;
    this.count(position - this.done);
    this.words[this.length] = word;
    this.gaps[this.length++] = position - this.done;
    this.done = position;
  }

  private fetch(address: number, position: number): void {
    const offset = (address >>> 0) - this.options.vectors;
    const refill = offset >= 0 && offset < GENERAL;
    if (this.inRefill && !refill) {
      this.removed.kernelInstructions += position - this.done;
      this.done = position;
    } else if (!this.inRefill && refill) this.computeUpTo(position);
    this.inRefill = refill;
    if (refill) return;
    const enters = offset === GENERAL || (offset >= INTERRUPTS && offset < 0x1000 && offset % INTERRUPT_SPACING === 0);
    const user = address >= 0;
    if (this.returning >= 0) this.returned(enters, user);
    if (enters) this.enter(offset, position);
    else if (user !== this.user && this.user !== null)
      throw new TraceError(
        `${this.name}, instruction ${position}: ${user ? 'user mode without an eret' : 'kernel mode without an exception'}`,
      );
    this.user = user;
  }

  /** The return before is to the mode of what comes next; if that is another exception, to where the visit came from. */
  private returned(enters: boolean, user: boolean): void {
    const from = this.visits.pop() ?? true;
    const toUser = enters ? from : user;
    if (toUser) this.visits.length = 0;
    this.user = toUser;
    this.steps[this.returning] = { kind: 'return', to: toUser ? 'user' : 'kernel', status: false };
    this.returning = -1;
  }

  private enter(offset: number, position: number): void {
    this.computeUpTo(position);
    this.visits.push(this.user ?? false);
    this.step({ kind: 'enter', cause: this.cause(offset, position), status: false });
  }

  private cause(offset: number, position: number): EnterCause {
    if (offset >= INTERRUPTS) return 'interrupt';
    const { code, instruction } = this.lastSpecial;
    if (position - instruction > DELAY) return 'fault';
    if (code === NtrSpecial.syscall) return 'system call';
    return code === NtrSpecial.rdhwr ? 'thread pointer' : 'fault';
  }

  private count(instructions: number): void {
    if (this.user === true) this.kept.userInstructions += instructions;
    else this.kept.kernelInstructions += instructions;
  }

  /** Instructions without references, up to the given one. */
  private computeUpTo(instruction: number): void {
    const instructions = instruction - this.done;
    this.done = instruction;
    if (instructions === 0) return;
    this.count(instructions);
    this.step({ kind: 'compute', instructions, user: this.user === true });
  }

  private step(step: SystemStep): void {
    this.endRun();
    this.steps.push(step);
  }

  private endRun(): void {
    if (this.length === this.runFrom) return;
    this.steps.push({ kind: 'run', from: this.runFrom, to: this.length, user: this.user === true });
    this.runFrom = this.length;
  }
}
