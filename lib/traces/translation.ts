/**
 * Which physical page a reference of a whole-system trace touches, from the marks of its stream.
 * Segments after the MIPS32 architecture: kseg0 and kseg1 (0x80000000 to 0xbfffffff) are mapped directly.
 */
import { TraceError, type TraceMark } from './trace.js';

const userPages = 0x80000;
const directPages = 0xc0000;
const directMask = 0x1ffff; // pages of the 512 MB behind kseg0 and kseg1

/** The mappings of one stream, up to the mark applied last. Pages are 4 KB. */
export class StreamTranslation {
  private task = 0;
  private readonly physical = new Map<number, number>();
  private readonly place: string;

  /** `place` names the stream in error messages. */
  constructor(place: string) {
    this.place = place;
  }

  /** Takes note of `map` and `task` marks. */
  apply(mark: TraceMark): void {
    if (mark.kind === 'task') this.task = mark.task;
    if (mark.kind === 'map') this.physical.set(this.key(mark.page), mark.physical);
  }

  /** The physical page of a virtual one (0 to 0xfffff) now. Throws a TraceError if it has none. */
  physicalPage(page: number): number {
    if (page >= userPages && page < directPages) return page & directMask;
    const found = this.physical.get(this.key(page));
    if (found === undefined)
      throw new TraceError(`${this.place}: virtual page 0x${page.toString(16)} of task ${this.task} has no mapping`);
    return found;
  }

  private key(page: number): number {
    return page < userPages ? (this.task + 1) * 2 ** 20 + page : page;
  }
}
