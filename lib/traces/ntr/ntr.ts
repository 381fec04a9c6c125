/**
 * Reader of NTR1: recorded MIPS32 programs, as blocks that were executed and addresses that they touched.
 * After traces/FORMAT.md. Accesses are aligned there (the processor traps others), so none crosses a page.
 */
import { MemoryLimit, withMemory } from '../memory-limit.js';
import { checkBlocks, checkTableSize, compileBlocks, releaseBlocks, type NtrBlocks } from './blocks.js';
import { MappingLog } from './mappings.js';
import { splitNtr, startOfNtr, type NtrCounts, type NtrHeader, type NtrSections } from './sections.js';
import { NtrStream } from './stream.js';
import { fetchLineShift } from '../recording.js';
import { TraceError, type ReadOptions, type RecordedTrace } from '../trace.js';
import type { VarintReader } from './varints.js';

/** Codes of special instructions, as they stand in the block table. Up to `mt` they are privileged. */
export const NtrSpecial = {
  mfc0: 1,
  mtc0: 2,
  tlbr: 3,
  tlbwi: 4,
  tlbwr: 5,
  tlbp: 6,
  eret: 7,
  wait: 8,
  di: 9,
  ei: 10,
  cache: 11,
  mt: 12,
  ll: 13,
  sc: 14,
  syscall: 15,
  sync: 16,
  rdhwr: 17,
  break: 18,
} as const;

const Token = { End: 0, Stream: 1, Mark: 2, Map: 3, Task: 4, Predicted: 5, FirstBlock: 6 } as const;
const virtualPages = 2 ** 20;
const mostTableEntries = 2 ** 27;

/** What can be asked of this reader beyond what all readers do. */
export interface NtrOptions extends ReadOptions {
  /** Whether system calls become marks. Replays do not need them, so they are left out unless asked for. */
  readonly systemCalls?: boolean;
  /** Whether privileged and other special instructions become marks; left out unless asked for. */
  readonly specials?: boolean;
}

/**
 * Reads a decompressed NTR1 file. A fetch is the address at which a stream enters a line other than the line it fetched
 * last. Throws a TraceError, with section and byte offset, at anything that FORMAT.md does not allow, and when the
 * decoded totals are not exactly those of the header.
 */
export function readNtr(bytes: Uint8Array, options: NtrOptions): RecordedTrace {
  const lineShift = fetchLineShift(options);
  const { memory } = withMemory(options);
  const sections = splitNtr(bytes, options.name);
  checkTableSize(sections.table, sections.header.counts.blocks);
  const blocks = compileBlocks(sections.table, lineShift, memory);
  const decoder = new NtrDecoder(sections, blocks, { ...options, memory });
  decoder.run();
  const trace = decoder.finish();
  releaseBlocks(blocks, memory);
  return trace;
}

/**
 * Looks at the beginning of an NTR1 file, as much of it as is there, before the rest is read or inflated. Throws a
 * TraceError where `readNtr` would throw one for the whole file; says nothing of what is not there yet.
 */
export function checkNtrStart(bytes: Uint8Array, trace: string): void {
  const start = startOfNtr(bytes, trace);
  if (start === null) return;
  checkTableSize(start.table, start.header.counts.blocks);
  checkBlocks(start.table, bytes.length, new MemoryLimit());
}

class NtrDecoder {
  private readonly streams: (NtrStream | undefined)[];
  private readonly log = new MappingLog();
  private readonly header: NtrHeader;
  private readonly control: VarintReader;
  private readonly deltas: VarintReader;
  private readonly blocks: NtrBlocks;
  private readonly options: NtrOptions & { readonly memory: MemoryLimit };
  private readonly systemCalls: boolean;
  private readonly specials: boolean;
  private page = 0;
  private readonly seen = { blockExecutions: 0, marks: 0, maps: 0, taskSwitches: 0 };

  constructor(sections: NtrSections, blocks: NtrBlocks, options: NtrOptions & { readonly memory: MemoryLimit }) {
    this.header = sections.header;
    this.control = sections.control;
    this.deltas = sections.addresses;
    this.blocks = blocks;
    this.options = options;
    this.systemCalls = options.systemCalls ?? false;
    this.specials = options.specials ?? false;
    const { streams } = this.header.counts;
    if (streams * (blocks.count + blocks.operands) > mostTableEntries) {
      this.control.fail(
        `${streams} streams of ${blocks.count} blocks need more than ${mostTableEntries} table entries`,
      );
    }
    this.streams = new Array<NtrStream | undefined>(streams).fill(undefined);
  }

  run(): void {
    const { control } = this;
    let stream: NtrStream | undefined;
    for (;;) {
      const start = control.at;
      const token = control.unsigned();
      if (token === Token.End) break;
      if (token === Token.Stream) stream = this.select(control.below(this.streams.length, 'stream number'));
      else if (stream === undefined) return control.fail(`token ${token} before the first stream`, start);
      else if (token >= Token.Predicted) this.execute(stream, this.blockOf(stream, token, start));
      else this.note(stream, token, start);
    }
    if (control.at !== control.end) control.fail(`${control.end - control.at} bytes after the end token`);
    if (this.deltas.at !== this.deltas.end)
      this.deltas.fail(`${this.deltas.end - this.deltas.at} bytes after the last address`);
  }

  finish(): RecordedTrace {
    const { header, options } = this;
    const posted = new Set<number>();
    // A stream that the header counts and that never runs needs no tables.
    const all = Array.from(
      this.streams,
      (stream, s) => stream ?? this.open(s, { ...this.blocks, count: 0, operands: 0 }),
    );
    for (const { synchronisation } of all) {
      synchronisation.finish();
      for (const address of synchronisation.posted) posted.add(address);
    }
    for (const { synchronisation } of all) synchronisation.resolveWaits(posted);
    const remarks = this.remarks(all);
    const streams = all.map(({ recording, synchronisation }) => recording.finish(synchronisation.marks));
    this.compare(all);
    for (const stream of all) stream.release();
    return {
      name: options.name,
      format: 'NTR1',
      system: header.system,
      description: header.description,
      streams,
      lacks: [],
      remarks,
    };
  }

  private open(s: number, blocks = this.blocks): NtrStream {
    const { name, memory } = this.options;
    return new NtrStream(name, blocks, this.log, { instructionLimit: this.header.counts.perStream[s][0], memory });
  }

  private select(s: number): NtrStream {
    const stream = (this.streams[s] ??= this.open(s));
    stream.mappings.resume(stream.recording.length);
    return stream;
  }

  private blockOf(stream: NtrStream, token: number, start: number): number {
    let block = token - Token.FirstBlock;
    if (token === Token.Predicted) {
      block = stream.previous < 0 ? -1 : stream.successors[stream.previous];
      if (block < 0) this.control.fail('a predicted block where none is known', start);
    } else if (block >= this.blocks.count) {
      this.control.fail(`block ${block} of a table of ${this.blocks.count}`, start);
    }
    if (stream.previous >= 0) stream.successors[stream.previous] = block;
    stream.previous = block;
    return block;
  }

  private execute(stream: NtrStream, block: number): void {
    const {
      stepStart,
      stepPosition,
      stepWord,
      stepOperand,
      firstLine,
      lastLine,
      entryFetch,
      length,
      loads,
      stores,
      linkedStart,
    } = this.blocks;
    const { recording, addresses } = stream;
    const base = recording.instructions;
    if (firstLine[block] !== stream.line) recording.append(entryFetch[block], base);
    const end = stepStart[block + 1];
    for (let i = stepStart[block]; i < end; i++) {
      const operand = stepOperand[i];
      if (operand < 0) {
        recording.append(stepWord[i], base + stepPosition[i]);
        continue;
      }
      const address = addresses[operand] + this.deltas.signed();
      if (address < 0 || address > 0xffffffff) this.deltas.fail(`address ${address} leaves the 32-bit addresses`);
      addresses[operand] = address;
      recording.append((address & ~3) | stepWord[i], base + stepPosition[i]);
    }
    stream.line = lastLine[block];
    recording.instructions = base + length[block];
    recording.loads += loads[block];
    recording.stores += stores[block];
    this.seen.blockExecutions++;
    if (recording.instructions > stream.instructionLimit) {
      this.control.fail(`a stream executes more than the ${stream.instructionLimit} instructions of the header`);
    }
    if (stream.synchronisation.open && linkedStart[block] !== linkedStart[block + 1]) this.link(stream, block);
    if (this.systemCalls && this.blocks.systemCall[block] === 1) this.callSystem(stream, block);
    if (this.specials) this.noteSpecials(stream, block, base);
  }

  /** Marks the special instructions of a block that has just been executed: each behind what it and those before it touch. */
  private noteSpecials(stream: NtrStream, block: number, base: number): void {
    const { stepPosition, stepStart, specialStart, specialPosition, specialCode } = this.blocks;
    let step = stepStart[block];
    const behind = stream.recording.length - stepStart[block + 1];
    for (let i = specialStart[block]; i < specialStart[block + 1]; i++) {
      const position = specialPosition[i];
      while (step < stepStart[block + 1] && stepPosition[step] <= position) step++;
      const at = behind + step;
      stream.marks.push({ kind: 'special', at, code: specialCode[i], instruction: base + position });
    }
  }

  private callSystem(stream: NtrStream, block: number): void {
    const next = ((this.blocks.entryFetch[block] & ~3) + 4 * this.blocks.length[block]) >>> 0;
    stream.marks.push({ kind: 'system-call', at: stream.recording.length, next });
  }

  private link(stream: NtrStream, block: number): void {
    const { linkedStart, linkedOperand } = this.blocks;
    for (let i = linkedStart[block]; i < linkedStart[block + 1]; i++) {
      stream.synchronisation.loadLinked(stream.addresses[linkedOperand[i]]);
    }
  }

  private note(stream: NtrStream, token: number, start: number): void {
    const { control, header } = this;
    const at = stream.recording.length;
    if (token === Token.Mark) {
      const code = control.unsigned();
      this.seen.marks++;
      // The marks of whole-system traces are steps of an operating system script, whatever their number.
      if (header.system) stream.marks.push({ kind: 'note', at, note: code });
      else stream.synchronisation.mark(code);
      return;
    }
    if (!header.system)
      control.fail(`token ${token} (${token === Token.Map ? 'page mapping' : 'task'}) in a user-level trace`, start);
    if (token === Token.Task) {
      this.seen.taskSwitches++;
      stream.mappings.runTask(control.below(2 ** 32, 'task'), at);
      return;
    }
    this.seen.maps++;
    this.page += control.signed();
    if (this.page < 0 || this.page >= virtualPages) control.fail(`virtual page ${this.page} of ${virtualPages}`, start);
    stream.mappings.map(this.page, control.below(virtualPages, 'physical page'), at);
  }

  private compare(all: readonly NtrStream[]): void {
    const { counts } = this.header;
    const sums = { ...this.seen, streams: all.length, blocks: this.blocks.count, instructions: 0, loads: 0, stores: 0 };
    all.forEach(({ recording }, s) => {
      const { instructions, loads, stores } = recording;
      const [wantedInstructions, wantedLoads, wantedStores] = counts.perStream[s];
      this.agree(`instructions of stream ${s}`, instructions, wantedInstructions);
      this.agree(`loads of stream ${s}`, loads, wantedLoads);
      this.agree(`stores of stream ${s}`, stores, wantedStores);
      sums.instructions += instructions;
      sums.loads += loads;
      sums.stores += stores;
    });
    for (const key of Object.keys(sums) as (keyof typeof sums)[])
      this.agree(key, sums[key], counts[key satisfies keyof NtrCounts]);
  }

  private agree(what: string, decoded: number, written: number): void {
    if (decoded !== written)
      throw new TraceError(`${this.options.name}: ${what}: decoded ${decoded}, but the header counts ${written}`);
  }

  private remarks(all: readonly NtrStream[]): string[] {
    const remarks = [`Instruction fetches are merged: one per ${this.options.fetchLineBytes}-byte line entered.`];
    const guessed = all.reduce((sum, { synchronisation }) => sum + synchronisation.guessed, 0);
    const repeated = all.reduce((sum, { recording }) => sum + recording.repeatedFetches, 0);
    if (!this.header.system)
      remarks.push('Threads are ordered by their synchronisation marks only; the recorded slices are not kept.');
    if (this.log.repeated > 0)
      remarks.push(
        `${this.log.repeated} page mappings are repeated in the stream of another processor that runs their task.`,
      );
    if (guessed > 0)
      remarks.push(
        `${guessed} lock or semaphore marks have no load-linked address of their own; the nearest likely one was taken.`,
      );
    if (repeated > 0)
      remarks.push(
        `${repeated} fetches are repeated where a loop ran for more than 65535 instructions without another reference.`,
      );
    return remarks;
  }
}
