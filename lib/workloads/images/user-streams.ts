/**
 * The user-mode references of a recorded system, taken apart by program: what a task executed between its visits to the
 * kernel. The recorded kernel is left out, and with it what it read and wrote of the user's memory, because a modelled
 * kernel takes its place.
 *
 * A task is one program until it executes another. The trace does not say when; but a call of execve returns to an address
 * that is not behind the call, and to memory in which nothing is left of what the task has written; so does what seems to
 * be a call of exit, when a new process gets the number of the task. A signal handler, also elsewhere, has the old stack.
 */
import { ReferenceKind } from '../../processor/references.js';
import { StreamRecording } from '../../traces/recording.js';
import type { RecordedStream, RecordedTrace, TraceMark } from '../../traces/trace.js';

/** The user-mode references of one program, in order. Its marks are those of system calls, if the trace was read with them. */
export interface UserStream extends RecordedStream {
  /** The recorded processor. A task that moved to another is a stream of each: their order is not recorded. */
  readonly processor: number;
  /** Number of the task, and of the program within it: 0, or more after execve or for a later task of that number. */
  readonly task: number;
  readonly program: number;
  /** User TLB refills that the recorded machine took. */
  readonly refills: number;
}

/** How much is kept. */
export interface UserStreamOptions {
  /** A task ends with the first reference after this many instructions of its own in user mode. All of them unless given. */
  readonly maxInstructions?: number;
}

/** Bits of the address of an exception vector: the vector of TLB refills is the first of a page (MIPS32, EBase + 0). */
const VECTOR = 0xffc;
const PAGES = 2 ** 20;

/**
 * All programs of a whole-system trace, by processor, then in order of first appearance. Throws a RangeError for a trace of
 * threads: its streams are user references as they are.
 */
export function userStreams(trace: RecordedTrace, options: UserStreamOptions = {}): UserStream[] {
  if (!trace.system) throw new RangeError(`${trace.name} records threads, not a system: its streams have no kernel`);
  return trace.streams.flatMap((stream, processor) => ofProcessor(trace.name, stream, processor, options));
}

function ofProcessor(
  name: string,
  stream: RecordedStream,
  processor: number,
  { maxInstructions = Infinity }: UserStreamOptions,
): UserStream[] {
  const { words, gaps, marks } = stream;
  const tasks = new Map<number, TaskRecording>();
  let user = false;
  const taskOf = (number: number): TaskRecording => {
    let found = tasks.get(number);
    if (found === undefined) tasks.set(number, (found = new TaskRecording(name, maxInstructions)));
    return found;
  };
  let task = taskOf(0);
  let mark = 0;
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    // The instructions before a reference are those of the reference before it: of its mode, and of its task.
    if (user) task.advance(gaps[i]);
    for (; mark < marks.length && marks[mark].at <= i; mark++) {
      const it = marks[mark];
      if (it.kind === 'task') task = taskOf(it.task);
      else task.note(it, user);
    }
    if ((word & 3) === ReferenceKind.Fetch) {
      const before = user;
      user = word >= 0;
      if (before && !user && (word & VECTOR) === 0) task.refill();
      else if (!before && user) task.enter(word & ~3);
    }
    if (user) task.append(word);
  }
  if (user) task.advance(stream.tail);
  return [...tasks].flatMap(([number, one]) => one.finish(processor, number));
}

/** What may be a program of its own: it begins at a reference. */
interface Part {
  readonly from: number;
  /** Instructions of the task before it. */
  readonly instructions: number;
  /** Pages that it has written, with their frames. */
  readonly written: Set<number>;
  refills: number;
}

class TaskRecording {
  private readonly recording: StreamRecording;
  private readonly maxInstructions: number;
  private readonly marks: TraceMark[] = [];
  private readonly frames = new Map<number, number>();
  private readonly parts: Part[] = [{ from: 0, instructions: 0, written: new Set(), refills: 0 }];
  /** The address behind the system call that has not returned, or -1. */
  private behindCall = -1;
  private lastWritten = -1;

  constructor(trace: string, maxInstructions: number) {
    this.recording = new StreamRecording(trace);
    this.maxInstructions = maxInstructions;
  }

  private get full(): boolean {
    return this.recording.instructions >= this.maxInstructions;
  }

  advance(instructions: number): void {
    if (!this.full) this.recording.instructions += instructions;
  }

  note(mark: TraceMark, user: boolean): void {
    if (mark.kind === 'map') {
      this.frames.set(mark.page, mark.physical);
      this.lastWritten = -1;
    } else if (mark.kind === 'system-call' && user && !this.full) {
      this.marks.push({ ...mark, at: this.recording.length });
      this.behindCall = mark.next;
    }
  }

  refill(): void {
    if (!this.full) this.parts.at(-1)!.refills++;
  }

  /** The kernel returns to this address. */
  enter(address: number): void {
    const { behindCall, recording } = this;
    this.behindCall = -1;
    // A call that was interrupted is executed again: it returns to itself.
    if (this.full || behindCall < 0 || address === behindCall || address === behindCall - 4) return;
    const { length, instructions } = recording;
    this.parts.push({ from: length, instructions, written: new Set(), refills: 0 });
    this.lastWritten = -1;
  }

  append(word: number): void {
    const { recording } = this;
    if (this.full) return;
    recording.append(word, recording.instructions);
    if ((word & 3) !== ReferenceKind.Store || word >>> 12 === this.lastWritten) return;
    const page = (this.lastWritten = word >>> 12);
    this.parts.at(-1)!.written.add((this.frames.get(page) ?? 0) * PAGES + page);
  }

  finish(processor: number, task: number): UserStream[] {
    const whole = this.recording.finish([]);
    const parts = programs(this.parts);
    const cut = (part: Part, next: Part | undefined): RecordedStream => {
      const to = next?.from ?? whole.words.length;
      const instructions = (next?.instructions ?? this.recording.instructions) - part.instructions;
      return slice(whole, part.from, to, instructions, this.marks);
    };
    return parts
      .map((part, program) => {
        return { ...cut(part, parts[program + 1]), processor, task, program, refills: part.refills };
      })
      .filter(({ words }) => words.length > 0);
  }
}

/** Joins parts that go on with what was written before them. One that writes nothing, as a short signal handler, does not count. */
function programs(parts: readonly Part[]): Part[] {
  const joined: Part[] = [];
  for (const part of parts) {
    const before = joined.at(-1);
    const known = (key: number): boolean => before!.written.has(key);
    if (before === undefined || (part.written.size > 0 && ![...part.written].some(known))) {
      joined.push(part);
      continue;
    }
    before.refills += part.refills;
    for (const key of part.written) before.written.add(key);
  }
  return joined;
}

function slice(
  whole: RecordedStream,
  from: number,
  to: number,
  instructions: number,
  marks: readonly TraceMark[],
): RecordedStream {
  const words = whole.words.slice(from, to);
  const gaps = whole.gaps.slice(from, to);
  gaps[0] = 0; // what lies before is the end of the program before
  const kinds = [0, 0, 0];
  let executed = 0;
  for (let i = 0; i < words.length; i++) {
    kinds[words[i] & 3]++;
    executed += gaps[i];
  }
  return {
    words,
    gaps,
    marks: marks
      .filter(({ at }) => (at > from || from === 0) && at <= to)
      .map(mark => ({ ...mark, at: mark.at - from })),
    tail: instructions - executed,
    counts: { instructions, loads: kinds[ReferenceKind.Load], stores: kinds[ReferenceKind.Store] },
  };
}
