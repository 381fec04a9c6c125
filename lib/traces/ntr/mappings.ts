/**
 * Page mappings of a whole-system NTR1 trace, made complete for every stream.
 * The recorder writes a mapping once, on the processor that made it. When streams are taken apart the others would not
 * know it; so it is repeated in a stream that runs the same task later, or that runs at all for kernel pages.
 */
import type { MarkList } from '../mark-list.js';

const userPages = 0x80000;
const everybody = -1;
/** What a mapping takes in the log, and what a stream that knows it takes beside the mark. */
const LOG_BYTES = 32;
const KNOWN_BYTES = 64;

interface Log {
  readonly pages: number[];
  readonly physical: number[];
}

/** All mappings of the trace in recorded order, by task. */
export class MappingLog {
  /** Mappings that were repeated in a further stream. */
  repeated = 0;
  private readonly logs = new Map<number, Log>();

  /** The mappings of one task, or of everybody. */
  of(owner: number): Log {
    let log = this.logs.get(owner);
    if (log === undefined) this.logs.set(owner, (log = { pages: [], physical: [] }));
    return log;
  }
}

/** What one stream knows of the mappings. It writes `map` and `task` marks. */
export class StreamMappings {
  private task = 0;
  private readonly log: MappingLog;
  private readonly marks: MarkList;
  /** Physical page by task and virtual page. */
  private readonly known = new Map<number, number>();
  /** How far this stream has read each log. */
  private readonly read = new Map<number, number>();

  constructor(log: MappingLog, marks: MarkList) {
    this.log = log;
    this.marks = marks;
  }

  /** The stream goes on after others have run. */
  resume(at: number): void {
    this.catchUp(everybody, at);
    this.catchUp(this.task, at);
  }

  /** The stream runs another task now. */
  runTask(task: number, at: number): void {
    this.task = task;
    this.marks.push({ kind: 'task', at, task });
    this.catchUp(task, at);
  }

  /** The stream maps a page, of its task or of everybody. */
  map(page: number, physical: number, at: number): void {
    const owner = page < userPages ? this.task : everybody;
    const { pages, physical: frames } = this.log.of(owner);
    this.marks.hold(LOG_BYTES);
    pages.push(page);
    frames.push(physical);
    this.read.set(owner, pages.length);
    this.learn(owner, page, physical, at);
  }

  private catchUp(owner: number, at: number): void {
    const { pages, physical } = this.log.of(owner);
    for (let i = this.read.get(owner) ?? 0; i < pages.length; i++) {
      if (this.known.get(key(owner, pages[i])) === physical[i]) continue;
      this.learn(owner, pages[i], physical[i], at);
      this.log.repeated++;
    }
    this.read.set(owner, pages.length);
  }

  private learn(owner: number, page: number, physical: number, at: number): void {
    const place = key(owner, page);
    if (!this.known.has(place)) this.marks.hold(KNOWN_BYTES);
    this.known.set(place, physical);
    this.marks.push({ kind: 'map', at, page, physical });
  }
}

function key(owner: number, page: number): number {
  return (owner + 1) * 2 ** 20 + page;
}
