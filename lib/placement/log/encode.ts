/** Miss logs as bytes: a line of JSON, then a record of variable length for each miss (docs/miss-log.md). */
import { shown } from '../../engine/checks.js';
import { MissLog } from './miss-log.js';

/** What a file of a miss log begins with. */
export const MISS_LOG_START = '{"format":"disco-sim miss log",';
/** The version of the format that is written, and the only one that is read. */
export const MISS_LOG_VERSION = 1;
/** Bytes of the longest record: a time of 53 bits, a node, a thread and a page. */
const LONGEST_RECORD = 8 + 2 + 5 + 4;

/** The file of a log. */
export function encodeMissLog(log: MissLog): Uint8Array {
  if (!(log instanceof MissLog)) throw new RangeError(`encodeMissLog: log is ${shown(log)}; give a MissLog`);
  const header = { version: MISS_LOG_VERSION, ...log.header, misses: log.length };
  const line = new TextEncoder().encode(`${MISS_LOG_START}${JSON.stringify(header).slice(1)}\n`);
  const writer = new RecordWriter(line);
  let before = 0;
  for (let at = 0; at < log.length; at++) {
    const timeNs = log.timeNs[at];
    writer.reserve(LONGEST_RECORD);
    writer.number(timeNs - before);
    writer.number(2 * log.node[at] + log.store[at]);
    writer.number(log.thread[at]);
    writer.number(log.page[at]);
    before = timeNs;
  }
  return writer.written();
}

/** Bytes that grow. */
class RecordWriter {
  private bytes: Uint8Array;
  private length: number;

  constructor(start: Uint8Array) {
    this.bytes = start;
    this.length = start.length;
  }

  /** Makes room for as many bytes more. */
  reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const larger = new Uint8Array(2 * this.bytes.length + count);
    larger.set(this.bytes);
    this.bytes = larger;
  }

  /** Seven bits a byte, the lowest first; all bytes but the last have their top bit set (LEB128). */
  number(value: number): void {
    let left = value;
    while (left >= 128) {
      this.bytes[this.length++] = 128 + (left % 128);
      left = Math.floor(left / 128);
    }
    this.bytes[this.length++] = left;
  }

  written(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }
}
