/** A processor as the recorded guest knows it: where it stands in its stream, and what its TLB may hold. */
import type { Context } from '../../processor/context.js';
import type { SystemStream, SystemStep } from './image.js';
import { USER_PAGES } from './page-tables.js';

/** Identifiers 1 to 255 are given to tasks. */
const LAST_IDENTIFIER = 255;

/** How far a sequence that writes a TLB entry has come: what is in the registers. */
export interface TlbSequence {
  page: number;
  entryHi: boolean;
  entryLo0: boolean;
  entryLo1: boolean;
  /** What Index said, null if it was not read. */
  index: number | null;
  /** Refills of the processor when it began: another one since has used the same registers. */
  refills: number;
}

/** The state of one processor. */
export class RecordedProcessor {
  readonly number: number;
  readonly stream: SystemStream;
  /** Index of the next step. */
  next = 0;
  task = 0;
  /** The context in user mode: one, whose program is whatever the stream has in user mode. */
  user: Context | null = null;
  /** Contexts in kernel mode that exceptions have interrupted, the innermost last. */
  readonly kernel: Context[] = [];
  /** Exceptions that used the registers of the TLB. */
  refills = 0;
  /** The page mapped last, which the task at hand can use; -1 for none. */
  lastPage = -1;
  sequence: TlbSequence | null = null;
  private readonly identifiers = new Map<number, number>();
  private nextIdentifier = 1;
  /** Physical pages as the stream has announced them, by task and page. */
  private readonly known = new Map<number, number>();
  private readonly used = new Set<number>();

  constructor(number: number, stream: SystemStream) {
    this.number = number;
    this.stream = stream;
  }

  /** What it does next, undefined at the end. */
  get step(): SystemStep | undefined {
    return this.stream.steps[this.next];
  }

  /** The identifier of the task at hand. */
  get identifier(): number {
    return this.identifiers.get(this.task)!;
  }

  /** Gives the task at hand an identifier, unless it has one. True if all were used up: entries of all have to go. */
  identify(): boolean {
    if (this.identifiers.has(this.task)) return false;
    const exhausted = this.nextIdentifier > LAST_IDENTIFIER;
    if (exhausted) {
      this.identifiers.clear();
      this.nextIdentifier = 1;
    }
    this.identifiers.set(this.task, this.nextIdentifier++);
    return exhausted;
  }

  /** Notes that the task at hand uses its tables. True for the first time. */
  firstUse(): boolean {
    const first = !this.used.has(this.task);
    this.used.add(this.task);
    return first;
  }

  /** Notes a mapping. True if it replaces another that the TLB may hold. */
  learn(page: number, physical: number): boolean {
    const key = (page < USER_PAGES ? this.task + 1 : 0) * 2 ** 20 + page;
    const old = this.known.get(key);
    this.known.set(key, physical);
    return old !== undefined && old !== physical;
  }
}
