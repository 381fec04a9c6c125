/**
 * The block table of an NTR1 file, compiled: per block the instruction fetches and data references in the order in
 * which they happen, in flat arrays. After traces/FORMAT.md.
 */
import { ReferenceKind, packReference } from '../../processor/references.js';
import { Growing } from '../growing.js';
import type { MemoryLimit } from '../memory-limit.js';
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
/** Most memory operations of a block, and most special instructions. */
const mostOperations = 0xffff;
/** Bytes of the longest block: five for each number. */
const longestBlock = 5 * (4 + 2 * mostOperations);

/** Reads the whole section. Lines have 2^lineShift bytes. The result is held until `releaseBlocks`. */
export function compileBlocks(table: VarintReader, lineShift: number, memory: MemoryLimit): NtrBlocks {
  const compiler = new BlockCompiler(table, lineShift, memory);
  while (table.at < table.end) compiler.block();
  return compiler.finish();
}

/** Gives back what the blocks hold. */
export function releaseBlocks(blocks: NtrBlocks, memory: MemoryLimit): void {
  for (const value of Object.values(blocks) as (number | Int32Array)[])
    if (typeof value !== 'number') memory.release(value.buffer.byteLength);
}

/**
 * Checks the blocks that are certainly complete in the beginning of a section, before the rest of it is there. Throws a
 * TraceError as compileBlocks does.
 */
export function checkBlocks(table: VarintReader, available: number, memory: MemoryLimit): void {
  const compiler = new BlockCompiler(table, 6, memory);
  const end = Math.min(available, table.end);
  while (table.at + longestBlock <= end) compiler.block();
  compiler.release();
}

/** Throws a TraceError if this number of blocks cannot take this number of bytes. */
export function checkTableSize(table: VarintReader, blocks: number): void {
  const bytes = table.end - table.at;
  if (bytes > blocks * longestBlock) {
    table.fail(
      `${bytes} bytes, but the ${blocks} blocks that the header counts take ${longestBlock} bytes each at most`,
    );
  }
}

class BlockCompiler {
  private readonly table: VarintReader;
  private readonly lineShift: number;
  private pc = 0;
  private operands = 0;
  private readonly blocks: {
    readonly length: Growing<Uint16Array<ArrayBuffer>>;
    readonly loads: Growing<Uint16Array<ArrayBuffer>>;
    readonly stores: Growing<Uint16Array<ArrayBuffer>>;
    readonly firstLine: Growing<Int32Array<ArrayBuffer>>;
    readonly lastLine: Growing<Int32Array<ArrayBuffer>>;
    readonly entryFetch: Growing<Int32Array<ArrayBuffer>>;
    readonly systemCall: Growing<Uint8Array<ArrayBuffer>>;
    readonly stepStart: Growing<Int32Array<ArrayBuffer>>;
    readonly stepPosition: Growing<Uint16Array<ArrayBuffer>>;
    readonly stepWord: Growing<Int32Array<ArrayBuffer>>;
    readonly stepOperand: Growing<Int32Array<ArrayBuffer>>;
    readonly linkedStart: Growing<Int32Array<ArrayBuffer>>;
    readonly linkedOperand: Growing<Int32Array<ArrayBuffer>>;
    readonly specialStart: Growing<Int32Array<ArrayBuffer>>;
    readonly specialPosition: Growing<Uint16Array<ArrayBuffer>>;
    readonly specialCode: Growing<Uint8Array<ArrayBuffer>>;
  };
  /** Instruction positions of the memory operations of the current block. */
  private readonly positions = new Uint16Array(mostOperations);
  private positionCount = 0;

  constructor(table: VarintReader, lineShift: number, memory: MemoryLimit) {
    this.table = table;
    this.lineShift = lineShift;
    const words = (what: string) => new Growing(Int32Array, memory, table.trace, what);
    const halves = (what: string) => new Growing(Uint16Array, memory, table.trace, what);
    const bytes = (what: string) => new Growing(Uint8Array, memory, table.trace, what);
    this.blocks = {
      length: halves('blocks'),
      loads: halves('blocks'),
      stores: halves('blocks'),
      firstLine: words('blocks'),
      lastLine: words('blocks'),
      entryFetch: words('blocks'),
      systemCall: bytes('blocks'),
      stepStart: words('blocks'),
      stepPosition: halves('references of blocks'),
      stepWord: words('references of blocks'),
      stepOperand: words('references of blocks'),
      linkedStart: words('blocks'),
      linkedOperand: words('load-linked instructions'),
      specialStart: words('blocks'),
      specialPosition: halves('special instructions'),
      specialCode: bytes('special instructions'),
    };
    this.startBlock();
  }

  block(): void {
    const { table } = this;
    const start = table.at;
    this.pc += 4 * table.signed();
    const length = table.below(mostInstructions + 1, 'block length');
    if (length === 0) table.fail('a block without instructions', start);
    if (this.pc < 0 || this.pc + 4 * length > 2 ** 32)
      table.fail(`a block at ${this.pc} leaves the 32-bit addresses`, start);
    this.readOperations(length);
    this.readSpecials(length);
    this.startBlock();
    if (this.blocks.stepWord.length > mostSteps)
      table.fail(`more than ${mostSteps} references in the block table`, start);
  }

  finish(): NtrBlocks {
    const parts = this.blocks;
    return {
      count: parts.length.length,
      operands: this.operands,
      length: parts.length.finish(),
      loads: parts.loads.finish(),
      stores: parts.stores.finish(),
      firstLine: parts.firstLine.finish(),
      lastLine: parts.lastLine.finish(),
      entryFetch: parts.entryFetch.finish(),
      systemCall: parts.systemCall.finish(),
      stepStart: parts.stepStart.finish(),
      stepPosition: parts.stepPosition.finish(),
      stepWord: parts.stepWord.finish(),
      stepOperand: parts.stepOperand.finish(),
      linkedStart: parts.linkedStart.finish(),
      linkedOperand: parts.linkedOperand.finish(),
      specialStart: parts.specialStart.finish(),
      specialPosition: parts.specialPosition.finish(),
      specialCode: parts.specialCode.finish(),
    };
  }

  release(): void {
    for (const part of Object.values(this.blocks)) part.release();
  }

  /** Where the next block begins in the lists. */
  private startBlock(): void {
    const { stepStart, stepWord, linkedStart, linkedOperand, specialStart, specialCode } = this.blocks;
    stepStart.push(stepWord.length);
    linkedStart.push(linkedOperand.length);
    specialStart.push(specialCode.length);
  }

  private readOperations(length: number): void {
    const { table, lineShift, blocks } = this;
    const lineMask = (1 << lineShift) - 1;
    let nextLine = (lineMask + 1 - (this.pc & lineMask)) >> 2;
    let stores = 0;
    let position = 0;
    const fetchUpTo = (last: number): void => {
      for (; nextLine <= last; nextLine += (lineMask + 1) >> 2) {
        this.step(nextLine, packReference(this.pc + 4 * nextLine, ReferenceKind.Fetch), -1);
      }
    };
    const count = this.count('memory operations');
    for (let i = 0; i < count; i++) {
      const start = table.at;
      const value = table.unsigned();
      position += Math.floor(value / 8);
      if (position >= length) table.fail(`a memory operation at instruction ${position} of ${length}`, start);
      fetchUpTo(position);
      const kind = value % 2 === 1 ? ReferenceKind.Store : ReferenceKind.Load;
      stores += kind;
      this.positions[i] = position;
      this.step(position, kind, this.operands++);
    }
    this.positionCount = count;
    fetchUpTo(length - 1);
    blocks.length.push(length);
    blocks.firstLine.push(this.pc >>> lineShift);
    blocks.lastLine.push((this.pc + 4 * length - 4) >>> lineShift);
    blocks.entryFetch.push(packReference(this.pc, ReferenceKind.Fetch));
    blocks.stores.push(stores);
    blocks.loads.push(count - stores);
  }

  private readSpecials(length: number): void {
    const { table, positions, positionCount, blocks } = this;
    const firstOperand = this.operands - positionCount;
    let position = 0;
    let operation = 0;
    let calls = 0;
    for (let i = this.count('special instructions'); i > 0; i--) {
      const start = table.at;
      const value = table.unsigned();
      position += Math.floor(value / 32);
      if (position >= length) table.fail(`a special instruction at ${position} of ${length}`, start);
      blocks.specialPosition.push(position);
      blocks.specialCode.push(value % 32);
      if (value % 32 === systemCall) calls = 1;
      if (value % 32 !== loadLinked) continue;
      while (operation < positionCount && positions[operation] < position) operation++;
      if (operation < positionCount && positions[operation] === position)
        blocks.linkedOperand.push(firstOperand + operation);
    }
    blocks.systemCall.push(calls);
  }

  /** How many of something a block has. Each takes a byte at least, so a number that the section cannot hold is refused first. */
  private count(what: string): number {
    const { table } = this;
    const start = table.at;
    const count = table.unsigned();
    if (count > mostOperations) table.fail(`${count} ${what} in one block, at most ${mostOperations} are read`, start);
    if (count > table.end - table.at)
      table.fail(`${count} ${what} in one block, but the section ends after ${table.end - table.at} bytes`, start);
    return count;
  }

  private step(position: number, word: number, operand: number): void {
    this.blocks.stepPosition.push(position);
    this.blocks.stepWord.push(word);
    this.blocks.stepOperand.push(operand);
  }
}
