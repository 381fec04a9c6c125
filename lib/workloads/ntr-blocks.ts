/**
 * The block table of an NTR1 file, compiled: per block the instruction fetches and data references in the order in
 * which they happen, in flat arrays. After traces/FORMAT.md.
 */
import { ReferenceKind, packReference } from '../processor/references.js';
import type { VarintReader } from './varints.js';

/** All blocks. The steps of block b are `stepStart[b]` up to `stepStart[b + 1]`; `operands` numbers the memory operations of all blocks. */
export interface NtrBlocks {
  readonly count: number;
  readonly operands: number;
  /** Instructions of each block. */
  readonly length: Uint16Array;
  readonly loads: Uint16Array;
  readonly stores: Uint16Array;
  /** The line of the first instruction, the line of the last, and the fetch of the first, needed unless its line is current. */
  readonly firstLine: Int32Array;
  readonly lastLine: Int32Array;
  readonly entryFetch: Int32Array;
  /** Whether the block ends with a system call: 1 or 0. */
  readonly systemCall: Uint8Array;
  readonly stepStart: Int32Array;
  /** Instruction index within the block. */
  readonly stepPosition: Uint16Array;
  /** A whole packed fetch, or the kind of a data reference. */
  readonly stepWord: Int32Array;
  /** The memory operation, or -1 for a fetch. */
  readonly stepOperand: Int32Array;
  /** The memory operations that are load-linked: `linkedStart[b]` up to `linkedStart[b + 1]`. */
  readonly linkedStart: Int32Array;
  readonly linkedOperand: Int32Array;
  /** The special instructions of each block, `specialStart[b]` up to `specialStart[b + 1]`: index within the block, and code. */
  readonly specialStart: Int32Array;
  readonly specialPosition: Uint16Array;
  readonly specialCode: Uint8Array;
}

const loadLinked = 13;
const systemCall = 15;
const mostInstructions = 4096; // the recorder's translator ends a block after 512
const mostSteps = 2 ** 24;

/** Reads the whole section. Lines have 2^lineShift bytes. */
export function compileBlocks(table: VarintReader, lineShift: number): NtrBlocks {
  const compiler = new BlockCompiler(table, lineShift);
  while (table.at < table.end) compiler.block();
  return compiler.finish();
}

class BlockCompiler {
  private readonly table: VarintReader;
  private readonly lineShift: number;
  private pc = 0;
  private operands = 0;
  private readonly blocks = {
    length: [] as number[],
    loads: [] as number[],
    stores: [] as number[],
    pc: [] as number[],
    systemCall: [] as number[],
  };
  private readonly stepStart = [0];
  private readonly steps = { position: [] as number[], word: [] as number[], operand: [] as number[] };
  private readonly linkedStart = [0];
  private readonly linked: number[] = [];
  private readonly specialStart = [0];
  private readonly specials = { position: [] as number[], code: [] as number[] };
  /** Instruction positions of the memory operations of the current block. */
  private positions: number[] = [];

  constructor(table: VarintReader, lineShift: number) {
    this.table = table;
    this.lineShift = lineShift;
  }

  block(): void {
    const start = this.table.at;
    this.pc += 4 * this.table.signed();
    const length = this.table.below(mostInstructions + 1, 'block length');
    if (length === 0) this.table.fail('a block without instructions', start);
    if (this.pc < 0 || this.pc + 4 * length > 2 ** 32)
      this.table.fail(`a block at ${this.pc} leaves the 32-bit addresses`, start);
    this.readOperations(length);
    this.readSpecials(length);
    this.stepStart.push(this.steps.word.length);
    this.linkedStart.push(this.linked.length);
    this.specialStart.push(this.specials.code.length);
    if (this.steps.word.length > mostSteps)
      this.table.fail(`more than ${mostSteps} references in the block table`, start);
  }

  finish(): NtrBlocks {
    const { blocks, steps, lineShift } = this;
    return {
      count: blocks.pc.length,
      operands: this.operands,
      length: Uint16Array.from(blocks.length),
      loads: Uint16Array.from(blocks.loads),
      stores: Uint16Array.from(blocks.stores),
      firstLine: Int32Array.from(blocks.pc, pc => pc >>> lineShift),
      lastLine: Int32Array.from(blocks.pc, (pc, b) => (pc + 4 * blocks.length[b] - 4) >>> lineShift),
      entryFetch: Int32Array.from(blocks.pc, pc => packReference(pc, ReferenceKind.Fetch)),
      systemCall: Uint8Array.from(blocks.systemCall),
      stepStart: Int32Array.from(this.stepStart),
      stepPosition: Uint16Array.from(steps.position),
      stepWord: Int32Array.from(steps.word),
      stepOperand: Int32Array.from(steps.operand),
      linkedStart: Int32Array.from(this.linkedStart),
      linkedOperand: Int32Array.from(this.linked),
      specialStart: Int32Array.from(this.specialStart),
      specialPosition: Uint16Array.from(this.specials.position),
      specialCode: Uint8Array.from(this.specials.code),
    };
  }

  private readOperations(length: number): void {
    const lineMask = (1 << this.lineShift) - 1;
    let nextLine = (lineMask + 1 - (this.pc & lineMask)) >> 2;
    let stores = 0;
    let position = 0;
    this.positions = [];
    const fetchUpTo = (last: number): void => {
      for (; nextLine <= last; nextLine += (lineMask + 1) >> 2) {
        this.step(nextLine, packReference(this.pc + 4 * nextLine, ReferenceKind.Fetch), -1);
      }
    };
    const count = this.table.unsigned();
    for (let i = 0; i < count; i++) {
      const start = this.table.at;
      const value = this.table.unsigned();
      position += Math.floor(value / 8);
      if (position >= length) this.table.fail(`a memory operation at instruction ${position} of ${length}`, start);
      fetchUpTo(position);
      const kind = value % 2 === 1 ? ReferenceKind.Store : ReferenceKind.Load;
      stores += kind;
      this.positions.push(position);
      this.step(position, kind, this.operands++);
    }
    fetchUpTo(length - 1);
    if (count > 0xffff) this.table.fail(`${count} memory operations in one block`);
    this.blocks.pc.push(this.pc);
    this.blocks.length.push(length);
    this.blocks.stores.push(stores);
    this.blocks.loads.push(count - stores);
  }

  private readSpecials(length: number): void {
    const firstOperand = this.operands - this.positions.length;
    let position = 0;
    let calls = 0;
    for (let i = this.table.unsigned(); i > 0; i--) {
      const start = this.table.at;
      const value = this.table.unsigned();
      position += Math.floor(value / 32);
      if (position >= length) this.table.fail(`a special instruction at ${position} of ${length}`, start);
      this.specials.position.push(position);
      this.specials.code.push(value % 32);
      if (value % 32 === systemCall) calls = 1;
      if (value % 32 !== loadLinked) continue;
      const operand = this.positions.indexOf(position);
      if (operand >= 0) this.linked.push(firstOperand + operand);
    }
    this.blocks.systemCall.push(calls);
  }

  private step(position: number, word: number, operand: number): void {
    this.steps.position.push(position);
    this.steps.word.push(word);
    this.steps.operand.push(operand);
  }
}
