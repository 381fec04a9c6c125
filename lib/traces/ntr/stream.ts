/**
 * What the NTR1 reader keeps for each stream while it takes the file apart.
 */
import { MarkList } from '../mark-list.js';
import type { MemoryLimit } from '../memory-limit.js';
import type { NtrBlocks } from './blocks.js';
import { StreamMappings, type MappingLog } from './mappings.js';
import { SynchronisationMarks } from './marks.js';
import { StreamRecording } from '../recording.js';

/** What a stream is bound by. */
export interface NtrStreamOptions {
  /** Instructions that the header announces. */
  readonly instructionLimit: number;
  readonly memory: MemoryLimit;
}

/** One stream, and the state from which its blocks and addresses are predicted. */
export class NtrStream {
  /** References and instructions so far. */
  readonly recording: StreamRecording;
  /** Marks so far, of whatever kind. */
  readonly marks: MarkList;
  /** Marks of synchronisation. */
  readonly synchronisation: SynchronisationMarks;
  /** Page mappings that the stream knows. */
  readonly mappings: StreamMappings;
  /** Last address of every memory operation of the block table. */
  readonly addresses: Uint32Array;
  /** The block that followed each block last time, or -1. */
  readonly successors: Int32Array;
  /** Instructions that the header announces. */
  readonly instructionLimit: number;
  /** Last block executed, or -1. */
  previous = -1;
  /** Line fetched last, or -1. */
  line = -1;

  private readonly memory: MemoryLimit;

  constructor(trace: string, blocks: NtrBlocks, log: MappingLog, { instructionLimit, memory }: NtrStreamOptions) {
    this.memory = memory;
    memory.hold(4 * (blocks.operands + blocks.count), trace, `${blocks.count} blocks are read`);
    this.recording = new StreamRecording(trace, memory);
    this.marks = new MarkList(memory, trace);
    this.synchronisation = new SynchronisationMarks(this.recording, this.marks);
    this.mappings = new StreamMappings(log, this.marks);
    this.addresses = new Uint32Array(blocks.operands);
    this.successors = new Int32Array(blocks.count).fill(-1);
    this.instructionLimit = instructionLimit;
  }

  /** Gives back what only reading needs. */
  release(): void {
    this.memory.release(4 * (this.addresses.length + this.successors.length));
  }
}
